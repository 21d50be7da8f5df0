"""A guess before the reading: a chapter's question under its title, its answer folded; its script makes a slider."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import sha256

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform

from _ext.live.links import link_to
from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.units import unit_factor, value_text

DECADES, ROOM, PLACES = 7, 1, 5  # of a slider; those below the answer at least, and how far that may vary
SCRIPT = "guess.js"


def guess_of(metadata: Mapping[str, str]) -> tuple[str, str] | None:
    """The question that a page's metadata ask and the quantity that answers it, if any. Raises KscaleError.

    >>> guess_of({"kscale": '{"question": "How many layers has it?", "guess": "n_layers"}'})
    ('How many layers has it?', 'n_layers')
    """
    facts = json.loads(metadata.get("kscale", "{}"))
    question, name = facts.get("question", ""), facts.get("guess", "")
    if not question and not name:
        return None
    if not question.endswith("?") or not name:
        raise KscaleError('a guess takes both in the notebook\'s metadata: "question": "How …?", "guess": "a_quantity"')
    return question, MODEL[name].identifier


def ends_of(name: str) -> tuple[int, int]:
    """The powers of ten, in the quantity's unit, between which its slider runs: a digest of the name says where the
    answer lies, which the ends therefore do not tell; a share ends at 100%.

    >>> ends_of("tokens_over_human_text"), ends_of("exergy_efficiency")
    ((1, 8), (-3, 2))
    """
    unit = MODEL[name].unit
    power = math.floor(math.log10(MODEL.value(name) / unit_factor(unit)))
    low = power - ROOM - sha256(name.encode()).digest()[0] % PLACES
    return low, min(low + DECADES, 2) if unit == "%" else low + DECADES


class Guess(SphinxPostTransform):
    """Puts the question under the title; its answer is a live number."""

    default_priority = 390  # before links to numbers are resolved

    def run(self, **_options) -> None:
        asked = guess_of(self.env.metadata[self.env.docname])
        title = next(self.document.findall(nodes.title), None)
        if asked is None or title is None:
            return
        question, name = asked
        low, high = ends_of(name)
        answer = value_text(MODEL.value(name), MODEL[name].unit, 3, trailing_zeros=False)
        scale = f'<div class="kscale-guess-scale" data-guess="{name}" data-low="{low}" data-high="{high}"></div>'
        title.parent.insert(title.parent.index(title) + 1, nodes.container(
            "",
            nodes.paragraph("", "", nodes.strong("", "Guess before you read on."), nodes.Text(f" {question}")),
            nodes.raw("", f"{scale}<details><summary>The answer</summary>", format="html"),
            nodes.paragraph("", "", link_to(name, answer)),
            nodes.raw("", "</details>", format="html"),
            classes=["kscale-guess"],
        ))  # fmt: skip


def check_guesses(_app, env) -> None:
    """Stop the build, with one line, at a guess without its question or at what the model does not know."""
    for page, metadata in env.metadata.items():
        try:
            guess_of(metadata)
        except KscaleError as error:
            raise ExtensionError(f"{page}: {error}") from None


def add_script(app, pagename, _templatename, _context, _doctree) -> None:
    if guess_of(app.env.metadata.get(pagename, {})):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app) -> None:
    app.add_post_transform(Guess)
    app.connect("env-check-consistency", check_guesses)
    app.connect("html-page-context", add_script)
