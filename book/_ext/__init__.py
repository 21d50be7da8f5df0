"""The Sphinx extension of the book: live/ follows a premise, look/ is how it looks, press/ finishes the pages."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

STATIC = Path(__file__).parent / "static"  # scripts and styles of the pages

PARTS = [
    *("look.cover", "look.journey", "look.asides", "live.links", "live.words", "live.pages", "live.live"),
    *("live.figures", "live.formulas", "live.guess", "live.explorer", "press.fresh", "live.cites", "look.mathml"),
    *("look.pictures", "look.glue", "look.map", "press.address", "press.citing", "press.dated", "press.claimreview"),
    *("press.metadata", "press.cards", "press.search", "press.elsewhere", "press.finish", "press.editions"),
]


def setup(app) -> dict:
    static = Path(os.path.relpath(STATIC, app.confdir)).as_posix()  # no page may tell where the book was built
    app.connect("config-inited", lambda _app, config: config.html_static_path.append(static))
    for part in PARTS:
        import_module(f"_ext.{part}").setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
