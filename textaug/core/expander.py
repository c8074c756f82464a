"""The function for ``map(..., batched=True)`` that adds augmented copies to each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from textaug.core.batch import Batch
from textaug.core.columns import ORIGINAL, Row
from textaug.core.rows import ReplacesRows, RunsExamples, row_changes, without_collection
from textaug.core.schema import Schema
from textaug.core.validation import check_at_least_one

# The number for each row, or a function from a row to it, such as `textaug.balanced` makes.
Copies = int | Callable[[Row], int]


class Expander:
    """A function for ``dataset.map(..., batched=True)``: each row, then its augmented copies.

    Made by :meth:`textaug.Augmenter.expand`. A copy is left out, and counted in
    ``augmenter.counts``, if the augmenter rejected or did not change it, or if it equals the row or
    an earlier copy of it.

    Args:
        augmenter, copies, keep_original: see :func:`textaug.expand`; a function ``copies`` may
            return 0.
        features: the data set's features; needed only in streaming, where rows come without them.
        schema: the roles of the columns; default: read from features and names.

    Raises:
        ValueError: if ``copies`` is less than 1, or if it is called on a single row
            (``map`` without ``batched=True`` can only return one row for one).
    """

    def __init__(
        self,
        augmenter: RunsExamples,
        copies: Copies = 1,
        keep_original: bool = True,
        features: Mapping[str, Any] | None = None,
        schema: Schema | None = None,
    ) -> None:
        if isinstance(copies, int):
            check_at_least_one(copies=copies)
        elif not callable(copies):
            raise ValueError(f"copies={copies!r}: must be a whole number, or a function of a row")
        if augmenter.replaces_rows and (keep_original or copies != 1):
            raise ValueError(
                f"{type(augmenter).__name__} replaces each row by one: pass copies=1 and "
                "keep_original=False (in the shell: --no-keep-original), or use dataset.map"
            )
        self.augmenter = augmenter
        self.copies = copies
        self.keep_original = keep_original
        self.features = features
        self.schema = schema

    def __repr__(self) -> str:
        keep = "" if self.keep_original else ", keep_original=False"
        return f"{self.augmenter!r}.expand(copies={self.copies}{keep})"

    def __call__(self, rows: Any, rank: int | None = None) -> dict[str, list[Any]]:
        """Expand a batch; every column is returned, as ``map`` needs when rows are added."""
        if rank is not None:
            self.augmenter.use_rank(rank)
        with without_collection(self.augmenter):
            return self._expand(rows)

    def _expand(self, rows: Any) -> dict[str, list[Any]]:
        augmenter = self.augmenter
        batch = Batch(rows, self.schema or augmenter.columns, self.features)
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
        key_columns = batch.schema.texts or (cast(str, batch.schema.tokens),)
        if augmenter.replaces_rows:
            return cast(ReplacesRows, augmenter).replaced(batch)
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
            return row_changes(self.augmenter, batch, self.copies)
        wanted = [max(0, self.copies(batch.original(row))) for row in range(len(batch))]
        return row_changes(self.augmenter, batch, wanted)


def _append(output: dict[str, list[Any]], row: dict[str, Any]) -> None:
    for name, column in output.items():
        column.append(row[name])
