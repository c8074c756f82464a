"""UTF-8 text files, with or without a byte order mark."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from textaug.io.errors import SourceError

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@contextmanager
def open_text(path: Path, newline: str | None = None) -> Iterator[IO[str]]:
    """Open a UTF-8 file; a byte order mark is skipped.

    Raises:
        SourceError: if it is not UTF-8, with the line, the byte, and how to convert the file. The
            encoding is never guessed.
    """
    with path.open(encoding="utf-8-sig", newline=newline) as lines:
        try:
            yield lines
        except UnicodeDecodeError as error:
            raise SourceError(_not_utf8(path)) from error


def _not_utf8(path: Path) -> str:
    content = path.read_bytes()
    try:
        content.decode()
    except UnicodeDecodeError as error:
        at = error.start
    else:  # read while it was changed
        at = 0
    encoding = "UTF-16" if content.startswith(_UTF16_MARKS) else "LATIN1"
    line = content.count(b"\n", 0, at) + 1
    return (
        f"{path}, line {line} (byte {at} of the file, 0x{content[at]:02x}) is not UTF-8; convert "
        f"the file from its encoding, such as: iconv -f {encoding} -t UTF-8 {path.name} > "
        f"{path.stem}-utf8{path.suffix}"
    )
