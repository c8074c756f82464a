"""Data sets as files."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from textaug.core.columns import TOKEN_COLUMNS, item_of, named_labels
from textaug.io.conll import OPEN
from textaug.io.errors import Row
from textaug.io.table import ROWS_AT_A_TIME

if TYPE_CHECKING:
    from datasets import Dataset, Features


logger = logging.getLogger("textaug")

WRITTEN = ("parquet", "jsonl", "csv", "conll")


def check_format(features: Features, format: str) -> None:
    """Check that a format can hold a data set, and log the columns that it leaves out.

    Args:
        features: features of a data set.
        format: see :func:`write`.

    Raises:
        ValueError: if there is no such format, or it cannot hold a column (the message names it).
    """
    if missing := left_out(features, format):
        logger.warning(
            "left out columns %s: CoNLL has one value per token; parquet and jsonl hold them",
            ", ".join(missing),
        )


def left_out(features: Features, format: str) -> list[str]:
    """The columns that a format leaves out; see :func:`check_format`."""
    held = _held(features, format)
    return [name for name in features if name not in held]


def write(data: Dataset, file: IO[bytes], format: str, blank: str | None = None) -> None:
    """Write a data set into an open file. Equal data give equal bytes.

    Args:
        data: any data set.
        file: open for writing bytes.
        format: ``parquet``, ``jsonl``, ``csv``, or ``conll``. All except Parquet hold the
            names of class labels, not their numbers. CoNLL has the tokens first, then the columns
            with one value per token, and ``_`` for a missing label; other columns are left out.
        blank: written in CoNLL for white space inside a label, which it cannot hold.

    Raises:
        ValueError: if the format cannot hold a column, or a row.
    """
    features = data.features
    names = _held(features, format)
    if format == "parquet":
        data.to_parquet(file, batch_size=ROWS_AT_A_TIME)
        return
    if format == "csv":
        file.write(_csv_line(names))
    spellings: dict[str, str] = {}  # of the labels with white space
    for number, row in enumerate(data.with_format(None)):
        named = {name: _named(row[name], features[name], number, name) for name in names}
        if format == "jsonl":
            file.write(json.dumps(named, ensure_ascii=False).encode() + b"\n")
        elif format == "csv":
            file.write(_csv_line(["" if value is None else value for value in named.values()]))
        else:
            file.write(_conll(named, number, blank, spellings))


def _named(value: Any, feature: Any, row: int, column: str) -> Any:
    try:
        return named_labels(value, feature)
    except ValueError as error:
        raise ValueError(f"row {row}, column {column!r}: {error}") from None


def _held(features: Features, format: str) -> list[str]:
    """The columns that a format holds, in their order there."""
    if format not in WRITTEN:
        raise ValueError(f"format {format!r}: choose from {', '.join(WRITTEN)}")
    lists = [name for name, feature in features.items() if not hasattr(feature, "dtype")]
    if format == "csv" and lists:
        raise ValueError(f"CSV cannot hold column {lists[0]!r}; use parquet or jsonl")
    if format != "conll":
        return list(features)
    tokens = next((name for name in TOKEN_COLUMNS if name in lists), None)
    if tokens is None:
        raise ValueError(
            f"CoNLL has a line for each token, and none of {', '.join(features)} is a column of "
            "tokens; use parquet or jsonl"
        )
    scalars = [name for name in lists if hasattr(item_of(features[name]), "dtype")]
    return [tokens, *(name for name in scalars if name != tokens)]


def _csv_line(cells: Sequence[Any]) -> bytes:
    from io import StringIO

    line = StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _conll(row: Row, number: int, blank: str | None, spellings: dict[str, str]) -> bytes:
    (_, tokens), *others = row.items()
    for name, values in row.items():
        if not values or len(values) != len(tokens):
            raise ValueError(
                f"row {number} has {len(values or ())} values in column {name!r} and "
                f"{len(tokens or ())} tokens; CoNLL cannot hold that, use parquet or jsonl, or "
                "remove the column"
            )
    columns = [tokens, *([OPEN if v is None else str(v) for v in values] for _, values in others)]
    if blank is not None:
        columns[1:] = [[_joined(v, blank, spellings) for v in values] for values in columns[1:]]
    for name, values in zip(row, columns, strict=True):
        for value in values:
            if not isinstance(value, str) or value.split() != [value]:
                remedy = "" if name in TOKEN_COLUMNS else "rename it (write(…, blank='_')), or "
                raise ValueError(
                    f"row {number}, column {name!r} holds {value!r}, which is empty or has white "
                    f"space inside; CoNLL cannot hold it: {remedy}use parquet or jsonl"
                )
    lines = [" ".join(values) for values in zip(*columns, strict=True)]
    return "\n".join([*lines, "", ""]).encode()


def _joined(value: str, blank: str, spellings: dict[str, str]) -> str:
    """A label without white space; two labels never become one."""
    joined = blank.join(value.split())
    if spellings.setdefault(joined, value) != value:
        raise ValueError(
            f"labels {spellings[joined]!r} and {value!r} would both be written as {joined!r}; "
            "choose another character for white space"
        )
    return joined
