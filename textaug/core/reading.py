"""All rows of a data set as examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from textaug.core.batch import Batch
from textaug.core.columns import ColumnNames, Settings
from textaug.core.example import Example

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def read_examples(
    dataset: Dataset | DatasetDict, split: str, settings: Settings, batch_size: int = 1000
) -> list[Example]:
    """The examples of a data set, or of one split of a ``DatasetDict``."""
    data = dataset[split] if isinstance(dataset, Mapping) else dataset
    names = ColumnNames.from_settings(settings)
    return [
        example for batch in batches_of(data, names, batch_size) for example in batch.examples()
    ]


def batches_of(data: Any, names: ColumnNames, batch_size: int = 1000) -> Iterator[Batch]:
    """A data set in batches, without pictures and sounds, which would be decoded for nothing."""
    plain = [name for name, kind in data.features.items() if not hasattr(kind, "decode_example")]
    for rows in data.select_columns(plain).with_format(None).iter(batch_size):
        yield Batch(rows, names, data.features)
