"""Recorded outputs compared for what they mean, so that a notebook's proof holds on any processor.

Words and numbers must be as printed. Pictures must hold the same elements in the same order, in the same colours and
with the same texts; coordinates may differ by less than an eye can see, and names of clips and marks are matched by
where they stand. As a plugin of pytest (`-p tests.same_outputs`) it takes the place of nbval's own comparison.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping

APART = 0.05  # how far a coordinate may move, in points
TURNED = 0.0005  # how much a rotation or a scale may change
PLACES = {"d", "points", "viewBox", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"}
NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
MOVE, REFERENCE = re.compile(r"(translate\([^)]*\))"), re.compile(r"url\(#([^)]+)\)|^#(.+)$")


def differences(recorded: Iterable[Mapping], new: Iterable[Mapping]) -> list[str]:
    """In what the outputs of a cell differ, one line each; nothing where they mean the same."""
    found = []
    (streams, shown), (new_streams, new_shown) = _sorted_out(recorded), _sorted_out(new)
    for name in sorted({*streams, *new_streams}):
        found += _text_differences(name, streams.get(name, ""), new_streams.get(name, ""))
    if len(shown) != len(new_shown):
        found.append(f"{len(shown)} outputs are recorded, and now there are {len(new_shown)}")
    for data, new_data in zip(shown, new_shown, strict=False):
        if data.keys() != new_data.keys():
            found.append(f"recorded as {', '.join(sorted(data))}, now shown as {', '.join(sorted(new_data))}")
        for kind in sorted(data.keys() & new_data.keys()):
            compare = picture_differences if kind == "image/svg+xml" else _text_differences
            found += compare(kind, data[kind], new_data[kind])
    return found


def _sorted_out(outputs: Iterable[Mapping]) -> tuple[dict[str, str], list[Mapping]]:
    """What was written to each stream, in however many pieces, and what was shown, by kind."""
    streams, shown = {}, []
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + output["text"]
        elif output["output_type"] == "error":
            shown.append({"error": f"{output['ename']}: {output['evalue']}"})
        else:
            shown.append(output["data"])
    return streams, shown


def _text_differences(kind: str, recorded: object, new: object) -> list[str]:
    if recorded == new:
        return []
    lines, new_lines = str(recorded).split("\n"), str(new).split("\n")
    for line, new_line in zip(lines, new_lines, strict=False):
        if line != new_line:
            return [f"{kind}: recorded {line!r}, now {new_line!r}"]
    return [f"{kind}: {len(lines)} lines are recorded, and now there are {len(new_lines)}"]


def picture_differences(kind: str, recorded: str, new: str) -> list[str]:
    """In what two pictures in SVG differ: the first element that is not the same."""
    names = _Names()
    pairs = _side_by_side(_parsed(recorded), _parsed(new))
    wrong = next(filter(None, (_element_difference(*pair, names) for pair in pairs)), None)
    return [f"{kind}: {wrong}"] if wrong else []


class _Names:
    """Which name stands for which: one for one, as they appear."""

    def __init__(self) -> None:
        self.new_of, self.recorded_of = {}, {}

    def agree(self, recorded: str, new: str) -> bool:
        return self.new_of.setdefault(recorded, new) == new and self.recorded_of.setdefault(new, recorded) == recorded


def _parsed(picture: str) -> ET.Element:
    return ET.fromstring(picture.encode(), ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))


def _side_by_side(one: ET.Element | None, other: ET.Element | None) -> Iterator[tuple]:
    """Elements of two trees in pairs; where one tree has no more, its partner is None."""
    yield one, other
    if one is not None and other is not None:
        for number in range(max(len(one), len(other))):
            pair = [tree[number] if number < len(tree) else None for tree in (one, other)]
            yield from _side_by_side(*pair)


def _element_difference(element: ET.Element | None, new: ET.Element | None, names: _Names) -> str | None:
    if element is None or new is None:
        return f"{_tag(new)} is not recorded" if element is None else f"{_tag(element)} is missing"
    if element.tag != new.tag:
        return f"recorded {_tag(element)}, now {_tag(new)}"
    for name in sorted({*element.keys(), *new.keys()}):
        one, other = element.get(name, ""), new.get(name, "")
        if not _same_attribute(name.rpartition("}")[2], one, other, names):
            return f"{_tag(element)} {name}: recorded {one[:200]!r}, now {other[:200]!r}"
    texts = [[(text or "").strip() for text in (each.text, each.tail)] for each in (element, new)]
    return None if texts[0] == texts[1] else f"{_tag(element)}: recorded {texts[0]}, now {texts[1]}"


def _tag(element: ET.Element) -> str:
    return "a comment" if callable(element.tag) else f"<{element.tag.rpartition('}')[2]}>"


def _same_attribute(name: str, recorded: str, new: str, names: _Names) -> bool:
    if name == "id":
        return names.agree(recorded, new)
    if name in PLACES:
        return _near(recorded, new, APART)
    if name == "transform":
        parts, new_parts = MOVE.split(recorded), MOVE.split(new)
        return len(parts) == len(new_parts) and all(
            _near(one, other, APART if number % 2 else TURNED)
            for number, (one, other) in enumerate(zip(parts, new_parts, strict=True))
        )
    pointed, new_pointed = REFERENCE.findall(recorded), REFERENCE.findall(new)
    return (
        REFERENCE.sub("#", recorded) == REFERENCE.sub("#", new)
        and len(pointed) == len(new_pointed)
        and all(names.agree("".join(one), "".join(other)) for one, other in zip(pointed, new_pointed, strict=True))
    )


def _near(recorded: str, new: str, apart: float) -> bool:
    """Whether two texts are the same but for numbers that differ by at most `apart`."""
    if recorded == new:
        return True
    parts, new_parts = NUMBER.split(recorded), NUMBER.split(new)
    return len(parts) == len(new_parts) and all(
        abs(float(one) - float(other)) <= apart if number % 2 else one.split() == other.split()
        for number, (one, other) in enumerate(zip(parts, new_parts, strict=True))
    )


def pytest_configure(config) -> None:
    if config.getoption("nbval", False):
        from nbval.plugin import IPyNbCell

        def compare_outputs(cell, new, recorded, skip_compare=None) -> bool:
            cell.comparison_traceback = differences(recorded, new)
            return not cell.comparison_traceback

        IPyNbCell.compare_outputs = compare_outputs
