"""Find the columns: the schema of a data set or of rows; the columns of damaged data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from textaug.core import shapes
from textaug.core.columns import ColumnNames
from textaug.core.roles import RoleFinder, Rows
from textaug.core.schema import Columns, Schema
from textaug.core.shapes import Shape, is_known
from textaug.core.span_columns import CHARACTERS
from textaug.core.usual_names import USUAL_NAMES

FIRST_ROWS = 1_000  # of a stream, in which a column should have a value


def make_schema(
    columns: Sequence[str],
    given: ColumnNames,
    shape_of: Mapping[str, Shape],
    rows: Rows | None = None,
    is_sound: bool = True,
) -> Schema:
    """The schema of some columns.

    ``rows`` gives all values of a column, if the whole data set is available. ``is_sound``: the
    tags are valid, so that their scheme can be read.

    Raises:
        ValueError: if no column, or more than one, can hold the words; if a named one is missing.

    >>> shape_of = {"text": Shape("string"), "label": Shape("int")}
    >>> print(make_schema(["text", "label"], ColumnNames(), shape_of))
    column  taken for  what happens to it
    text    text       the text, which is augmented
    label   label      of the whole sentence: stays; sentences are mixed only if it is equal
    """
    finder = RoleFinder(tuple(columns), given, shape_of, rows)
    finder.find_words()
    finder.find_tags()
    for name in columns:
        finder.classify(name)
    return finder.finished(is_sound)


def find_columns(
    data: Any,
    tokens_column: str | None = None,
    tags_column: str | None = None,
    text_column: str | None = None,
) -> Columns:
    """The columns of words or text and of their labels, whether the labels are valid or not.

    Raises:
        ValueError: if no column, or more than one, can hold the words.
    """
    text = (text_column,) if text_column else None
    given = ColumnNames(tokens_column, None if text else tags_column, text)
    schema = dataset_schema(data, given, is_sound=False)
    if schema.tokens is not None:
        counting = (
            *(name for name, _ in schema.heads),
            *schema.indexes,
            *(relation.name for relation in schema.relations if relation.unit == "tokens"),
            # Offsets without a text beside the words are those of the words with blanks between.
            *(s.name for s in schema.spans if s.unit != CHARACTERS or not schema.side_texts),
            *schema.derived,
            *(name for name, _ in schema.unclear),
        )
        return Columns(
            schema.tokens,
            False,
            schema.tags,
            schema.per_token,
            schema.spans,
            counting,
            schema.labels,
        )
    usual = [name for name in schema.labels if name.lower() in USUAL_NAMES["label"]]
    labels = [name for name in ("label", *usual, *schema.labels) if name in schema.labels]
    label = tags_column or next(iter(labels), None)
    return Columns(schema.texts[0], True, label, spans=schema.spans, labels=schema.labels)


def dataset_schema(dataset: Any, given: ColumnNames, is_sound: bool = True) -> Schema:
    """The schema of a data set; its rows are read if names and features do not decide a role.

    ``is_sound``: the tags are valid, so that their scheme can be read.
    """
    features = dataset.features
    if features is None:  # streaming, not yet known
        return _schema_of_stream(dataset, given)

    def rows(name: str) -> Iterator[Any]:
        if not hasattr(dataset, "select_columns") or not hasattr(dataset, "num_rows"):
            return
        for batch in dataset.select_columns([name]).with_format(None).iter(1000):
            yield from batch[name]

    shape_of = {name: shapes.of_feature(feature) for name, feature in features.items()}
    has_rows = hasattr(dataset, "num_rows")
    return make_schema(list(features), given, shape_of, rows if has_rows else None, is_sound)


def _schema_of_stream(dataset: Any, given: ColumnNames) -> Schema:
    """The schema of a stream without features: of as many rows as show the form of each column."""
    shape_of: dict[str, Shape] = {}
    for row in islice(dataset, FIRST_ROWS):
        for name, value in row.items():
            known = shape_of.get(name)
            if known is None or not is_known(known):
                shape = shapes.of_values([value])
                shape_of[name] = shape if known is None or is_known(shape) else known
        if all(map(is_known, shape_of.values())):
            break
    return make_schema(list(shape_of), given, shape_of)


def schema_of_rows(rows: Mapping[str, Any], given: ColumnNames, is_row: bool) -> Schema:
    """The schema of rows without features: from the types alone, never from a row's content."""
    shape_of = {
        name: shapes.of_values([value] if is_row else value) for name, value in rows.items()
    }
    return make_schema(list(rows), given, shape_of)
