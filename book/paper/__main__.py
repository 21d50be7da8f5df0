"""Make the book in one file: `python book/paper pdf|epub FOLDER`, from the folder of its built pages."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # where this folder and the extension are packages

from _ext.press import editions
from kscale_nb.errors import KscaleError
from paper import epub, pdf
from paper.gather import gather

MAKERS = {"pdf": pdf.write, "epub": epub.write}


def main(words: list[str] | None = None) -> int:
    """Make one edition beside the pages and let the front page link to it; 2 is the exit code of bad input."""
    parser = argparse.ArgumentParser(prog="python book/paper", description=__doc__)
    parser.add_argument("form", choices=MAKERS)
    parser.add_argument("folder", type=Path, help="the built pages, such as _build/html")
    arguments = parser.parse_args(words)
    try:
        file = arguments.folder / editions.FILES[arguments.form]
        MAKERS[arguments.form](gather(arguments.folder), file)
        editions.link(arguments.folder, made=arguments.form)
    except KscaleError as error:
        print(f"book/paper: {error}", file=sys.stderr)
        return 2
    print(f"{file}: {editions.size_of(file)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
