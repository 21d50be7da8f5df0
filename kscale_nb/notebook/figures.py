"""One figure style for all chapters."""

from __future__ import annotations

from importlib.resources import files

import matplotlib.pyplot as plt
from IPython import get_ipython
from matplotlib_inline.backend_inline import set_matplotlib_formats


def house_style() -> None:
    """Draw figures in the book's style, as SVG that is the same on every run."""
    plt.style.use(str(files("kscale_nb") / "data" / "kscale.mplstyle"))
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})
