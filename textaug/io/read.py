"""Labelled text as people have it: CoNLL, JSON Lines, CSV, Parquet, annotation tools' exports.

The result is a data set with a column of tokens and one of tags, or with a column of text; where
entities are nested or overlap, with a column of text and one of character offsets. A label goes to
exactly the words that were annotated: an offset inside a word is an error that names row and
entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug import offline
from textaug.io.annotations import converted_rows
from textaug.io.builtin import builtin_corpus
from textaug.io.class_labels import with_class_labels
from textaug.io.conll import load_conll, load_plain, looks_like_conll
from textaug.io.csv_files import csv_rows
from textaug.io.errors import SourceError
from textaug.io.json_files import json_rows
from textaug.io.offsets import OFFSETS
from textaug.io.tables import table_of

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
}
FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))


def read(
    source: str,
    *,
    format: str | None = None,
    split: str = "train",
    labels: Sequence[str] | None = None,
    offsets: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    strict: bool = True,
    column_names: Sequence[str] | None = None,
) -> DatasetDict:
    """Read labelled text from a file, a folder or the hub.

    Args:
        source: a file (CoNLL, JSON, JSON Lines, CSV, Parquet), a folder that ``load_dataset`` or
            ``load_from_disk`` reads, ``"builtin"`` (the corpus that comes with textaug), or the
            name of a data set on the hub.
        format: one of ``conll``, ``json``, ``csv``, ``parquet``; default: by the file's suffix,
            and for ``.tsv`` and ``.txt`` by its first lines.
        split: what the only split of a file is called.
        labels: names of integer tags, where the data do not bring them along, in their order.
        offsets: what character offsets count: ``"characters"`` (Unicode code points, as in Python)
            or ``"utf-16"`` (as in JavaScript). Default: characters, unless entities that bring
            their own text along prove the other for the file.
        config: of a data set on the hub.
        revision: of a data set on the hub.
        strict: whether string tags become ``ClassLabel``. Otherwise they stay as they came, so
            that damaged ones can be found.
        column_names: of a CoNLL file, see :func:`textaug.corpora.load_conll`.

    Returns:
        The splits. String tags come as ``ClassLabel``, with every label of their scheme.

    Raises:
        SourceError: if there is no such source, or if it cannot be read with certainty.
    """
    from datasets import DatasetDict

    if format is not None and format not in FORMATS:
        raise SourceError(f"format {format!r}: choose from {', '.join(FORMATS)}")
    if offsets is not None and offsets not in OFFSETS:
        raise SourceError(f"offsets {offsets!r}: choose from {', '.join(OFFSETS)}")
    path = Path(source)
    if path.is_file():
        kind = format or _format_of(path, column_names is not None)
        if column_names is not None and kind != "conll":
            raise SourceError(f"{source}: column_names= names the columns of CoNLL files only")
        data = DatasetDict({split: _read_file(path, kind, offsets, strict, column_names)})
    elif path.is_dir():
        data = _read_folder(path)
    elif source == "builtin":
        data = builtin_corpus()
    elif format or path.suffix.lower() in SUFFIXES or source.startswith((".", "/", "~")):
        raise SourceError(f"there is no file {source}")
    else:
        data = _read_hub(source, config, revision)
    return DatasetDict(
        {name: with_class_labels(rows, labels, strict) for name, rows in data.items()}
    )


def _read_folder(path: Path) -> DatasetDict:
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk

    saved = (path / "dataset_dict.json").exists() or (path / "dataset_info.json").exists()
    try:
        data: Any = load_from_disk(str(path)) if saved else load_dataset(str(path))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a data set: {_first_line(error)}") from error
    return DatasetDict({"train": data}) if isinstance(data, Dataset) else data


def _read_hub(name: str, config: str | None, revision: str | None) -> DatasetDict:
    from datasets import config as settings
    from datasets import load_dataset

    # With HF_HUB_OFFLINE, `datasets` reads its cache alone and fails at once.
    if not settings.HF_HUB_OFFLINE and not offline.hub_is_reachable():
        raise SourceError(
            f"there is no file or folder {name!r}, and no model hub can be reached where a data "
            "set of that name could be (HF_ENDPOINT); give a file"
        )
    try:
        return load_dataset(name, config, revision=revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(
            f"{name!r} is not a file or folder here, and cannot be read from the hub: "
            f"{_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _format_of(path: Path, has_names: bool) -> str:
    """The format of a file, by its suffix and, where that leaves it open, by its first lines.

    Args:
        path: of the file.
        has_names: whether the user names the columns of a CoNLL file.
    """
    suffix = path.suffix.lower()
    if suffix in (".tsv", ".txt", "") and (has_names or looks_like_conll(path)):
        return "conll"
    if suffix not in SUFFIXES:
        raise SourceError(
            f"{path}: its name does not say what format it has; give --from ({', '.join(FORMATS)})"
        )
    return SUFFIXES[suffix]


def _read_file(
    path: Path, kind: str, offsets: str | None, strict: bool, names: Sequence[str] | None
) -> Dataset:
    from datasets import Dataset

    if kind == "parquet":
        try:
            return Dataset.from_parquet(str(path))
        except Exception as error:  # datasets wraps pyarrow's errors in its own
            cause = error.__cause__ or error
            raise SourceError(
                f"{path} is not a Parquet file: {_first_line(cause)}"  # type: ignore[arg-type]
            ) from error
    if kind == "conll":
        return load_conll(path, names) if strict else load_plain(path, names)
    rows = list(csv_rows(path)) if kind == "csv" else converted_rows(path, json_rows(path), offsets)
    if not rows:
        raise SourceError(f"{path} holds no rows")
    return Dataset(table_of(path, rows))
