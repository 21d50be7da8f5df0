"""`python -m kscale_nb.paper pdf|epub`: write the built book beside its pages, and link it from the front page."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from kscale_nb.errors import KscaleError
from kscale_nb.paper.gather import gather
from kscale_nb.web.downloads import EPUB, PDF, show_downloads


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m kscale_nb.paper", description=__doc__.split(":")[1].strip())
    parser.add_argument("form", choices=["pdf", "epub"])
    parser.add_argument("--book", type=Path, default=Path("_build/html"), help="the built pages (default: _build/html)")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        book = gather(Path(), options.book.resolve())
        if options.form == "pdf":
            from kscale_nb.paper.pdf import print_book

            target = options.book / PDF
            extent = f"{print_book(book, target)} pages, "
        else:
            from kscale_nb.paper.epub import write_book

            target, extent = options.book / EPUB, ""
            write_book(book, target)
        show_downloads(options.book)
    except KscaleError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{target}: {extent}{target.stat().st_size / 1e6:.1f} MB, in {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
