"""One row becomes several: the original and its augmented copies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textaug.augmenter import ORIGINAL, Augmenter
from textaug.columns import Batch, Row

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features, IterableDataset

    Data = TypeVar("Data", Dataset, DatasetDict, IterableDataset)

# How many for each row, or a function that says it for one, such as `textaug.balanced` makes.
Copies = int | Callable[[Row], int]

logger = logging.getLogger("textaug")


class Expander:
    """A function for ``dataset.map(..., batched=True)``: each row, then its augmented copies.

    Made by :meth:`textaug.Augmenter.expand`. A copy is left out, and counted in
    ``augmenter.counts``, where the augmenter rejected or did not change it, or where it equals an
    earlier copy of the same row, so that no row is followed by itself.

    Args:
        augmenter: what makes the copies.
        copies: how many for each row, at least 1, or a function from a row (a dict of its columns)
            to how many; then 0 is none.
        keep_original: whether the row itself comes first.
        features: the data set's features; needed for streaming alone, where rows come without.

    Raises:
        ValueError: if ``copies`` is less than 1, or if it is called on a single row
            (``map`` without ``batched=True`` can only return one row for one).
    """

    def __init__(
        self,
        augmenter: Augmenter,
        copies: Copies = 1,
        keep_original: bool = True,
        features: Mapping[str, Any] | None = None,
    ) -> None:
        if isinstance(copies, int) and copies < 1:
            raise ValueError(f"copies={copies}: must be at least 1")
        self.augmenter = augmenter
        self.copies = copies
        self.keep_original = keep_original
        self.features = features

    def __repr__(self) -> str:
        keep = "" if self.keep_original else ", keep_original=False"
        return f"{self.augmenter!r}.expand(copies={self.copies}{keep})"

    def __call__(self, rows: Any, rank: int | None = None) -> dict[str, list[Any]]:
        """Expand a batch; every column is returned, as ``map`` needs when rows are added."""
        if rank is not None:
            self.augmenter.use_rank(rank)
        with self.augmenter._undisturbed():
            return self._expand(rows)

    def _expand(self, rows: Any) -> dict[str, list[Any]]:
        augmenter = self.augmenter
        batch = Batch(rows, augmenter.columns, self.features)
        if batch.is_row and next(batch.examples()).tokens:
            raise ValueError(
                "one row cannot become several: use dataset.map(augmenter.expand(...), "
                "batched=True), or textaug.expand(dataset, augmenter, copies=...)"
            )
        names = list(batch.columns)
        provenance = augmenter.provenance_column
        if provenance and provenance not in names:
            names.append(provenance)
        output: dict[str, list[Any]] = {name: [] for name in names}
        if batch.is_row:  # an empty batch looks like an empty row
            return output
        key_columns = batch.text_columns or (cast(str, batch.tokens_column),)
        for row, copies in enumerate(self._changes(batch)):
            original = batch.original(row)
            if provenance:
                original.setdefault(provenance, ORIGINAL)
            seen = {repr([original[name] for name in key_columns])}
            if self.keep_original:
                _append(output, original)
            for change in copies:
                if change is None:
                    continue
                new = original | change
                key = repr([new[name] for name in key_columns])
                if key in seen:
                    augmenter.counts["left out: same as an earlier copy"] += 1
                    continue
                seen.add(key)
                _append(output, new)
        return output

    def _changes(self, batch: Batch) -> list[list[Row | None]]:
        if isinstance(self.copies, int):
            return self.augmenter.changes(batch, self.copies)
        for _ in batch.examples():  # a damaged row is named by its place among all of them
            pass
        wanted = [self.copies(batch.original(row)) for row in range(len(batch))]
        changes: list[list[Row | None]] = [[] for _ in wanted]
        for copies in sorted({n for n in wanted if n > 0}):
            rows = [row for row, n in enumerate(wanted) if n == copies]
            columns = {name: [batch.column(name)[row] for row in rows] for name in batch.columns}
            some = Batch(columns, self.augmenter.columns, batch.features)
            for row, made in zip(rows, self.augmenter.changes(some, copies), strict=True):
                changes[row] = made
        return changes


def _append(output: dict[str, list[Any]], row: dict[str, Any]) -> None:
    for name, column in output.items():
        column.append(row[name])


def expand(
    dataset: Data,
    augmenter: Augmenter,
    copies: Copies = 1,
    *,
    keep_original: bool = True,
    split: str = "train",
    batch_size: int = 1000,
    num_proc: int | None = None,
) -> Data:
    """Expand a data set: each row, followed by ``copies`` augmented ones.

    Calls ``map`` with what it needs for each kind of data set; features, class labels and column
    order stay.

    Args:
        dataset: a ``Dataset``, a ``DatasetDict`` (only ``split`` is expanded: what a model is
            judged on stays as it is) or an ``IterableDataset``.
        augmenter: what makes the copies.
        copies: how many for each row, or a function from a row (a dict of its columns) to how many,
            such as :func:`textaug.balanced` makes.
        keep_original: whether the rows themselves stay.
        split: the split of a ``DatasetDict`` to expand.
        batch_size: rows handed over at a time; it never changes the result.
        num_proc: worker processes (not for ``IterableDataset``); it never changes the result.

    Returns:
        A data set of the same kind. Copies that could not be made (rejected, unchanged or doubled)
        are left out; how many is logged, and the reasons are in ``augmenter.counts`` (of this
        process, so not with ``num_proc``).

    Raises:
        ValueError: if ``copies`` is less than 1, or the ``DatasetDict`` has no such split.

    >>> from datasets import Dataset
    >>> from textaug import NoiseInjection
    >>> rows = Dataset.from_dict({"text": ["Shares fell sharply on Friday."]})
    >>> expand(rows, NoiseInjection(), copies=3).num_rows
    4
    """
    from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict, Value

    provenance = augmenter.provenance_column
    if isinstance(dataset, (DatasetDict, IterableDatasetDict)):
        if split not in dataset:
            raise ValueError(f"there is no split {split!r}; the splits are {', '.join(dataset)}")
        expanded = expand(
            dataset[split],
            augmenter,
            copies,
            keep_original=keep_original,
            batch_size=batch_size,
            num_proc=num_proc,
        )
        others = {name: data for name, data in dataset.items() if name != split}
        if provenance and isinstance(dataset, DatasetDict):  # all splits have the same columns
            others = {
                name: data
                if provenance in data.column_names
                else data.add_column(provenance, [ORIGINAL] * len(data))
                for name, data in others.items()
            }
        return type(dataset)({name: others.get(name, expanded) for name in dataset})
    features = dataset.features
    # Rows come without features in streaming, and in the numpy and torch formats.
    bare = isinstance(dataset, IterableDataset) or dataset.format["type"] is not None
    expander = Expander(augmenter, copies, keep_original, features if bare else None)
    if features is not None:
        features = expanded_features(features, augmenter)
    if isinstance(dataset, IterableDataset):
        return cast(
            "Data", dataset.map(expander, batched=True, batch_size=batch_size, features=features)
        )
    assert isinstance(dataset, Dataset)
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
    if provenance and provenance not in result.column_names:  # `map` does nothing to no rows
        result = result.add_column(provenance, [], feature=Value("string"))
    made = len(result) - len(dataset) * keep_original
    log_missing(augmenter, wanted(dataset, copies), made, augmenter.counts - before)
    return cast("Data", result)


def expanded_features(features: Features, augmenter: Augmenter) -> Features:
    """The features of a data set after an augmenter: with its provenance column, if any."""
    from datasets import Value

    provenance = augmenter.provenance_column
    if provenance is None or provenance in features:
        return features
    features = features.copy()
    features[provenance] = Value("string")
    return features


def wanted(dataset: Dataset, copies: Copies) -> int:
    """How many copies that makes for all rows."""
    if isinstance(copies, int):
        return len(dataset) * copies
    batches = dataset.with_format("arrow").iter(1000)  # without decoding pictures and sounds
    return sum(max(0, copies(row)) for table in batches for row in table.to_pylist())


def log_missing(
    augmenter: Augmenter, asked: int, made: int, counts: Mapping[str, int] | None = None
) -> None:
    """Say how many of the copies asked for were left out, and why, as far as ``counts`` tells."""
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
