"""All rows of a data set as examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from textaug.core.batch import Batch
from textaug.core.columns import ColumnNames, Settings
from textaug.core.example import Example
from textaug.core.finding import dataset_schema, schema_of
from textaug.core.other_texts import mixing_problem
from textaug.core.schema import ROLES, Schema
from textaug.core.shapes import of_feature
from textaug.core.sources import split_of
from textaug.core.tag_schemes import complete


def read_examples(dataset: Any, split: str, settings: Settings) -> list[Example]:
    """The examples of a data set, or of one split of a ``DatasetDict``."""
    data = split_of(dataset, split)
    schema = dataset_schema(data, ColumnNames.from_settings(settings))
    return [example for batch in batches_of(data, schema) for example in batch.examples()]


def schema_for(dataset: Any, split: str, given: ColumnNames) -> Schema:
    """The schema of a data set, or of one split of several."""
    return dataset_schema(split_of(dataset, split), given)


def read_fitted(
    dataset: Any, split: str, settings: Settings, mixes_rows: bool = False
) -> tuple[list[Example], Settings]:
    """The examples of a data set, and the settings with the roles of columns that only rows show.

    ``Dataset.map`` shows an augmenter few rows, so it would take a column whose values all differ
    for a label, and would have to ask for others.

    Raises:
        ValueError: with ``mixes_rows``, as :func:`check_mixing`.
    """
    data = split_of(dataset, split)
    schema = dataset_schema(data, ColumnNames.from_settings(settings))
    if mixes_rows:
        _check_mixing(data, settings, schema)
    examples = [example for batch in batches_of(data, schema) for example in batch.examples()]
    return examples, _fitted_roles(data, settings, schema)


def check_mixing(dataset: Any, split: str, settings: Settings) -> None:
    """Raise an error if no row of a data set may get words of another row.

    Raises:
        ValueError: naming the columns that have another text, and what to do.
    """
    data = split_of(dataset, split)
    _check_mixing(data, settings, dataset_schema(data, ColumnNames.from_settings(settings)))


def _check_mixing(data: Any, settings: Settings, schema: Schema) -> None:
    given = ColumnNames.from_settings(settings)

    def values(name: str) -> Iterator[Any]:
        if of_feature(data.features[name]).kind == "string":
            for batch in data.select_columns([name]).with_format(None).iter(1000):
                yield from batch[name]

    if problem := mixing_problem(schema, given, values, by_length=True):
        raise ValueError(f"this method brings words of other rows into a row, but {problem}")


def _fitted_roles(data: Any, settings: Settings, schema: Schema) -> Settings:
    """The settings with the roles that ``schema``, of all rows, has and ``map`` cannot see."""
    given = ColumnNames.from_settings(settings)
    in_map = schema_of(list(data.features), data.features, given)
    found = {name: role for name, role, _ in schema.rows() if role in ROLES}
    found |= dict.fromkeys(schema.side_texts, "side_text")
    asked = {*dict(in_map.unclear), *in_map.labels} - {*schema.labels, *dict(schema.unclear)}
    asked |= {*schema.side_texts} - {*in_map.side_texts}
    fitted = {name: found[name] for name in data.features if name in asked and name in found}
    roles = {**fitted, **(settings.get("roles") or {})}
    return {**settings, "roles": roles} if fitted else settings


def fitted_settings(dataset: Any, split: str, settings: Settings) -> Settings:
    """The settings of an augmenter that is fitted on a data set: with its tag scheme.

    So a row in which no tag tells the scheme gets tags as the data set has them.
    """
    data = split_of(dataset, split)
    schema = dataset_schema(data, ColumnNames.from_settings(settings))
    settings = _fitted_roles(data, settings, schema)
    if schema.tags is None or schema.scheme is None or schema.scheme.is_open:
        return settings
    fitted: Settings = {**settings, "scheme": settings.get("scheme") or str(schema.scheme)}
    if schema.names is None:  # tags are strings
        column = data.select_columns([schema.tags]).with_format(None)[schema.tags]
        used = {tag for tags in column for tag in tags or () if tag is not None}
        fitted.setdefault("label_names", list(complete(used | {schema.scheme.spelling.outside})))
    return fitted


def batches_of(data: Any, given: ColumnNames | Schema, batch_size: int = 1000) -> Iterator[Batch]:
    """A data set in batches, without images and audio, which would have to be decoded."""
    plain = [name for name, kind in data.features.items() if not hasattr(kind, "decode_example")]
    for table in data.select_columns(plain).with_format("arrow").iter(batch_size):
        yield Batch(_Table(table), given, data.features)


class _Table(Mapping[str, list[Any]]):
    """An Arrow table as ``map`` passes it: :class:`Batch` reads its columns directly."""

    def __init__(self, table: Any) -> None:
        self.pa_table = table
        self.keys_to_format = table.column_names

    def __getitem__(self, name: str) -> list[Any]:
        column: list[Any] = self.pa_table[name].to_pylist()
        return column

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys_to_format)

    def __len__(self) -> int:
        return len(self.keys_to_format)
