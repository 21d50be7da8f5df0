"""One figure style for all chapters."""

from __future__ import annotations

from importlib.resources import files

import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import set_matplotlib_formats

from kscale_nb.notebook.svg import picture


def house_style() -> None:
    """Draw figures in the book's style, as SVG that is the same on every run and every processor."""
    plt.style.use(str(files("kscale_nb") / "data" / "kscale.mplstyle"))
    if (shell := get_ipython()) is not None:
        set_matplotlib_formats("svg")
        shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, picture)
