"""Fix the label faults that leave no choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core.columns import Columns
from textaug.evaluation.check import Mend, Problem

if TYPE_CHECKING:
    from datasets import Dataset


# Mending


def mended(data: Dataset, problems: Sequence[Problem], columns: Columns) -> Dataset:
    """The data set with everything mended that can be.

    Args:
        data: what was checked.
        problems: what :func:`check` found.
        columns: as :func:`find_columns` gives them.

    Returns:
        The same columns and features. Rows that only a person can mend are in it as they were.
    """
    from datasets import Dataset

    mends: dict[int, list[Mend]] = {}
    for problem in problems:
        if problem.mend is not None:
            mends.setdefault(problem.row, []).append(problem.mend)
    features = data.features
    names = getattr(getattr(features.get(columns.tags), "feature", None), "names", None)
    output: dict[str, list[Any]] = {name: [] for name in features}
    for number, row in enumerate(data.with_format(None)):
        todo = mends.get(number, [])
        if any(mend.drop for mend in todo):
            continue
        for name, value in _mended_row(row, todo, columns, names).items():
            output[name].append(value)
    return Dataset.from_dict(output, features=features)


def _mended_row(
    row: dict[str, Any], mends: Sequence[Mend], columns: Columns, names: Sequence[str] | None
) -> dict[str, Any]:
    tags = {i: tag for mend in mends for i, tag in mend.tags.items()}
    gone = {i for mend in mends for i in mend.tokens}
    if not tags and not gone:
        return row
    row = dict(row)
    if tags and columns.tags is not None:
        row[columns.tags] = [
            tag if i not in tags else names.index(tags[i]) if names else tags[i]
            for i, tag in enumerate(row[columns.tags])
        ]
    length = len(row[columns.words])
    for name, value in row.items():
        if gone and isinstance(value, list) and len(value) == length:
            row[name] = [item for i, item in enumerate(value) if i not in gone]
    return row


def unmended(problems: Sequence[Problem]) -> list[Problem]:
    """What is left for a person, without rows that are left out anyway."""
    dropped = {problem.row for problem in problems if problem.mend and problem.mend.drop}
    return [p for p in problems if p.mend is None and p.row not in dropped]
