"""Make the book in one file: `python -m kscale_nb.paper pdf|epub FOLDER`, from the folder of its built pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kscale_nb.errors import KscaleError
from kscale_nb.paper import epub, pdf
from kscale_nb.paper.gather import gather
from kscale_nb.web import editions

MAKERS = {"pdf": pdf.write, "epub": epub.write}


def main(words: list[str] | None = None) -> int:
    """Make one edition beside the pages and let the front page link to it; 2 is the exit code of bad input."""
    parser = argparse.ArgumentParser(prog="python -m kscale_nb.paper", description=__doc__)
    parser.add_argument("form", choices=MAKERS)
    parser.add_argument("folder", type=Path, help="the built pages, such as _build/html")
    arguments = parser.parse_args(words)
    try:
        file = arguments.folder / editions.FILES[arguments.form]
        MAKERS[arguments.form](gather(arguments.folder), file)
        editions.link(arguments.folder, made=arguments.form)
    except KscaleError as error:
        print(f"kscale_nb.paper: {error}", file=sys.stderr)
        return 2
    print(f"{file}: {editions.size_of(file)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
