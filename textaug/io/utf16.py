"""Offsets that count UTF-16 units, in data sets whose columns stay as they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.columns import ColumnNames
from textaug.core.finding import dataset_schema
from textaug.core.span_columns import CHARACTERS, Placed, SpanColumn
from textaug.io.errors import SourceError
from textaug.io.offsets import locate

if TYPE_CHECKING:
    from datasets import Dataset


def in_characters(where: str | Path, data: Any, offsets: str | None) -> Any:
    """A data set with offsets in characters.

    Args:
        where: its name, for messages.
        data: a data set; a stream is an error if it has to be converted.
        offsets: unit of its offsets; only ``"utf-16"`` changes anything.

    Raises:
        SourceError: if they cannot be converted, or fit no words.
    """
    if offsets != "utf-16":
        return data
    cannot = f"{where}: offsets='utf-16' cannot be converted"
    if not hasattr(data, "num_rows"):
        raise SourceError(f"{cannot} in a stream; load the data without streaming")
    try:
        schema = dataset_schema(data, ColumnNames(), is_sound=False).check()
    except ValueError as error:
        raise SourceError(f"{cannot}: {error}") from error
    text = next(iter((*schema.texts, *schema.side_texts)), None)
    for column in schema.spans:
        if column.unit == CHARACTERS:
            if text is None:
                raise SourceError(f"{cannot}: no column holds the text of {column.name!r}")
            data = _converted(where, data, text, column)
    return data


def rest_in_characters(where: str | Path, data: Dataset, offsets: str | None) -> Dataset:
    """The same for converted rows, in which the offsets of entities are in characters already."""
    are_read = {"tokens", "entities"} & data.features.keys()
    return data if are_read else in_characters(where, data, offsets)


def _converted(where: str | Path, data: Dataset, text_column: str, column: SpanColumn) -> Dataset:
    def convert(text: str | None, value: Any, row: int) -> dict[str, Any]:
        if text is None or value is None or max(text, default="") <= "\uffff":
            return {column.name: value}
        try:
            placed = [
                Placed(i, *locate(text, _in_units(entry, column), "utf-16"), "", is_same=True)
                for i, entry in enumerate(column.entries(value))
            ]
        except ValueError as error:
            raise SourceError(f"{where}, row {row}, column {column.name!r}: {error}") from error
        placed = [each._replace(surface=text[each.start : each.end]) for each in placed]
        return {column.name: column.written(value, placed)}

    return data.with_format(None).map(
        convert,
        with_indices=True,
        input_columns=[text_column, column.name],
        features=data.features,
        load_from_cache_file=False,
    )


def _in_units(entry: Any, column: SpanColumn) -> tuple[int, int, str, str | None]:
    """An entry with both ends in UTF-16 units, also if its text has the length."""
    start, end, label, surface = entry
    if column.end is None:
        end = start + len(surface.encode("utf-16-le", "surrogatepass")) // 2
    return start, end, label, surface
