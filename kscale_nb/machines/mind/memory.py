"""A mind's memory: a folder of Markdown notes, and an index of their words that can be made anew from them."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines import durable
from kscale_nb.machines.durable import make_folder, put

OWN = ".mind"  # the folder of journal, index and lock
LARGEST = 1_000_000  # bytes of a note
WORD = re.compile(r"\w+")
COMMON = frozenset(
    [
        "a",
        "about",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "our",
        "say",
        "says",
        "tell",
        "that",
        "the",
        "their",
        "there",
        "this",
        "to",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
    ]
)


def words(text: str) -> list[str]:
    """The words of a text that say what it is about, in their order.

    >>> words("Who is the foreman of the Aldgate works?")
    ['foreman', 'Aldgate', 'works']
    """
    return [word for word in WORD.findall(text) if word.casefold() not in COMMON]


class Memory:
    """Notes in a folder; every path is relative to it, ends in `.md`, and goes through no link.

    Raises KscaleError, naming the file, for a path that leaves the folder and for a note that is huge or no text.
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise KscaleError(f"{self.folder}: there is no such folder")
        self.own = self.folder / OWN
        if self.own.is_symlink():
            raise KscaleError(f"{self.own}: a folder is expected, not a link")
        make_folder(self.own)
        self.journal = self.own / "journal.jsonl"

    def locked(self):
        """Alone with this memory, as long as the loop runs."""
        return durable.locked(self.own / "lock")

    def path_of(self, name: str, ending: str = ".md") -> Path:
        """Where a note stands, or will."""
        pure = PurePosixPath(name)
        odd = "\\" in name or "\0" in name or not name.isprintable() or pure.is_absolute() or ".." in pure.parts
        if odd or not name or pure.parts[:1] == (OWN,):
            raise KscaleError(f"{echoed(name)} leaves the folder of notes, or is no path in it")
        if pure.suffix != ending:
            raise KscaleError(f"{echoed(name)}: a name that ends in {ending} is expected")
        path = self.folder
        for part in pure.parts:
            path = path / part
            if path.is_symlink():
                raise KscaleError(f"{echoed(name)} goes through a link, which may leave the folder")
        return path

    def read(self, name: str, ending: str = ".md") -> str:
        """The text of a note."""
        path = self.path_of(name, ending)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise KscaleError(f"{name}: the note cannot be read: {error.strerror}") from None
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise KscaleError(f"{name}: this is no ordinary file")
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise KscaleError(f"{name}: the note is too large: at most {LARGEST:,} bytes are read")
        if b"\0" in content:
            raise KscaleError(f"{name}: this is no text but a binary file")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise KscaleError(f"{name}: this is no text in UTF-8, at byte {error.start:,}") from None

    def write(self, name: str, text: str) -> None:
        """Put a text in the place of a note, whole or not at all."""
        path = self.path_of(name)
        if len(text.encode()) > LARGEST:
            raise KscaleError(f"{name}: the note would be too large: at most {LARGEST:,} bytes are written")
        try:
            make_folder(path.parent)
            put(path, text)
        except OSError as error:
            raise KscaleError(f"{name}: the note cannot be written: {error.strerror}") from None

    def notes(self) -> Iterator[tuple[str, str]]:
        """Every note's path with the mark by which a change of it is seen; links and hidden folders are passed by."""
        folders = [(self.folder, "")]
        while folders:
            folder, before = folders.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith("."):
                            folders.append((entry.path, f"{before}{entry.name}/"))
                    elif entry.name.endswith(".md") and entry.is_file(follow_symlinks=False):
                        told = entry.stat(follow_symlinks=False)
                        yield before + entry.name, f"{told.st_mtime_ns} {told.st_size} {told.st_ino}"

    # -- the index -------------------------------------------------------------------------------------

    def _index(self) -> sqlite3.Connection:
        index = sqlite3.connect(self.own / "index.db")
        index.execute("CREATE TABLE IF NOT EXISTS note (path TEXT PRIMARY KEY, mark TEXT, row INTEGER)")
        index.execute("CREATE INDEX IF NOT EXISTS row_of_note ON note (row)")
        index.execute("CREATE VIRTUAL TABLE IF NOT EXISTS word USING fts5(text, tokenize = 'porter unicode61')")
        return index

    def refresh(self) -> list[str]:
        """Bring the index up to date in one transaction; what is refused as a note is told, and is not in it."""
        try:
            return self._refreshed()
        except sqlite3.DatabaseError:  # damaged: it is made anew from the notes
            (self.own / "index.db").unlink()
            return self._refreshed()

    def _refreshed(self) -> list[str]:
        refused = []
        with closing(self._index()) as index:
            old = {path: (mark, row) for path, mark, row in index.execute("SELECT path, mark, row FROM note")}
            for name, mark in sorted(self.notes()):
                before, row = old.pop(name, (None, None))
                if mark == before and row is not None:
                    continue
                if row is not None:
                    index.execute("DELETE FROM word WHERE rowid = ?", (row,))
                try:
                    row = index.execute("INSERT INTO word (text) VALUES (?)", (self.read(name),)).lastrowid
                except KscaleError as error:
                    refused.append(str(error))
                    row = None
                index.execute("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", (name, mark, row))
            for name, (_, row) in old.items():
                if row is not None:
                    index.execute("DELETE FROM word WHERE rowid = ?", (row,))
                index.execute("DELETE FROM note WHERE path = ?", (name,))
            index.commit()
        return refused

    def search(self, asked: str, most: int = 5) -> list[str]:
        """The paths of the notes that answer to the words, the best first; of equals the first by name."""
        terms = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(asked)))
        if not terms:
            return []
        with closing(self._index()) as index:
            ask = "SELECT path FROM word JOIN note ON note.row = word.rowid WHERE word MATCH ? ORDER BY {} LIMIT ?"
            return [path for (path,) in index.execute(ask.format("round(bm25(word), 9), path"), (terms, most))]
