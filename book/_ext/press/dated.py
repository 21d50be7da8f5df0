"""The date that pages bear is that of their source, so that one commit builds the same bytes on any day."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, time
from pathlib import Path

from sphinx.errors import ExtensionError

EPOCH = "SOURCE_DATE_EPOCH"  # seconds since 1970: Sphinx and other tools take it for the time of a build


def commit_time(folder: Path) -> int | None:
    """When the last commit was made, in seconds since 1970; None where there is no repository, or no git."""
    try:
        done = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=folder, capture_output=True, text=True, check=True
        )
        return int(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def take_the_date_of_the_source(app, config) -> None:
    """The commit's time, unless the build is told another; without a commit, the day the book was released."""
    if EPOCH in os.environ:
        if not re.fullmatch(r"\d{1,11}", os.environ[EPOCH], re.ASCII):
            raise ExtensionError(
                f"{EPOCH}: a whole number of seconds since 1970 is expected, not {os.environ[EPOCH]!r}"
            )
        return
    seconds = commit_time(Path(app.confdir))
    if seconds is None and config.kscale_book is not None:
        seconds = int(datetime.combine(config.kscale_book.released, time(), UTC).timestamp())
    if seconds is not None:
        os.environ[EPOCH] = str(seconds)


def setup(app) -> None:
    app.connect("config-inited", take_the_date_of_the_source)  # once the book's facts are read
