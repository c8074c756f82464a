"""Labelled text in its usual formats: CoNLL, JSON Lines, CSV, Parquet, annotation tools' exports.

The result is always a data set with a column of tokens and one of tags, or with a column of text
and, if spans overlap, one of ``entities`` with character offsets. Exactly the annotated words get a
label: where offsets become tags, one inside a word is an error that names row and entity, never a
guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug import offline
from textaug.io import brat
from textaug.io.annotations import converted_rows
from textaug.io.class_labels import with_class_labels
from textaug.io.conll import builtin_corpus, load_conll, load_unchecked, looks_like_conll
from textaug.io.conllu import conllu_rows
from textaug.io.csv_files import csv_rows
from textaug.io.errors import SourceError
from textaug.io.json_files import json_rows
from textaug.io.offsets import OFFSETS
from textaug.io.spacy_docs import spacy_rows
from textaug.io.table import as_dataset
from textaug.io.text_files import text_rows
from textaug.io.utf16 import in_characters, rest_in_characters
from textaug.io.webanno import is_webanno, webanno_rows

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


SUFFIXES = {
    ".conll": "conll",
    ".bio": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".conllu": "conllu",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".spacy": "spacy",
}
FORMATS = (*dict.fromkeys(SUFFIXES.values()), "webanno", "brat", "text")
# File names that tell the split of a file in a folder.
SPLITS = {"train": "train", "training": "train", "validation": "validation", "valid": "validation",
          "val": "validation", "dev": "validation", "test": "test", "testing": "test"}  # fmt: skip


def read(
    source: str,
    *,
    format: str | None = None,
    split: str = "train",
    labels: Sequence[str] | None = None,
    offsets: str | None = None,
    columns: Sequence[str] | None = None,
    config: str | None = None,
    revision: str | None = None,
    strict: bool = True,
) -> DatasetDict:
    """Read labelled text from a file, a folder or the hub.

    Args:
        source: a file (CoNLL, CoNLL-U, JSON, JSON Lines, CSV, Parquet, WebAnno TSV, spaCy's
            DocBin), a folder (of BRAT, of files named after their splits, or what ``load_dataset``
            or ``load_from_disk`` reads), ``"builtin"`` (the corpus that comes with textaug), or
            the name of a data set on the hub.
        format: one of ``conll``, ``conllu``, ``json``, ``csv``, ``parquet``, ``spacy``,
            ``webanno``, ``brat``, ``text`` (one text a line, without labels); default: by the
            file's suffix and, for ``.tsv`` and unknown ones, its content.
        split: name of the only split of a file.
        labels: names of integer tags in their order, if the data do not contain them.
        offsets: unit of character offsets: ``"characters"`` (Unicode code points, as in Python)
            or ``"utf-16"`` (as in JavaScript). Default: characters, unless the text given with an
            entity fits UTF-16 only.
        columns: names of the columns of a CoNLL file; see :func:`textaug.corpora.load_conll`.
        config: configuration of a data set on the hub.
        revision: revision of a data set on the hub.
        strict: whether string tags become ``ClassLabel``. Otherwise they stay unchanged, so that
            damaged ones can be inspected.

    Returns:
        The splits. String tags become ``ClassLabel``, with every label of their scheme.

    Raises:
        SourceError: if there is no such source, or if its content is ambiguous.
    """
    from datasets import DatasetDict

    if format is not None and format not in FORMATS:
        raise SourceError(f"format {format!r}: choose from {', '.join(FORMATS)}")
    if offsets is not None and offsets not in OFFSETS:
        raise SourceError(f"offsets {offsets!r}: choose from {', '.join(OFFSETS)}")
    options = _Options(format, split, columns, offsets, strict)
    path = Path(source).expanduser()
    if path.is_file():
        data = DatasetDict({split: _read_file(path, options)})
    elif path.is_dir():
        data = _read_folder(path, options)
    elif source == "builtin":
        data = builtin_corpus()
    elif format or path.suffix.lower() in SUFFIXES or source.startswith((".", "/", "~")):
        raise SourceError(f"there is no file {source}")
    else:
        found = _read_hub(source, config, revision)
        data = DatasetDict(
            {name: in_characters(source, rows, offsets) for name, rows in found.items()}
        )
    return with_class_labels(data, labels, strict)


@dataclass(frozen=True)
class _Options:
    """How to read a file; see :func:`read`."""

    format: str | None
    split: str
    columns: Sequence[str] | None
    offsets: str | None
    strict: bool


def _read_folder(path: Path, options: _Options) -> DatasetDict:
    from datasets import Dataset, DatasetDict, load_dataset, load_from_disk

    if options.format == "brat" or brat.is_brat(path):
        return DatasetDict({options.split: _read_brat(path, options.offsets)})
    folders = {SPLITS.get(one.name.lower(), ""): one for one in path.iterdir() if one.is_dir()}
    if folders and "" not in folders and all(brat.is_brat(one) for one in folders.values()):
        return DatasetDict(
            {name: _read_brat(one, options.offsets) for name, one in folders.items()}
        )
    if files := _files_by_split(path):
        return DatasetDict({name: _read_file(file, options) for name, file in files.items()})
    saved = (path / "dataset_dict.json").exists() or (path / "dataset_info.json").exists()
    try:
        data: Any = load_from_disk(str(path)) if saved else load_dataset(str(path))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} cannot be read as a data set: {_first_line(error)}") from error
    splits = {"train": data} if isinstance(data, Dataset) else data
    return DatasetDict(
        {name: in_characters(path, rows, options.offsets) for name, rows in splits.items()}
    )


def _files_by_split(folder: Path) -> dict[str, Path]:
    """The files of a folder by split, if all of them are named after one and none is Parquet.

    Other folders are left to ``load_dataset``, which knows their conventions.
    """
    files = [
        file
        for file in folder.iterdir()
        if file.suffix.lower() in SUFFIXES
        or (file.suffix.lower() == ".txt" and file.stem.lower() in SPLITS)
    ]
    found = {SPLITS.get(file.stem.lower(), ""): file for file in files}
    parquet = any(file.suffix.lower() == ".parquet" for file in files)
    if "" in found or len(found) != len(files) or parquet or (folder / "README.md").exists():
        return {}
    return {name: found[name] for name in ("train", "validation", "test") if name in found}


def _read_hub(name: str, config: str | None, revision: str | None) -> DatasetDict:
    from datasets import config as settings
    from datasets import load_dataset

    if any(c.isspace() for c in name):
        raise SourceError(
            f"there is no file or folder {name!r:.80}, and no data set has a name like that; "
            "sentences are given as a list of strings"
        )
    # In offline mode `datasets` looks into its cache only and fails fast.
    if not settings.HF_HUB_OFFLINE and not offline.hub_is_reachable():
        raise SourceError(
            f"there is no file or folder {name!r}, and no hub can be reached that could hold a "
            "data set of that name (HF_ENDPOINT); pass a file"
        )
    try:
        return load_dataset(name, config, revision=revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise SourceError(
            f"{name!r} is not a file or folder, and cannot be read from the hub: "
            f"{_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _read_file(path: Path, options: _Options) -> Dataset:
    from datasets import Dataset

    format, columns = options.format or _format_of(path), options.columns
    if columns is not None and format != "conll":
        raise SourceError(f"{path}: columns are named for CoNLL files, and the format is {format}")
    if format == "parquet":
        try:
            data = Dataset.from_parquet(str(path))
        except Exception as error:  # datasets wraps pyarrow's errors in its own
            cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
            raise SourceError(f"{path} is not a Parquet file: {_first_line(cause)}") from error
        return in_characters(path, data, options.offsets)
    if format == "conll":
        try:
            return (load_conll if options.strict else load_unchecked)(path, columns)
        except ValueError as error:
            raise SourceError(str(error)) from error
    if format == "conllu":
        return as_dataset(path, conllu_rows(path))
    if format == "json":  # read twice, because it may not fit into memory
        data = as_dataset(path, converted_rows(path, lambda: json_rows(path), options.offsets))
        return rest_in_characters(path, data, options.offsets)
    readers: dict[str, Callable[[Path], Iterable[Any]]]
    readers = {
        "csv": csv_rows, "webanno": webanno_rows, "spacy": spacy_rows, "text": text_rows,
    }  # fmt: skip
    if format not in readers:
        raise SourceError(f"{path} is a file; format {format!r} reads a folder")
    rows = list(readers[format](path))
    return as_dataset(path, converted_rows(path, lambda: rows, options.offsets))


def _read_brat(folder: Path, offsets: str | None) -> Dataset:
    rows = list(brat.brat_rows(folder))
    return as_dataset(folder, converted_rows(folder, lambda: rows, offsets))


def _format_of(path: Path) -> str:
    """The format of a file, from its name or, if that may mean several, from its content."""
    suffix = path.suffix.lower()
    if suffix == ".tsv" or suffix not in SUFFIXES:
        if is_webanno(path):
            return "webanno"
        if looks_like_conll(path):
            return "conll"
    if suffix not in SUFFIXES:
        raise SourceError(
            f"{path}: its name does not show its format; pass format= (--from in the shell): "
            f"{', '.join(FORMATS)}"
        )
    return SUFFIXES[suffix]
