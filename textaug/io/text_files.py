"""Open UTF-8 files, and find where a file is not UTF-8."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from textaug.io.errors import Row, SourceError


@contextmanager
def open_text(path: Path, newline: str | None = None) -> Iterator[IO[str]]:
    """A UTF-8 file for reading, with or without a byte order mark.

    No other encoding is tried, because a wrong guess would silently change words.

    Raises:
        SourceError: if the file is not UTF-8, with the line, the byte and the remedy.
    """
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            yield file
    except UnicodeDecodeError as error:
        raise SourceError(_not_utf8(path)) from error


def _not_utf8(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
        if start in (b"\xff\xfe", b"\xfe\xff"):
            return f"{path} is UTF-16, not UTF-8; convert it: iconv -f utf-16 -t utf-8"
        if start == b"\x1f\x8b":
            return f"{path} is compressed with gzip; unpack it first: gunzip"
        file.seek(0)
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError as error:
                return (
                    f"{path}, line {number}: byte {error.start + 1} of the line "
                    f"(0x{line[error.start]:02x}) is not UTF-8; convert the file, for example from "
                    "Latin-1: iconv -f latin1 -t utf-8"
                )
    return f"{path} is not UTF-8; convert it first"


def text_rows(path: Path) -> list[Row]:
    """A row for each line that is not blank."""
    with open_text(path) as lines:
        return [{"text": line.strip()} for line in lines if line.strip()]
