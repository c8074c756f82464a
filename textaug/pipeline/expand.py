"""Expand a data set: each row and its augmented copies."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textaug.core.augmenter import Augmenter
from textaug.core.columns import ORIGINAL
from textaug.core.expander import Copies, Expander
from textaug.core.rows import RunsExamples
from textaug.core.sources import data_of
from textaug.core.splits import same_features

if TYPE_CHECKING:
    from datasets import Dataset, Features

logger = logging.getLogger("textaug")


def expand(
    dataset: Any,
    augmenter: Augmenter,
    copies: Copies = 1,
    *,
    keep_original: bool = True,
    split: str = "train",
    batch_size: int = 1000,
    num_proc: int | None = None,
) -> Any:
    """Expand a data set: each row, followed by ``copies`` augmented ones.

    Features, class labels and the order of the columns stay. Cut splits first: with
    ``train_test_split`` after it, copies of a row lie on both sides.

    Args:
        dataset: a ``Dataset``, an ``IterableDataset``, or a dict of splits (``DatasetDict``,
            ``IterableDatasetDict``), of which only ``split`` is expanded; the others stay, with
            the same columns and class labels (see :func:`~textaug.core.splits.same_features`);
            or anything else that :func:`textaug.load` takes, such as a file or a DataFrame.
        augmenter: makes the copies.
        copies: number of copies of each row, or a function from a row (a dict of its columns) to
            this number, such as :func:`textaug.balanced` returns.
        keep_original: whether the rows themselves stay.
        split: the split to expand.
        batch_size: rows per call of the augmenter; it never changes the result.
        num_proc: worker processes (not for streams); it never changes the result.

    Returns:
        A data set of the same class; for other things a ``Dataset``, or a ``DatasetDict`` if they
        have several splits. Copies that were rejected, unchanged or equal to another one
        are left out. Their number is logged, and the reasons are in ``augmenter.counts`` (of this
        process, so not with ``num_proc``).

    Raises:
        ValueError: if ``copies`` is less than 1, or the ``DatasetDict`` has no such split, or
            splits with other columns.

    >>> from datasets import Dataset
    >>> from textaug import NoiseInjection
    >>> rows = Dataset.from_dict({"text": ["Shares fell sharply on Friday."]})
    >>> expand(rows, NoiseInjection(), copies=3).num_rows
    4
    """
    from datasets import DatasetDict, IterableDataset, IterableDatasetDict

    dataset = data_of(dataset)
    if isinstance(dataset, (DatasetDict, IterableDatasetDict)):
        if split not in dataset:
            raise ValueError(f"there is no split {split!r}; the splits are {', '.join(dataset)}")
        provenance = augmenter.provenance_column
        optional = () if provenance is None else (provenance,)
        dataset = same_features(dataset, split, optional)
        expanded = expand(
            dataset[split],
            augmenter,
            copies,
            keep_original=keep_original,
            batch_size=batch_size,
            num_proc=num_proc,
        )
        splits = {
            name: expanded if name == split else _with_provenance(data, provenance)
            for name, data in dataset.items()
        }
        # The provenance column of a split may have had no value before, and so another type.
        return same_features(type(dataset)(splits), split)
    features = dataset.features
    # In streaming, and in the numpy and torch formats, rows come without features.
    bare = isinstance(dataset, IterableDataset) or dataset.format["type"] is not None
    schema = augmenter.schema(dataset).check()
    expander = Expander(augmenter, copies, keep_original, features if bare else None, schema)
    if features is not None:
        features = expanded_features(features, augmenter)
    if isinstance(dataset, IterableDataset):
        result = dataset.map(expander, batched=True, batch_size=batch_size, features=features)
    else:
        result = _expand_rows(dataset, expander, features, batch_size, num_proc)
    return result


def _expand_rows(
    dataset: Dataset,
    expander: Expander,
    features: Features,
    batch_size: int,
    num_proc: int | None,
) -> Dataset:
    """Expand a data set of known length, and log how many copies are missing."""
    augmenter, copies = expander.augmenter, expander.copies
    before = augmenter.counts.copy()
    times = f" × {copies}" if isinstance(copies, int) else ""
    result = dataset.map(
        expander,
        batched=True,
        batch_size=batch_size,
        num_proc=num_proc,
        with_rank=num_proc is not None,
        features=features,
        desc=f"Augmenting ({type(augmenter).__name__}{times})",
    )
    # `map` skips an empty data set
    result = _with_provenance(result, augmenter.provenance_column)
    made = len(result) - len(dataset) * expander.keep_original
    log_missing(augmenter, wanted(dataset, copies), made, augmenter.counts - before)
    return result


def expanded_features(features: Features, augmenter: Augmenter) -> Features:
    """The features of a data set after an augmenter: with its provenance column, if any."""
    from datasets import Value

    provenance = augmenter.provenance_column
    if provenance is None or provenance in features:
        return features
    features = features.copy()
    features[provenance] = Value("string")
    return features


def _with_provenance(data: Any, column: str | None) -> Any:
    """A data set whose rows are all original, with the provenance column if it has none."""
    from datasets import Dataset, Features, Value

    if column is None or column in (data.column_names or ()):
        return data
    if isinstance(data, Dataset):
        return data.add_column(column, [ORIGINAL] * len(data), feature=Value("string"))
    features = data.features and Features(data.features | {column: Value("string")})
    return data.map(_provenance_of, batched=True, features=features, fn_kwargs={"column": column})


def _provenance_of(rows: Mapping[str, list[Any]], column: str) -> dict[str, list[str]]:
    return {column: [ORIGINAL] * len(next(iter(rows.values())))}


def wanted(dataset: Dataset, copies: Copies) -> int:
    """The number of copies for all rows."""
    if isinstance(copies, int):
        return len(dataset) * copies
    batches = dataset.with_format("arrow").iter(1000)  # does not decode images and audio
    return sum(max(0, copies(row)) for table in batches for row in table.to_pylist())


def log_missing(
    augmenter: RunsExamples, asked: int, made: int, counts: Mapping[str, int] | None = None
) -> None:
    """Log how many of the requested copies were left out, and why, as far as ``counts`` says."""
    missing = asked - made
    reasons = ", ".join(
        f"{reason}: {n:,}"
        for reason, n in sorted((counts or {}).items())
        if not reason.startswith("changed")
    )
    if missing:
        logger.warning(
            "%s: %s of %s copies left out%s",
            type(augmenter).__name__,
            f"{missing:,}",
            f"{asked:,}",
            f" ({reasons})" if reasons else "",
        )
