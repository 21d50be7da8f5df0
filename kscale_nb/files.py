"""Files as readers hand them in: bytes or TOML, or one line that names the file and says what is wrong with it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from kscale_nb.errors import KscaleError, check_known, echoed

DATA = Path(__file__).parent / "data"
MOST_TEXT = 10_000_000  # bytes, a hundred times the book's own files


def as_path(path: str | os.PathLike) -> Path:
    """The name of a file. Raises KscaleError for what is no name."""
    if not isinstance(path, str | os.PathLike):
        raise KscaleError(f"the name of a file is expected, not {echoed(path)}")
    return Path(path)


def read_bytes(path: str | os.PathLike, most: int = MOST_TEXT) -> bytes:
    """The content of a file. Raises KscaleError for one that is absent, no ordinary file, too large or not readable."""
    path = as_path(path)
    if os.path.exists(path) and not os.path.isfile(path):  # which might be waited for
        raise KscaleError(f"{path}: this is a {'folder' if os.path.isdir(path) else 'device'}: a file is expected")
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise KscaleError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:  # not allowed to, or a name that no file can have
        raise KscaleError(f"{path}: the file cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > most:
        raise KscaleError(f"{path}: the file is too large: at most {most:,} bytes are read")
    return content


def read_text(path: str | os.PathLike) -> str:
    """The text of a file, in UTF-8 with or without a mark of byte order. Raises KscaleError, naming the file."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KscaleError(f"{as_path(path).name}: this is no text in UTF-8, at byte {error.start:,}") from None


def read_toml(path: str | os.PathLike) -> dict:
    """The tables of a TOML file. Raises KscaleError, naming the file."""
    content, name = read_text(path), as_path(path).name
    try:
        return tomllib.loads(content)
    except RecursionError:
        raise KscaleError(f"{name}: its tables or lists are nested too deeply") from None
    except ValueError as error:  # no TOML, or an integer of thousands of digits
        raise KscaleError(f"{name}: {error}") from None


def rows_of(path: str | os.PathLike, table: str) -> list[dict]:
    """The tables [[name]] of a TOML file. Raises KscaleError where there is none, or something else under that name.

    >>> rows_of(DATA / "presets.toml", "preset")[0]["name"]
    'corrected'
    """
    rows, name = read_toml(path).get(table, []), as_path(path).name
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise KscaleError(f"{name}: {table} is a list of tables [[{table}]], not {rows!r}")
    if not rows:
        raise KscaleError(f"{name}: no [[{table}]] in it")
    return rows


def check_fields(row: object, kinds: Mapping[str, type], needed: Iterable[str] = ()) -> None:
    """Raise KscaleError for what is no table, an unknown field or one of another kind, and for what is missing.

    >>> check_fields({"value": 5}, {"value": str})
    Traceback (most recent call last):
        ...
    kscale_nb.errors.KscaleError: field 'value' must be a str, got 5
    """
    if not isinstance(row, dict):
        raise KscaleError(f"expected a table of fields, got {row!r}")
    for name, value in row.items():
        check_known("field", name, kinds)
        if not isinstance(value, kinds[name]):
            raise KscaleError(f"field {name!r} must be a {kinds[name].__name__}, got {value!r}")
    for name in needed:
        if not row.get(name):
            raise KscaleError(f"field {name!r} is missing or empty")
