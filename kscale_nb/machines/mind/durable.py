"""Writing that a kill between any two writes cannot spoil: a file is the old or the new, a line of a journal whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kscale_nb.errors import KscaleError

ENDING = ".half-written"


def replace(path: Path, text: str) -> None:
    """Put a text in the place of a file: the new one is whole on the disk before it takes the name."""
    beside = path.with_name(path.name + ENDING)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    try:
        written(descriptor, text.encode())
    finally:
        os.close(descriptor)
    os.replace(beside, path)


def append(path: Path, line: str) -> None:
    """Add a line to a file; what a kill left of one before is cut off first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        whole = os.pread(descriptor, os.fstat(descriptor).st_size, 0).rfind(b"\n") + 1
        os.ftruncate(descriptor, whole)
        os.lseek(descriptor, whole, os.SEEK_SET)
        written(descriptor, line.encode() + b"\n")
    finally:
        os.close(descriptor)


def written(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


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
