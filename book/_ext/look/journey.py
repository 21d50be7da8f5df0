"""You are here: a small picture at the head of each chapter, of the way from watts to matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from docutils import nodes
from sphinx.errors import ExtensionError

from kscale_nb.errors import KscaleError, unknown

CHAPTERS = "notebooks/"  # the folder of their pages
WHOLE = "whole"  # a chapter that looks back over all the stages

# Icons of one stroke width on a square of 32: paths, and circles as (x, y, radius).
STAGES: dict[str, tuple[str, list[tuple[float, float, float]]]] = {
    "watts": (  # a sun, and the curved mirror that gathers it
        "M10.5 2v2.5M10.5 16.5v2.5M2 10.5h2.5M16.5 10.5h2.5M4.5 4.5l1.8 1.8M14.7 14.7l3.6 3.6M16.5 4.5l-1.8 1.8"
        "M6.3 14.7l-1.8 1.8M29.5 12.5Q28 28 12.5 29.5M29.5 12.5L31 13.5Q30 29.5 13.5 31L12.5 29.5",
        [(10.5, 10.5, 4)],
    ),
    "chips": (  # a package with its pins and its die
        "M7 7h18v18H7zM12 12h8v8h-8zM11 7V2.5M16 7V2.5M21 7V2.5M11 25v4.5M16 25v4.5M21 25v4.5"
        "M7 11H2.5M7 16H2.5M7 21H2.5M25 11h4.5M25 16h4.5M25 21h4.5",
        [],
    ),
    "memory": (  # a drum with its tracks and a reading head
        "M5 7.5C5 2.2 23 2.2 23 7.5S5 12.8 5 7.5V24.5C5 29.8 23 29.8 23 24.5V7.5M5 13.2C5 18.5 23 18.5 23 13.2"
        "M5 18.9C5 24.2 23 24.2 23 18.9M30 6v19.5M30 16h-4l-2.5-1.5v3L26 16",
        [],
    ),
    "model": (  # a network of three layers
        "M8.2 8.2L13.6 6.1M8.4 10.6L13.8 14.7M8.2 8.9L14.4 23.9M8.2 22.9L14.6 8.2M8.4 21.4L13.8 17.3M8.2 23.8L13.6 25.9"
        "M18.4 6.1L23.8 14.3M18.6 16H23.4M18.4 25.9L23.8 17.7",
        [(6, 9, 2.4), (6, 23, 2.4), (16, 5.4, 2.4), (16, 16, 2.4), (16, 26.6, 2.4), (26, 16, 2.4)],
    ),
    "mind": (  # an eye whose iris is a gear
        "M1.5 16Q16 1.5 30.5 16Q16 30.5 1.5 16zM16 9v2M16 21v2M9 16h2M21 16h2M11.05 11.05l1.4 1.4M19.55 19.55l1.4 1.4"
        "M20.95 11.05l-1.4 1.4M12.45 19.55l-1.4 1.4",
        [(16, 16, 5), (16, 16, 1.6)],
    ),
    "matter": (  # an asteroid with its craters
        "M11 3.5L20.5 2.5L27.5 8L30 17L25.5 26.5L15.5 29.5L6.5 25.5L2 17.5L4.5 8.5z"
        "M8.5 22.5L12 24.5M22.5 23.5L25 20M8 10.5l2-2",
        [(20, 11.5, 3.8), (10.8, 16.2, 2.4), (18, 21.6, 1.8)],
    ),
}


def chapters_of(env) -> list[str]:
    """The pages of chapters, in the book's order."""
    return [page for page in env.collect_relations() if page.startswith(CHAPTERS)]


def stage_of(metadata: Mapping[str, str]) -> str:
    """The stage that a page's metadata name: `kscale`, a JSON object with a `stage`. Raises KscaleError.

    >>> stage_of({"kscale": '{"stage": "watts"}'})
    'watts'
    """
    stage = json.loads(metadata.get("kscale", "{}")).get("stage", "")
    if stage not in {*STAGES, WHOLE}:
        raise KscaleError(f"{unknown('stage', stage, [*STAGES, WHOLE])} (the notebook's metadata name it: "
                          '"kscale": {"stage": "watts"})')  # fmt: skip
    return stage


def stages_of(env) -> dict[str, str]:
    """The stage of each chapter, in the book's order. Raises KscaleError, naming the page."""
    stages = {}
    for page in chapters_of(env):
        try:
            stages[page] = stage_of(env.metadata[page])
        except KscaleError as error:
            raise KscaleError(f"{page}: {error}") from None
    return stages


def icon(stage: str) -> str:
    """The stage's drawing, which says nothing that the label beside it does not."""
    path, circles = STAGES[stage]
    rings = "".join(f'<circle cx="{x}" cy="{y}" r="{radius}"/>' for x, y, radius in circles)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="kscale-journey-icon" viewBox="0 0 32 32" width="32" '
        'height="32" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="{path}"/>{rings}</svg>'
    )


def _dots(place: int, count: int) -> str:
    """One dot for each chapter of the stage, the present one filled."""
    fills = ["currentColor" if number == place else "none" for number in range(count)]
    circles = "".join(f'<circle cx="{8 * n + 4}" cy="4" r="2.5" fill="{fill}"/>' for n, fill in enumerate(fills))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="kscale-journey-dots" viewBox="0 0 {8 * count} 8" '
        f'width="{8 * count}" height="8" stroke="currentColor" aria-hidden="true" focusable="false">'
        f"{circles}</svg>"
    )


def journey(chapter: str, stages: Mapping[str, str], address_of=str, title_of=str) -> str:
    """The picture for one of the chapters, as HTML; its own address may be empty."""
    here = stages[chapter]
    items = []
    for stage in STAGES:
        chapters = [page for page, its_stage in stages.items() if its_stage == stage]
        marked = here in {stage, WHOLE}
        label = f'{icon(stage)}<span class="kscale-journey-name">{stage}</span>'
        if chapters:
            first, step = chapters[0], ' aria-current="step"' if here == stage else ""
            label = f'<a href="{escape(address_of(first) or "#")}" title="{escape(title_of(first))}"{step}>{label}</a>'
        if here == stage:
            place, count = chapters.index(chapter), len(chapters)
            label += f'{_dots(place, count)}<span class="visually-hidden">, chapter {place + 1} of {count}</span>'
        items.append(f'<li class="here">{label}</li>' if marked else f"<li>{label}</li>")
    name = (
        "The way of the book; this chapter looks back over all of it" if here == WHOLE else "Where this chapter stands"
    )
    return f'<nav class="kscale-journey" aria-label="{name}"><ol>{"".join(items)}</ol></nav>'


def check_chapters(_app, env) -> None:
    """Stop the build, with one line, at a chapter that has no place on the way."""
    try:
        stages_of(env)
    except KscaleError as error:
        raise ExtensionError(str(error)) from None


def add_journey(app, doctree, page: str) -> None:
    """Put the picture under the title of a chapter."""
    stages, title = stages_of(app.env), next(doctree.findall(nodes.title), None)
    if page not in stages or title is None:
        return
    picture = journey(
        page,
        stages,
        lambda other: app.builder.get_relative_uri(page, other),
        lambda other: app.env.titles[other].astext(),
    )
    title.parent.insert(title.parent.index(title) + 1, nodes.raw("", picture, format="html"))


def setup(app) -> None:
    app.connect("env-check-consistency", check_chapters)
    app.connect("doctree-resolved", add_journey)
