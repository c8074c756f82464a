"""CoNLL files as data sets, the small corpus that comes with this package, and clean splits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

from textaug.core.columns import TEXT_COLUMNS, TOKEN_COLUMNS
from textaug.io.conll import CORPUS, builtin_corpus, load_conll

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

__all__ = ["CORPUS", "builtin_corpus", "load_conll", "split"]


def split(
    dataset: Dataset, fractions: Sequence[float] = (0.7, 0.15, 0.15), seed: int = 0
) -> DatasetDict:
    """Split a data set so that no sentence is in two splits.

    Rows with the same tokens go to the same split, so that no test sentence is in the training
    set. Within a split rows keep their order.

    Args:
        dataset: data without splits, with a column of tokens or of text.
        fractions: share of the rows for train, validation and test, or for train and test.
        seed: same seed, same split.

    Returns:
        Splits ``train``, (``validation``,) ``test``. They have the requested number of rows, up to
        rounding, as long as enough sentences occur only once.

    Raises:
        ValueError: if there are not two or three fractions that add up to 1, or no such column.
    """
    from datasets import DatasetDict

    split_names = {2: ("train", "test"), 3: ("train", "validation", "test")}.get(len(fractions))
    if split_names is None or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6:
        raise ValueError(f"fractions={fractions}: give two or three, at least 0, that add up to 1")
    key = next((n for n in (*TOKEN_COLUMNS, *TEXT_COLUMNS) if n in dataset.column_names), None)
    if key is None:
        raise ValueError(
            f"no column of tokens or text among {dataset.column_names}; rename yours to 'tokens'"
        )
    same: dict[Any, list[int]] = {}
    for i, value in enumerate(dataset.with_format(None)[key][:]):
        same.setdefault(value if isinstance(value, str) else tuple(value), []).append(i)
    rng = Random(seed)
    groups = list(same.values())
    rng.shuffle(groups)
    groups.sort(key=len, reverse=True)  # groups of one row come last and fill the splits exactly
    borders = [round(sum(fractions[:i]) * len(dataset)) for i in range(len(fractions) + 1)]
    missing = [end - start for start, end in pairwise(borders)]  # rows that each split still needs
    parts: list[list[int]] = [[] for _ in fractions]
    for group in groups:
        weights = [rows if rows >= len(group) else 0 for rows in missing]
        fits = any(weights)
        part = rng.choices(range(len(parts)), weights)[0] if fits else missing.index(max(missing))
        parts[part] += group
        missing[part] -= len(group)
    return DatasetDict(
        {name: dataset.select(sorted(p)) for name, p in zip(split_names, parts, strict=True)}
    )
