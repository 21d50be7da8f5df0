"""Once the pages are written: each is read once, put right and made light, and what it needs is gathered on the way."""

from __future__ import annotations

from pathlib import Path

from _ext.look.icons import icons_of, write_icons
from _ext.look.pictures import paints_of, write_night
from _ext.press.accessible import in_language, mended
from _ext.press.light import lighten, write_font_stylesheets


def finish_pages(app, exception) -> None:
    if exception is not None or app.builder.name not in {"html", "dirhtml", "singlehtml"}:
        return
    folder, named, paints = Path(app.outdir), {}, set()
    static = folder / "_static"
    for path in sorted(folder.rglob("*.html")):
        if path.is_relative_to(static):
            continue
        page = path.read_text(encoding="utf-8")
        language = app.env.metadata.get(path.relative_to(folder).with_suffix("").as_posix(), {}).get("lang", "")
        finished = lighten(in_language(mended(page), language))  # last the policy, which must fit what the page says
        if finished != page:
            path.write_text(finished, encoding="utf-8")
        paints |= paints_of(finished)
        named |= dict.fromkeys(icons_of(finished) - set(named), path.name)
    write_font_stylesheets(static)
    write_night(static, paints)
    write_icons(named, static)
    for leftover in (static / "scripts").glob("fontawesome.js*"):
        leftover.unlink()


def setup(app) -> None:
    for script in ("page.js", "code.js"):
        app.add_js_file(script, loading_method="defer")
    app.connect("build-finished", finish_pages, priority=900)
