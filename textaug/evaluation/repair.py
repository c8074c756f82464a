"""Fix the label problems that have one possible fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core.columns import class_names
from textaug.core.schema import Columns
from textaug.evaluation.problems import Fix, Problem

if TYPE_CHECKING:
    from datasets import Dataset


def repaired(data: Dataset, problems: Sequence[Problem], columns: Columns) -> Dataset:
    """The data set with every certain fix applied.

    Args:
        data: what was checked.
        problems: what :func:`check` found.
        columns: as :func:`find_columns` gives them.

    Returns:
        The same columns and features. Rows that only a person can fix stay as they were.
    """
    from datasets import Dataset

    fixes: dict[int, list[Fix]] = {}
    for problem in problems:
        if problem.fix is not None:
            fixes.setdefault(problem.row, []).append(problem.fix)
    names = class_names(data.features.get(columns.tags))
    rows = (
        _repaired_row(row, fixes.get(number, ()), columns, names)
        for number, row in enumerate(data.with_format(None))
        if not any(fix.drop for fix in fixes.get(number, ()))
    )
    output: dict[str, list[Any]] = {name: [] for name in data.features}
    for row in rows:
        for name, value in row.items():
            output[name].append(value)
    return Dataset.from_dict(output, features=data.features)


def _repaired_row(
    row: dict[str, Any], fixes: Sequence[Fix], columns: Columns, names: Sequence[str] | None
) -> dict[str, Any]:
    tags = {i: tag for fix in fixes for i, tag in fix.tags.items()}
    removed = {i for fix in fixes for i in fix.tokens}
    row = dict(row)
    if tags and columns.tags is not None:
        row[columns.tags] = [
            tag if i not in tags else names.index(tags[i]) if names else tags[i]
            for i, tag in enumerate(row[columns.tags])
        ]
    for name in (columns.words, columns.tags, *columns.aligned) if removed else ():
        if name is not None and row[name] is not None:
            row[name] = [item for i, item in enumerate(row[name]) if i not in removed]
    return row


def remaining(problems: Sequence[Problem]) -> list[Problem]:
    """What is left for a person, without rows that are left out anyway."""
    dropped = {problem.row for problem in problems if problem.fix and problem.fix.drop}
    return [p for p in problems if p.fix is None and p.row not in dropped]
