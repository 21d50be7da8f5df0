"""Files as readers hand them in: bytes or TOML, or one line that names the file and says what is wrong with it."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

from kscale_nb.errors import KscaleError, echoed, printable

MOST_TEXT = 10_000_000  # bytes, a hundred times the book's own files


def as_path(path: str | os.PathLike) -> Path:
    """The name of a file. Raises KscaleError for what is no name."""
    if not isinstance(path, str | os.PathLike):
        raise KscaleError(f"the name of a file is expected, not {echoed(path)}")
    return Path(path)


def read_bytes(path: str | os.PathLike, most: int = MOST_TEXT) -> bytes:
    """The content of a file. Raises KscaleError for one that is absent, no ordinary file, too large or not readable."""
    path, name = as_path(path), printable(path)
    try:
        mode = os.stat(path).st_mode
        if not stat.S_ISREG(mode):
            raise KscaleError(f"{name}: this is a {'folder' if stat.S_ISDIR(mode) else 'device'}: a file is expected")
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise KscaleError(f"{name}: there is no such file") from None
    except KscaleError:
        raise
    except (OSError, ValueError) as error:  # not allowed to, or a name that no file can have
        raise KscaleError(f"{name}: the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > most:
        raise KscaleError(f"{name}: the file is too large: at most {most:,} bytes are read")
    return content


def read_toml(path: str | os.PathLike) -> dict:
    """The tables of a TOML file, in UTF-8 with or without a mark of byte order. Raises KscaleError, naming the file."""
    name = printable(as_path(path).name)
    try:
        return tomllib.loads(read_bytes(path).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise KscaleError(f"{name}: this is no text in UTF-8, at byte {error.start:,}") from None
    except RecursionError:
        raise KscaleError(f"{name}: its tables or lists are nested too deeply") from None
    except KscaleError:
        raise
    except ValueError as error:  # no TOML, or an integer of thousands of digits
        raise KscaleError(f"{name}: {error}") from None


def rows_of(path: str | os.PathLike, table: str) -> list[dict]:
    """The tables [[name]] of a TOML file. Raises KscaleError where there is none, or something else under that name.

    >>> from importlib.resources import files
    >>> rows_of(str(files("kscale_nb") / "data" / "presets.toml"), "preset")[0]["name"]
    'corrected'
    """
    rows, name = read_toml(path).get(table, []), printable(as_path(path).name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise KscaleError(f"{name}: {table} is a list of tables [[{table}]], not {rows!r}")
    if not rows:
        raise KscaleError(f"{name}: no [[{table}]] in it")
    return rows
