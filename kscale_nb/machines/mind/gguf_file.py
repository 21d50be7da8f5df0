"""Reads a GGUF file: named values, and arrays of which some are kept in blocks of 32 small integers with a scale."""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path

import numpy as np

from kscale_nb.errors import KscaleError

NUMBERS = dict(enumerate("BbHhIif?", 0)) | {10: "Q", 11: "q", 12: "d"}  # as `struct` names them
TEXT, ROW = 8, 9
BLOCK = 32  # numbers
F32, Q4_1, Q8_0 = 0, 3, 8
BLOCK_BYTES = {F32: 4 * BLOCK, Q4_1: 2 + 2 + BLOCK // 2, Q8_0: 2 + BLOCK}
ALIGNMENT = 32  # bytes, unless the file says another


def decoded(kind: int, raw: np.ndarray) -> np.ndarray:
    """Blocks of bytes as float32: a scale times integers, and a least value for Q4_1."""
    if kind == F32:
        return raw.view(np.float32)
    blocks = raw.reshape(-1, BLOCK_BYTES[kind])
    scale = blocks[:, :2].view(np.float16).astype(np.float32)
    if kind == Q8_0:
        return scale * blocks[:, 2:].view(np.int8)
    least = blocks[:, 2:4].view(np.float16).astype(np.float32)
    halves = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    return scale * halves + least


class GgufFile:
    """The values and arrays of a GGUF file of version 3; raises KscaleError for what is none, or is cut short."""

    def __init__(self, path: Path):
        self.path, self.values, self.tensors = path, {}, {}
        try:
            self.bytes = np.memmap(path, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise KscaleError(f"{path}: cannot be read: {error}") from None
        self.place = 0
        try:
            self._read_head()
        except (struct.error, UnicodeDecodeError, KeyError):
            raise KscaleError(f"{path}: its head is cut short or damaged") from None

    def array(self, name: str) -> np.ndarray:
        """A tensor as float32, a row for each number that it gives."""
        size, kind, offset = self.tensors[name]
        if kind not in BLOCK_BYTES:
            raise KscaleError(f"{self.path}: {name!r} is of kind {kind}; known are F32, Q4_1 and Q8_0")
        raw = self.bytes[self.start + offset :][: prod(size) * BLOCK_BYTES[kind] // BLOCK]
        if raw.size * BLOCK != prod(size) * BLOCK_BYTES[kind]:
            raise KscaleError(f"{self.path}: {name!r} is cut short")
        return decoded(kind, np.array(raw)).reshape(size[::-1])

    def _read_head(self) -> None:
        if bytes(self.bytes[:4]) != b"GGUF" or self._number("I", at=4) != 3:
            raise KscaleError(f"{self.path}: no GGUF file of version 3")
        self.place = 8
        tensors, values = self._number("Q"), self._number("Q")
        for _ in range(values):
            name = self._text()
            self.values[name] = self._value(self._number("I"))
        for _ in range(tensors):
            name = self._text()
            size = tuple(self._number("Q") for _ in range(self._number("I")))
            self.tensors[name] = (size, self._number("I"), self._number("Q"))
        step = self.values.get("general.alignment", ALIGNMENT)
        self.start = -(-self.place // step) * step

    def _number(self, kind: str, at: int | None = None):
        place = self.place if at is None else at
        size = struct.calcsize("<" + kind)
        if at is None:
            self.place += size
        return struct.unpack("<" + kind, self.bytes[place : place + size].tobytes())[0]

    def _text(self) -> str:
        length = self._number("Q")
        self.place += length
        return self.bytes[self.place - length : self.place].tobytes().decode()

    def _value(self, kind: int):
        if kind == TEXT:
            return self._text()
        if kind != ROW:
            return self._number(NUMBERS[kind])
        inner, count = self._number("I"), self._number("Q")
        return [self._value(inner) for _ in range(count)]
