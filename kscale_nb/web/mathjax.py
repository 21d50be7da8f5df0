"""Mathematics without another host: MathJax and its fonts, copied from the package that carries them."""

from __future__ import annotations

import shutil
from importlib.metadata import files
from pathlib import Path, PurePosixPath

CARRIER = "sphinx-mathjax-offline"
IN_CARRIER = PurePosixPath(CARRIER) / "static" / "mathjax"
SCRIPT, FONTS = "tex-chtml.js", "output/chtml/fonts/woff-v2"


def copy_mathjax(app, exception) -> None:
    if exception is not None or app.builder.format != "html":
        return
    for path in files(CARRIER):
        if path.is_relative_to(IN_CARRIER):
            inside = path.relative_to(IN_CARRIER)
            if str(inside) == SCRIPT or inside.is_relative_to(FONTS):
                target = Path(app.outdir) / "_static" / "mathjax" / inside
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path.locate(), target)


def setup(app) -> None:
    app.connect("build-finished", copy_mathjax)
