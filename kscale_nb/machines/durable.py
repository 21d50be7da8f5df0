"""Files that a kill, or a loss of power, between any two writes cannot spoil, and a lock that dies with its holder.

A file is the old or the new, a line of a journal whole.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kscale_nb.errors import KscaleError

HALF_WRITTEN = ".half-written"  # how a name ends until its file is whole


def put(path: str | os.PathLike, content: str | bytes | memoryview) -> None:
    """Put a content in the place of a file: first it is whole on the disk, then it takes the name, then the name is.

    A link is replaced, not followed; the permissions of an old file stay. What fails leaves the old file and nothing
    beside it. Raises OSError.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     put(Path(folder, "note.md"), "steam")
    ...     print(*os.listdir(folder), Path(folder, "note.md").read_text())
    note.md steam
    """
    path = Path(path)
    beside = path.with_name(f".{secrets.token_hex(8)}{HALF_WRITTEN}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        try:
            if path.exists() and not path.is_symlink():
                os.chmod(beside, stat.S_IMODE(path.stat().st_mode))
            write_whole(descriptor, content.encode() if isinstance(content, str) else content)
        finally:
            os.close(descriptor)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    keep_names(path.parent)


def write_whole(descriptor: int, content: bytes | memoryview) -> None:
    """Write a content to its end, and wait until the disk has it."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def keep_names(folder: Path) -> None:
    """Wait until the disk has the names in a folder; where folders cannot be opened, the system sees to it alone."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder where there is none, with those above it, and wait until the disk has their names."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        keep_names(path.parent)


def append(path: Path, line: str) -> None:
    """Add a line to a file; what a kill left of one before is cut off first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        whole = os.pread(descriptor, os.fstat(descriptor).st_size, 0).rfind(b"\n") + 1
        os.ftruncate(descriptor, whole)
        if not whole:
            keep_names(path.parent)
        os.lseek(descriptor, whole, os.SEEK_SET)
        write_whole(descriptor, line.encode() + b"\n")
    finally:
        os.close(descriptor)


def whole_lines(path: Path) -> list[str]:
    """The lines of a file that were written to their end."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1].decode().splitlines()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Alone with what a lock file guards, which is free when its holder dies. Raises KscaleError where it is held."""
    try:
        import fcntl
    except ImportError:
        raise KscaleError("a mind's memory is locked with fcntl, which this system does not have") from None
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KscaleError(f"{path.parent.parent}: another loop is at work on this memory") from None
        yield
    finally:
        os.close(descriptor)
