"""A printed PDF in a third of its size: Chromium writes its hundred thousand small objects one by one, uncompressed."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pikepdf


def compact(printed: bytes, about: Mapping[str, str]) -> bytes:
    """The same document with its objects in compressed streams (PDF 1.5 and later), and what it says `about` itself."""
    file = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed)) as document:
        document.docinfo.update(about)
        document.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return file.getvalue()
