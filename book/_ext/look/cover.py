"""The cover: an engraving in one ink, drawn by arithmetic, so that it is the same on every machine."""

from __future__ import annotations

import math
from itertools import pairwise

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

WIDTH, HEIGHT = 960, 620
SUN = (480.0, 158.0)
SUN_RADIUS, HALO = 50.0, 132.0
HORIZON = 492.0
TITLE = "A swarm of mirrors around a sun drives a train of gears that turns a lattice of weights"
DESCRIPTION = (
    "A line engraving. At the top, the Sun, with rays and four tilted rings of small mirrors around it. From the "
    "nearest mirrors, beams of light fall together on a boiler; its rods turn a train of five gears, and under the "
    "gears a lattice of small circles runs to the horizon, a plain of weights. Cratered asteroids float on both sides."
)


def _number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _line(*points: tuple[float, float], closed: bool = False) -> str:
    """A polyline in steps relative to the last point, which takes fewest characters."""
    corners = [(round(x, 1), round(y, 1)) for x, y in points]
    steps = [f"{_number(x - u)} {_number(y - v)}" for (u, v), (x, y) in pairwise(corners)]
    return f"M{_number(corners[0][0])} {_number(corners[0][1])}l{' '.join(steps)}{'z' if closed else ''}".replace(
        " -", "-"
    )


def _path(commands: list[str], width: float, extra: str = "") -> str:
    return f'<path stroke-width="{width}"{extra} d="{"".join(commands)}"/>'


def _rings(rings: list[tuple[float, float, float]], width: float, extra: str = "") -> str:
    circles = "".join(f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(r)}"/>' for x, y, r in rings)
    return f'<g stroke-width="{width}"{extra}>{circles}</g>'


PAPER = ' class="kscale-cover-paper"'
INK = ' class="kscale-cover-ink"'


def _around(centre: tuple[float, float], radius: float, angle: float) -> tuple[float, float]:
    return centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle)


def _scatter(number: int) -> float:
    """A number between 0 and 1 that looks drawn by lot and is always the same."""
    return (math.sin(12.9898 * number + 4.1) * 43758.5453) % 1


# -- the sky and the sun ------------------------------------------------------------------------------


def sky() -> list[str]:
    """Ruled lines that open towards the horizon, and the light around the sun, in which there are none."""
    lines, y, step = [], 20.0, 3.4
    while y < HORIZON - 20:
        reach = math.sqrt(max(0.0, HALO**2 - (y - SUN[1]) ** 2)) * (1 + 0.05 * (len(lines) % 3))
        ends = [(18.0, SUN[0] - reach), (SUN[0] + reach, WIDTH - 18.0)] if reach else [(18.0, WIDTH - 18.0)]
        lines += [_line((left, y), (right, y)) for left, right in ends]
        y, step = y + step, step * 1.036
    return [_path(lines, 0.35)]


def sun() -> list[str]:
    """Rays of three lengths, and a disc shaded by lines that shorten to one side."""
    rays: dict[float, list[str]] = {1.6: [], 0.9: [], 0.5: []}
    for number in range(120):
        angle = math.tau * number / 120
        length, width = (
            (66, 1.6) if number % 10 == 0 else (40, 0.9) if number % 5 == 0 else (20 + 9 * (number % 2), 0.5)
        )
        rays[width].append(_line(_around(SUN, SUN_RADIUS + 7, angle), _around(SUN, SUN_RADIUS + 7 + length, angle)))
    shade = []
    for number in range(-12, 13):
        y = 3.9 * number
        half = math.sqrt(SUN_RADIUS**2 - y**2)
        start = -half + (half * 1.15) * (1 - abs(y) / SUN_RADIUS) + 6 * (number % 2)
        shade.append(_line((SUN[0] + start, SUN[1] + y), (SUN[0] + half - 1.5, SUN[1] + y)))
    return [
        *(_path(lines, width) for width, lines in rays.items()),
        _rings([(*SUN, SUN_RADIUS)], 1.6, PAPER),
        _rings([(*SUN, SUN_RADIUS - 3.5)], 0.5),
        _path(shade, 0.7),
    ]


# -- the swarm ----------------------------------------------------------------------------------------

ORBITS = [(146, 40, -0.18, 10), (226, 62, 0.14, 16), (312, 84, -0.1, 20), (396, 104, 0.07, 26)]  # axes, tilt, mirrors
FOCUS = (480.0, 338.0)


def _on_orbit(orbit: tuple, angle: float) -> tuple[float, float]:
    wide, high, tilt, _ = orbit
    x, y = wide * math.cos(angle), high * math.sin(angle)
    return SUN[0] + x * math.cos(tilt) - y * math.sin(tilt), SUN[1] + x * math.sin(tilt) + y * math.cos(tilt)


def _mirror(x: float, y: float, size: float) -> tuple[str, list[str]]:
    """A square sail that faces the sun, seen aslant, and the hatching on its back."""
    side = 1 if x >= SUN[0] else -1
    towards = math.atan2(SUN[1] - y, SUN[0] - x)
    across = (-math.sin(towards) * size, math.cos(towards) * size)
    deep = (size * (0.34 * math.cos(towards) - 0.3 * side), size * (0.34 * math.sin(towards) - 0.16))

    def corner(a: float, b: float) -> tuple[float, float]:
        return x + a * across[0] + b * deep[0], y + a * across[1] + b * deep[1]

    hatch = [_line(corner(part, -1), corner(part, 1)) for part in (-0.5, 0, 0.5)]
    return _line(corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1), closed=True), hatch


def _mirror_angles(index: int, orbit: tuple) -> list[float]:
    return [math.tau * (number + 0.5 * (index % 2) + 0.25) / orbit[3] for number in range(orbit[3])]


def swarm(front: bool) -> list[str]:
    """The half of each orbit that lies behind the sun, or the half before it, with its mirrors."""
    paths, sails, hatches = [], [], []
    for index, orbit in enumerate(ORBITS):
        start = 0.0 if front else math.pi
        paths.append(_line(*(_on_orbit(orbit, start + math.pi * step / 30) for step in range(31))))
        for angle in _mirror_angles(index, orbit):
            if (math.sin(angle) >= 0) == front:
                nearness = 1 + 0.42 * math.sin(angle)
                outline, hatch = _mirror(*_on_orbit(orbit, angle), (4.0 + 0.95 * index) * nearness)
                sails.append(outline)
                hatches.extend(hatch if front else [])
    drawn = [_path(paths, 0.7), _path(sails, 1.1 if front else 0.7, PAPER)]
    return [*drawn, _path(hatches, 0.5)] if front else drawn


def beams() -> list[str]:
    """Light from the nearest mirrors, falling together on the boiler's window."""
    starts = [_on_orbit(orbit, angle) for index, orbit in enumerate(ORBITS) if index
              for angle in _mirror_angles(index, orbit) if math.sin(angle) > 0.55]  # fmt: skip
    lines = []
    for x, y in starts:
        for spread in (-5, 0, 5):
            lines.append(_line((x + spread, y + 3), (FOCUS[0] + spread * 0.7, FOCUS[1] - 15)))
    return [_path(lines, 0.45)]


# -- the machine --------------------------------------------------------------------------------------


def gear(x: float, y: float, teeth: int, module: float, turn: float, spokes: int) -> list[str]:
    """A spur gear of so many teeth: outline, rim, spokes, hub, and shading on its lower right."""
    pitch = module * teeth / 2
    outer, root = pitch + 0.9 * module, pitch - 1.1 * module
    outline = []
    for tooth in range(teeth):
        middle = turn + math.tau * tooth / teeth
        step = math.tau / teeth
        for radius, offset in ((root, -0.29), (outer, -0.14), (outer, 0.14), (root, 0.29)):
            outline.append(_around((x, y), radius, middle + offset * step))
    rim, hub = root - 1.6 * module, max(0.22 * pitch, 5.0)
    arms = []
    for spoke in range(spokes):
        middle = turn + math.tau * spoke / spokes
        for side in (-1, 1):
            arms.append(
                _line(
                    _around((x, y), hub, middle + side * 0.34),
                    _around((x, y), rim, middle + side * 0.34 * hub / rim * 0.7),
                )
            )
    shade = []
    lines = int(pitch * 1.5)
    for number in range(lines):
        angle = -0.35 + 2.1 * number / lines
        shade.append(_line(_around((x, y), rim + 1.2, angle), _around((x, y), root - 1.0, angle)))
    return [
        _path([_line(*outline, closed=True)], 1.3, PAPER),
        _rings([(x, y, rim)], 1.0),
        _path(arms, 1.0),
        _path(shade, 0.5),
        _rings([(x, y, hub), (x, y, hub * 0.4)], 1.1, PAPER),
    ]


def _meshed(first: tuple, angle: float, teeth: int, module: float) -> tuple[float, float, int, float, float]:
    """Where a gear stands that meshes with another at an angle, and how it is turned so that teeth meet gaps."""
    x, y, first_teeth, _, first_turn = first
    distance = module * (first_teeth + teeth) / 2
    centre = _around((x, y), distance, angle)
    phase = (angle - first_turn) * first_teeth / math.tau % 1  # where in a tooth's step the first gear touches
    turn = angle + math.pi - (0.5 - phase) * math.tau / teeth
    return *centre, teeth, module, turn


def gear_train() -> list[str]:
    """Five meshing gears under the boiler, the largest in the middle."""
    module = 4.6
    middle = (480.0, 424.0, 28, module, math.tau / 56)
    left = _meshed(middle, math.pi - 0.26, 20, module)
    right = _meshed(middle, 0.26, 20, module)
    outer_left = _meshed(left, math.pi + 0.5, 13, module)
    outer_right = _meshed(right, -0.5, 13, module)
    drawn = []
    for each, spokes in ((outer_left, 4), (outer_right, 4), (left, 5), (right, 5), (middle, 6)):
        drawn += gear(*each, spokes)
    for (x, y, *_), side in ((left, -1), (right, 1)):
        drawn += rod((FOCUS[0] + side * 62, FOCUS[1]), (x + side * 6, y - 17))
    return drawn


def rod(start: tuple[float, float], end: tuple[float, float]) -> list[str]:
    """A connecting rod from a piston to a crank."""
    length = math.dist(start, end)
    over = ((end[1] - start[1]) / length * 2.4, (start[0] - end[0]) / length * 2.4)
    sides = [(start[0] + over[0], start[1] + over[1]), (end[0] + over[0], end[1] + over[1]),
             (end[0] - over[0], end[1] - over[1]), (start[0] - over[0], start[1] - over[1])]  # fmt: skip
    return [_path([_line(*sides, closed=True)], 0.9, PAPER), _rings([(*start, 4.5), (*end, 4.5)], 1.1, PAPER),
            _rings([(*start, 1.4), (*end, 1.4)], 0.8)]  # fmt: skip


def boiler() -> list[str]:
    """A riveted drum with a window that takes in the light."""
    x, y, half, high = *FOCUS, 44.0, 15.0
    body = f"M{x - half} {y - high}h{2 * half}q11 {high} 0 {2 * high}h{-2 * half}q-11 {-high} 0 {-2 * high}z"
    bands = [_line((x + dx, y - high), (x + dx, y + high)) for dx in (-34, -30, 30, 34)]
    shade = [_line((x - half + 2, y + high - 1.8 * n), (x + half - 2, y + high - 1.8 * n)) for n in range(1, 6)]
    rivets = [(x + dx, y + dy, 0.9) for dx in (-32, 32) for dy in (-9, -3, 3, 9)]
    pistons = [_line((x + side * 49, y + dy), (x + side * 62, y + dy)) for side in (-1, 1) for dy in (-2, 2)]
    return [_path(pistons, 0.9), _path([body], 1.3, PAPER), _path([*bands, *shade], 0.5), _rings(rivets, 0.6),
            _rings([(x, y - 3, 8.5), (x, y - 3, 5.5)], 1.0, PAPER)]  # fmt: skip


# -- the lattice --------------------------------------------------------------------------------------


def lattice() -> list[str]:
    """A plain of weights in perspective: rows that crowd towards the horizon, circles whose size is the weight."""
    rows, columns = 8, 23
    depths = [(row / (rows - 1)) ** 1.75 for row in range(rows)]
    left, right, bottom = 14, WIDTH - 14, HEIGHT - 14

    def place(row: int, column: int) -> tuple[float, float]:
        return WIDTH / 2 + (column - columns // 2) * (30 + 48 * depths[row]), HORIZON + (
            bottom - 10 - HORIZON
        ) * depths[row]

    def inside(point: tuple[float, float]) -> bool:
        return left + 8 < point[0] < right - 8

    wires = [_line((left, place(row, 0)[1]), (right, place(row, 0)[1])) for row in range(rows)]
    for column in range(columns):
        reached = [place(row, column) for row in range(rows) if inside(place(row, column))]
        if len(reached) > 1:
            wires.append(_line(reached[0], reached[-1]))
    slanted, hollow, full = [], [], []
    for row in range(rows):
        for column in range(columns):
            here, lot = place(row, column), _scatter(31 * row + column)
            across = place(row + 1, column + (1 if lot < 0.5 else -1)) if row < rows - 1 else (0.0, 0.0)
            if abs(lot - 0.5) > 0.25 and inside(here) and inside(across):
                slanted.append(_line(here, across))
            weight = _scatter(101 + 17 * row + 5 * column)
            if inside(here):
                ring = (*here, (0.9 + 3.2 * weight) * (0.4 + 0.6 * row / (rows - 1)))
                (full if weight > 0.72 else hollow).append(ring)
    return [_path(wires, 0.6), _path(slanted, 0.4), _rings(hollow, 0.8, PAPER), _rings(full, 0.8, INK)]


# -- the rest -----------------------------------------------------------------------------------------


def asteroid(x: float, y: float, size: float, seed: int) -> list[str]:
    """A lump with craters, shaded away from the sun."""
    edge = [_around((x, y), size * (0.84 + 0.26 * _scatter(seed + n)), math.tau * n / 13) for n in range(13)]
    side = 1 if x > SUN[0] else -1
    shade = []
    for number in range(9):
        radius = size * (0.82 - 0.07 * number)
        middle, half = (0.55 if side > 0 else math.pi - 0.55), 0.95 - 0.09 * number
        arc = [_around((x, y), radius, middle + half * (2 * k / 6 - 1)) for k in range(7)]
        shade.append(_line(*arc))
    places = ((0.35, -0.3, 0.2), (0.42, 0.28, 0.13), (-0.12, -0.5, 0.1))
    craters = [(x - side * size * dx, y + size * dy, size * radius) for dx, dy, radius in places]
    return [_path([_line(*edge, closed=True)], 1.2, PAPER), _path(shade, 0.5), _rings(craters, 0.8)]


def frame() -> list[str]:
    """The edge of the plate: two lines, and a rivet in each corner."""
    plates = [f"M{inset} {inset}H{WIDTH - inset}V{HEIGHT - inset}H{inset}z" for inset in (6, 13)]
    return [_path(plates[:1], 1.6), _path(plates[1:], 0.6)]


def cover() -> str:
    """The whole drawing, as SVG in the ink and on the paper that the page's style names."""
    parts = [
        *sky(), *swarm(front=False), *sun(), *beams(), *swarm(front=True),
        *asteroid(122, 388, 42, 3), *asteroid(846, 372, 27, 21), *asteroid(786, 438, 11, 40),
        *lattice(), *gear_train(), *boiler(), *frame(),
    ]  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kscale-cover" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-labelledby="cover-title cover-description" fill="none" stroke="currentColor" stroke-linejoin="round" '
        f'stroke-linecap="round"><title id="cover-title">{TITLE}</title>'
        f'<desc id="cover-description">{DESCRIPTION}</desc>{"".join(parts)}</svg>'
    )


class CoverDirective(SphinxDirective):
    """The drawing itself, in the page, so that it follows the page's colours."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", cover(), format="html")]


def setup(app) -> None:
    app.add_directive("kscale-cover", CoverDirective)
