"""Find the columns: the schema of a data set or of rows; the columns of damaged data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from textaug.core import shapes
from textaug.core.columns import ColumnNames
from textaug.core.evidence import Rows
from textaug.core.roles import RoleFinder
from textaug.core.schema import Columns, Schema
from textaug.core.shapes import Shape, is_known
from textaug.core.span_columns import CHARACTERS
from textaug.core.usual_names import USUAL_NAMES

FEATURES_KEPT = 8  # schemas of the data sets that were used last
CHECKED = 50  # batches or rows of a data set; what its columns repeat shows in the first ones
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


@dataclass
class _Known:
    """The schema of some features, and which of them leave the form of their values open."""

    features: Any
    given: ColumnNames
    schema: Schema
    open: tuple[str, ...]
    checked: int = 0


_schemas: dict[tuple[int, int], _Known] = {}


def _known(columns: Sequence[str], features: Any, given: ColumnNames) -> _Known:
    """What is known of features; the last few are cached, since every row needs it."""
    key = id(features), id(given)
    found = _schemas.get(key)
    if found is not None and found.features is features and found.given is given:
        return found
    shape_of = {name: shapes.of_feature(features[name]) for name in columns if name in features}
    open_ = tuple(name for name in shape_of if shapes.holds_json(features[name]))
    schema = make_schema(columns, given, shape_of)
    while len(_schemas) >= FEATURES_KEPT:
        _schemas.pop(next(iter(_schemas)), None)
    return _schemas.setdefault(key, _Known(features, given, schema, open_))


def schema_of(columns: Sequence[str], features: Any, given: ColumnNames) -> Schema:
    """The schema of a data set's features, without its rows."""
    return _known(columns, features, given).schema


def schema_of_batch(
    columns: Sequence[str], features: Any, given: ColumnNames, rows: Callable[[str], list[Any]]
) -> Schema:
    """The schema of some rows of a data set, as ``map`` passes them.

    Raises:
        ValueError: as :meth:`Schema.check`, and as :func:`check_rows`.
    """
    known = _known(columns, features, given)
    schema = known.schema
    if known.open and schema.given is not None:
        values = {name: shapes.of_values(rows(name)) for name in known.open}
        schema = make_schema(columns, given, {**schema.given[1], **values})
    if known.checked >= CHECKED:
        return schema.check()
    known.checked += 1
    return check_rows(schema, rows)


def check_rows(schema: Schema, rows: Callable[[str], list[Any]]) -> Schema:
    """The schema, if no column that would stay repeats the words of these rows or labels them.

    A few rows decide no role. But that a column holds the words, or their tags, shows in each, and
    that offsets are shifted in a few.

    Raises:
        ValueError: as :meth:`Schema.check`, and for such a column.
    """
    schema.check()
    if schema.given is None:  # all rows were read
        return schema
    given, shape_of = schema.given
    seen = make_schema(schema.columns, given, shape_of, rows, is_sound=False)
    said = dict(given.roles)
    asked_of = {name for name, role, _ in schema.rows() if role in ("label", "keep")} - {*said}
    asked_of |= {span.name for span in schema.spans}
    unclear = [*seen.unclear, *((name, "holds the words as a text") for name in seen.side_texts)]
    if asked := tuple(pair for pair in unclear if pair[0] in asked_of):
        replace(schema, unclear=asked).check()
    return schema


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

    has_rows = hasattr(dataset, "num_rows")
    shape_of = {
        name: shapes.of_values(rows(name))
        if has_rows and shapes.holds_json(feature)
        else shapes.of_feature(feature)
        for name, feature in features.items()
    }
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
