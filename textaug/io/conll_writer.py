"""Rows as sentences of a CoNLL file, which is read back as what was written."""

from __future__ import annotations

from collections.abc import Sequence

from textaug.core.columns import TOKEN_COLUMNS
from textaug.io.conll import COLUMN_NAMES, DOCUMENT, HEADER, OPEN, is_comment
from textaug.io.errors import Row


class ConllWriter:
    """Writes one file.

    Args:
        names: of the columns, the tokens first.
        blank: written for white space inside a label; ``None``: an error.
    """

    def __init__(self, names: Sequence[str], blank: str | None = None) -> None:
        self.names = names
        self.blank = blank
        self.spellings: dict[str, str] = {}  # of the labels with white space
        self.last: set[str] = set()  # values of the last column in lines without "#"
        self.hashes: dict[str, tuple[int, list[str]]] = {}  # by last value, the first such row

    def header(self) -> bytes:
        """The line that names the columns, if their number does not."""
        if tuple(self.names) in COLUMN_NAMES.values():
            return b""
        for name in self.names:
            if name.split() != [name] or name == OPEN:
                raise ValueError(
                    f"CoNLL cannot hold a column called {name!r}: rename it, or use parquet or "
                    "jsonl"
                )
        return f"{' '.join([*HEADER, *self.names])}\n".encode()

    def lines(self, row: Row, number: int) -> bytes:
        """A sentence, and the blank line after it.

        Raises:
            ValueError: if it would not be read back as what it is.
        """
        (_, tokens), *others = row.items()
        for name, values in row.items():
            if not values or len(values) != len(tokens):
                raise ValueError(
                    f"row {number} has {len(values or ())} values in column {name!r} and "
                    f"{len(tokens or ())} tokens; CoNLL cannot hold that, use parquet or jsonl, or "
                    "remove the column"
                )
        labels = [[OPEN if v is None else str(v) for v in values] for _, values in others]
        if self.blank is not None:
            labels = [[self._joined(v, self.blank) for v in values] for values in labels]
        columns = [tokens, *labels]
        for name, values in zip(row, columns, strict=True):
            for value in values:
                if not isinstance(value, str) or value.split() != [value]:
                    remedy = "" if name in TOKEN_COLUMNS else "rename it (write(…, blank='_')), or "
                    raise ValueError(
                        f"row {number}, column {name!r} holds {value!r}, which is empty or has "
                        f"white space inside; CoNLL cannot hold it: {remedy}use parquet or jsonl"
                    )
        if DOCUMENT in tokens:
            raise ValueError(
                f"row {number} has the token {DOCUMENT}, which begins a document in CoNLL and is "
                "not read back; remove the row, or use parquet or jsonl"
            )
        lines = [list(values) for values in zip(*columns, strict=True)]
        if tokens[0].startswith("#"):
            if is_comment(lines[0], len(columns), lines[0][-1:]):
                self._refuse(number, lines[0])
            self.hashes.setdefault(lines[0][-1], (number, lines[0]))
        self.last |= {line[-1] for line in lines if not line[0].startswith("#")}
        return "\n".join([*map(" ".join, lines), "", ""]).encode()

    def finish(self) -> None:
        """Check what only the whole file shows.

        Raises:
            ValueError: if a sentence that begins with ``#`` would be read as a comment.
        """
        for number, line in self.hashes.values():
            if is_comment(line, len(self.names), self.last):
                self._refuse(number, line)

    def _refuse(self, number: int, line: Sequence[str]) -> None:
        raise ValueError(
            f"row {number} begins with the token {line[0]!r}, and CoNLL would read its line "
            f"{' '.join(line)!r:.60} as a comment; remove the row, or use parquet or jsonl"
        )

    def _joined(self, value: str, blank: str) -> str:
        """A label without white space; two labels never become one."""
        joined = blank.join(value.split())
        if self.spellings.setdefault(joined, value) != value:
            raise ValueError(
                f"labels {self.spellings[joined]!r} and {value!r} would both be written as "
                f"{joined!r}; choose another character for white space"
            )
        return joined
