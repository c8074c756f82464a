"""Data sets as files."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from textaug.core.columns import TOKEN_COLUMNS, item_of, named_labels
from textaug.io.conll import COLUMN_NAMES
from textaug.io.conll_writer import ConllWriter
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
            with one value per token, and ``_`` for a missing label; other columns are left out. Its
            first line names the columns, except for tokens and ``ner_tags`` alone and for those of
            CoNLL-2003, in the order of that.
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
    sentences = ConllWriter(names, blank)
    if format == "conll":
        file.write(sentences.header())
    for number, row in enumerate(data.with_format(None)):
        named = {name: _named(row[name], features[name], number, name) for name in names}
        if format == "jsonl":
            file.write(json.dumps(named, ensure_ascii=False).encode() + b"\n")
        elif format == "csv":
            file.write(_csv_line(["" if value is None else value for value in named.values()]))
        else:
            file.write(sentences.lines(named, number))
    sentences.finish()


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
    names = [tokens, *(name for name in scalars if name != tokens)]
    usual = COLUMN_NAMES.get(len(names), ())
    return list(usual) if {*usual} == {*names} else names


def _csv_line(cells: Sequence[Any]) -> bytes:
    from io import StringIO

    line = StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
