"""Labelled text in whatever form a user has it, as a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from textaug.core.sources import is_data
from textaug.io.annotations import converted_rows
from textaug.io.cells import table_rows
from textaug.io.class_labels import with_class_labels
from textaug.io.errors import Row, SourceError
from textaug.io.json_files import with_pairs_as_rows
from textaug.io.offsets import OFFSETS
from textaug.io.read import SPLITS, read
from textaug.io.spacy_docs import doc_row, docbin_documents, is_spacy
from textaug.io.table import as_dataset
from textaug.io.utf16 import in_characters, rest_in_characters

if TYPE_CHECKING:
    from datasets import DatasetDict

KNOWN = (
    "a path, a name on the hub, a DataFrame, a list of dicts or strings, spaCy's Docs or DocBin, "
    "or a data set"
)


def load(
    source: Any,
    *,
    split: str = "train",
    labels: Sequence[str] | None = None,
    offsets: str | None = None,
    strict: bool = True,
    **reading: Any,
) -> DatasetDict:
    """Load labelled text, in whatever form you have it, as a data set.

    Args:
        source: one of

            - a file, a folder, a data set on the hub or ``"builtin"``, as a string or a path: see
              :func:`textaug.io.read.read` for the formats;
            - a table of pandas, polars or Arrow with one row for each text, with lists of tokens
              and tags, or with one token per line (``Sentence #, Word, POS, Tag``);
            - a list (or another iterable) of rows, in any form that a JSON file may have; of
              strings; or of spaCy's ``Doc`` or ``Example``; a ``DocBin``;
            - a dict of columns, each a list;
            - a dict of splits, each one of these: ``{"train": "a.conll", "test": frame}``;
            - a data set of ``datasets``, or a dict of them.
        split: name of the only split of a source that has no splits.
        labels: names of integer tags in their order, if the data do not contain them.
        offsets: unit of character offsets, ``"characters"`` or ``"utf-16"``; default: characters,
            unless the text given with an entity fits UTF-16 only.
        strict: whether string tags become ``ClassLabel``. Otherwise they stay unchanged, so that
            damaged ones can be inspected.
        **reading: further arguments for files and the hub: ``format``, ``columns``, ``config``,
            ``revision``; see :func:`textaug.io.read.read`.

    Returns:
        The splits. Tags are a ``ClassLabel`` with every label of their scheme, the same in all
        splits.

    Raises:
        SourceError: (a ``ValueError``) if there is no such source, or its content is ambiguous.

    >>> rows = [{"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]}]
    >>> load(rows)["train"].features["ner_tags"].feature.names
    ['O', 'B-PER', 'I-PER']
    """
    from datasets import DatasetDict, IterableDatasetDict

    if isinstance(source, (str, PathLike)):
        options = {"labels": labels, "offsets": offsets, "strict": strict, **reading}
        return read(str(source), split=split, **options)
    if reading:
        raise TypeError(f"{', '.join(reading)}: for files and data sets on the hub only")
    if offsets is not None and offsets not in OFFSETS:
        raise SourceError(f"offsets {offsets!r}: choose from {', '.join(OFFSETS)}")
    splits: dict[str, Any] = {split: source}
    if isinstance(source, Mapping):
        lists = all(isinstance(each, (list, tuple)) for each in source.values())
        is_table = source and lists and not SPLITS.keys() >= source.keys()
        splits = {split: _rows_of_columns(source)} if is_table else dict(source)
    found = {name: _split(name, each, offsets, strict) for name, each in splits.items()}
    if not found:
        raise SourceError("there is nothing to load: the dict is empty")
    if any(not hasattr(each, "num_rows") for each in found.values()):
        return IterableDatasetDict(found)  # streams are not read
    return with_class_labels(DatasetDict(found), labels, strict)


def _split(name: str, source: Any, offsets: str | None, strict: bool) -> Any:
    """One split: a data set, or what becomes one."""
    if is_data(source) and not isinstance(source, Mapping):
        return in_characters(f"the {type(source).__name__}", source, offsets)
    if isinstance(source, (str, PathLike)):
        data = read(str(source), split=name, offsets=offsets, strict=strict)
        if name not in data:
            raise SourceError(
                f"{source} has the splits {', '.join(data)}, and no {name!r}; load it alone"
            )
        return data[name]
    where = f"the {type(source).__name__}"
    rows = _rows(source, where)
    data = as_dataset(where, converted_rows(where, lambda: rows, offsets))
    return rest_in_characters(where, data, offsets)


def _rows(source: Any, where: str) -> list[Any]:
    if (table := _arrow_table(source)) is not None:
        columns = [column.to_pylist() for column in table.columns]
        lines = list(enumerate(zip(*columns, strict=True)))
        return table_rows(where, table.column_names, lines, typed=True)
    if is_spacy(source, "DocBin"):
        source = docbin_documents(source)
    if is_spacy(source, "Doc"):
        source = [source]
    if not isinstance(source, Iterable) or isinstance(source, (bytes, Mapping)):
        raise SourceError(f"a {type(source).__name__} cannot be loaded; give {KNOWN}")
    rows = list(source)
    if not rows:
        raise SourceError(f"{where} is empty: there are no rows to load")
    if all(isinstance(row, str) for row in rows):
        return [{"text": text} for text in rows]
    if all(is_spacy(row, "Doc") or is_spacy(row, "Example") for row in rows):
        return [doc_row(where, getattr(row, "reference", row)) for row in rows]
    return list(with_pairs_as_rows(where, rows))


def _arrow_table(source: Any) -> Any:
    """The Arrow table of a DataFrame; ``None`` if it is none."""
    import pyarrow as pa

    library = type(source).__module__.partition(".")[0]
    if library == "polars":
        source = source.collect() if hasattr(source, "collect") else source
        return source.to_arrow() if hasattr(source, "columns") else None
    if library == "pandas" and hasattr(source, "columns"):
        if not all(isinstance(name, str) for name in source.columns):
            raise SourceError("the columns of the DataFrame need names: frame.columns = [...]")
        try:
            return pa.Table.from_pandas(source, preserve_index=False)
        except pa.ArrowException as error:
            raise SourceError(f"the DataFrame has a column of several types: {error}") from error
    return source if isinstance(source, pa.Table) else None


def _rows_of_columns(columns: Mapping[str, Sequence[Any]]) -> list[Row]:
    sizes = {name: len(values) for name, values in columns.items()}
    if len(set(sizes.values())) > 1:
        raise SourceError(f"the columns have different lengths: {sizes}")
    names = list(columns)
    return table_rows(
        "the dict", names, list(enumerate(zip(*columns.values(), strict=True))), typed=True
    )


def load_for_use(source: Any, strict: bool) -> Any:
    """What ``expand`` or an augmenter was given; without splits, if it has none."""
    data = load(source, strict=strict)
    has_splits = list(data) != ["train"] or (isinstance(source, Mapping) and "train" in source)
    return data if has_splits else data["train"]
