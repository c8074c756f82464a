"""The schema of a data set, of a batch of rows, and the columns of a damaged one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from textaug.core import shapes
from textaug.core.columns import ColumnNames
from textaug.core.roles import RoleFinder, Rows
from textaug.core.schema import Columns, Schema
from textaug.core.shapes import Shape
from textaug.core.span_columns import CHARACTERS


def make_schema(
    columns: Sequence[str],
    given: ColumnNames,
    shape_of: Mapping[str, Shape],
    rows: Rows | None = None,
    is_sound: bool = True,
) -> Schema:
    """The schema of some columns.

    Args:
        columns: their names.
        given: what the user says about them.
        shape_of: the shape of each.
        rows: all values of a column, where the whole data set is at hand.
        is_sound: whether the tags may be read for their scheme.

    Raises:
        ValueError: if no column, or more than one, can hold the words; if a named one is missing.

    >>> shape_of = {"text": Shape("string"), "label": Shape("int")}
    >>> print(make_schema(["text", "label"], ColumnNames(), shape_of))
    column  taken for  what happens to it
    text    text       the text, which is augmented
    label   label      of the whole sentence: stays; sentences are mixed only where it is equal
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
    """Which columns hold words or text and what labels them, whether the labels are sound or not.

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
        return Columns(schema.tokens, False, schema.tags, schema.per_token, schema.spans, counting)
    labels = [name for name in ("label", *schema.labels) if name in schema.labels]
    label = tags_column or next(iter(labels), None)
    return Columns(schema.texts[0], True, label, spans=schema.spans)


def dataset_schema(dataset: Any, given: ColumnNames, is_sound: bool = True) -> Schema:
    """The schema of a data set, its rows read where names and features leave a role open.

    Args:
        dataset: any data set.
        given: what the user says about its columns.
        is_sound: whether the tags may be read for their scheme; damaged ones have none.
    """
    features = dataset.features
    if features is None:  # streaming, not yet known
        return schema_of_rows(next(iter(dataset), {}), given, is_row=True)

    def rows(name: str) -> Iterator[Any]:
        if not hasattr(dataset, "select_columns") or not hasattr(dataset, "num_rows"):
            return
        for batch in dataset.select_columns([name]).with_format(None).iter(1000):
            yield from batch[name]

    shape_of = {name: shapes.of_feature(feature) for name, feature in features.items()}
    at_hand = hasattr(dataset, "num_rows")
    return make_schema(list(features), given, shape_of, rows if at_hand else None, is_sound)


def schema_of_rows(rows: Mapping[str, Any], given: ColumnNames, is_row: bool) -> Schema:
    """The schema of rows that come without features: only types count, never one row's content."""
    shape_of = {
        name: shapes.of_values([value] if is_row else value) for name, value in rows.items()
    }
    return make_schema(list(rows), given, shape_of)
