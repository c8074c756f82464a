"""Data sets as files."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

from textaug.core.columns import TEXT_COLUMNS, TOKEN_COLUMNS, named_labels
from textaug.io.conll import OPEN
from textaug.io.errors import Row

if TYPE_CHECKING:
    from datasets import Dataset, Features


logger = logging.getLogger("textaug")

ROWS_AT_A_TIME = 10_000
WRITTEN = ("parquet", "jsonl", "csv", "conll")


def check_format(features: Features, format: str) -> None:
    """Say so if a format cannot hold these columns; CoNLL leaves out what does not fit it.

    Args:
        features: of a data set.
        format: see :func:`write`.

    Raises:
        ValueError: if there is no such format, or a column that it cannot hold, with its name.
    """
    if format not in WRITTEN:
        raise ValueError(f"format {format!r}: choose from {', '.join(WRITTEN)}")
    lists = [name for name, kind in features.items() if not hasattr(kind, "dtype")]
    if format == "csv" and lists:
        raise ValueError(f"CSV cannot hold column {lists[0]!r}; use parquet or jsonl")
    if format == "conll":
        _check_conll(features)
        others = [name for name in features if name not in _conll_columns(features)]
        if others:
            logger.warning(
                "%s left out: CoNLL has a line for each word and cannot hold other columns; "
                "parquet and jsonl can",
                ", ".join(others),
            )


def _conll_columns(features: Features) -> list[str]:
    """The columns with one plain value for each word, the words first."""
    lists = [name for name, kind in features.items() if not hasattr(kind, "dtype")]
    names = [name for name in lists if hasattr(getattr(features[name], "feature", None), "dtype")]
    return sorted(names, key=lambda name: name not in TOKEN_COLUMNS)


def _check_conll(features: Features) -> None:
    names = _conll_columns(features)
    has_words = any(name in TOKEN_COLUMNS for name in names)
    if not names or (not has_words and any(name in features for name in TEXT_COLUMNS)):
        raise ValueError(
            f"CoNLL has a line for each word, and no column among {list(features)} holds words; "
            "use parquet or jsonl"
        )
    for name in names:
        for label in getattr(features[name].feature, "names", None) or ():
            if label.split() != [label]:
                raise ValueError(
                    f"column {name!r} has the label {label!r}, and a blank ends a column in CoNLL; "
                    f"rename it to {'_'.join(label.split())!r}, or use parquet or jsonl"
                )


def write(data: Dataset, file: IO[bytes], format: str, is_checked: bool = False) -> None:
    """Write a data set into an open file; the same data, the same bytes.

    Args:
        data: any data set.
        file: opened for writing bytes.
        format: ``parquet``, ``jsonl``, ``csv``, or ``conll``. All but Parquet hold the names of
            class labels, not their numbers. CoNLL has ``_`` for an open label, and holds the
            columns with a value for each word.
        is_checked: whether :func:`check_format` was called for these columns already.

    Raises:
        ValueError: if the format cannot hold a column, or a row.
    """
    features = data.features
    if not is_checked:
        check_format(features, format)
    if format == "parquet":
        data.to_parquet(file, batch_size=ROWS_AT_A_TIME)
        return
    names = _conll_columns(features) if format == "conll" else list(features)
    if format == "csv":
        file.write(_csv_line(names))
    for number, row in enumerate(data.with_format(None)):
        named = {name: named_labels(row[name], features[name]) for name in names}
        if format == "jsonl":
            file.write(json.dumps(named, ensure_ascii=False).encode() + b"\n")
        elif format == "csv":
            file.write(_csv_line(["" if value is None else value for value in named.values()]))
        else:
            file.write(_conll(named, number))


def _csv_line(cells: Sequence[Any]) -> bytes:
    from io import StringIO

    line = StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def _conll(row: Row, number: int) -> bytes:
    (_, tokens), *others = row.items()
    for name, values in row.items():
        if not values or len(values) != len(tokens):
            raise ValueError(
                f"row {number} has {len(values or ())} values in column {name!r} and "
                f"{len(tokens or ())} words; CoNLL cannot hold that, use parquet or jsonl"
            )
    columns = [tokens, *([OPEN if v is None else str(v) for v in values] for _, values in others)]
    for name, values in zip(row, columns, strict=True):
        for value in values:
            if not isinstance(value, str) or value.split() != [value]:
                raise ValueError(
                    f"row {number}, column {name!r} holds {value!r}, which is empty or has white "
                    "space inside; CoNLL cannot hold it, use parquet or jsonl"
                )
    lines = [" ".join(values) for values in zip(*columns, strict=True)]
    return "\n".join([*lines, "", ""]).encode()
