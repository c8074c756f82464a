"""Apply an augmenter to strings, to a row or to a batch.

This module knows batches and columns, and of an augmenter only :class:`RunsExamples`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice, repeat
from typing import Any, Protocol

from textaug.core.arrow import no_collection
from textaug.core.batch import Batch
from textaug.core.columns import ORIGINAL, ColumnNames, Row
from textaug.core.example import Augmented, Example, Rejected
from textaug.core.other_texts import mixing_problem, stale_string, strings_beside

ROWS_AT_ONCE = 64  # of a batch, for augmenters without a model


NO_ANSWER = "the question has no answer, and words of another row may answer it"


class RunsExamples(Protocol):
    """The part of an augmenter that this module uses."""

    columns: ColumnNames
    provenance_column: str | None
    counts: Counter[str]
    replaces_rows: bool
    mixes_rows: bool
    renames: bool
    keeps_words: bool

    def run(
        self, examples: Sequence[Example], copies: Sequence[int]
    ) -> Sequence[Augmented | Rejected]:
        """Augment examples and count the outcomes."""
        ...

    def gains_from_batches(self) -> bool:
        """Whether many examples at once are faster, as with a model."""
        ...

    def use_rank(self, rank: int) -> None:
        """Remember the number of the worker."""
        ...


class ReplacesRows(RunsExamples, Protocol):
    """What an augmenter with ``replaces_rows`` has beside it."""

    def replaced(self, batch: Batch) -> dict[str, list[Any]]:
        """All columns of a batch, row for row."""
        ...


def augment_texts(augmenter: RunsExamples, texts: Sequence[str]) -> list[str]:
    """Augment strings; one without a certain result is returned unchanged."""
    examples = [Example.from_text(text) for text in texts]
    results = augmenter.run(examples, [0] * len(examples))
    return [
        result.example.text if isinstance(result, Augmented) else text
        for text, result in zip(texts, results, strict=True)
    ]


def augment_rows(augmenter: RunsExamples, rows: Any) -> dict[str, Any]:
    """Augment a row or a batch, row by row, and return the columns that ``map`` needs."""
    with without_collection(augmenter):
        return _augmented(augmenter, rows)


def _augmented(augmenter: RunsExamples, rows: Any) -> dict[str, Any]:
    batch = Batch(rows, augmenter.columns)
    changes = row_changes(augmenter, batch, 1)
    changed = [(i, change) for i, (change,) in enumerate(changes) if change is not None]
    # Always return these, so that `map(..., remove_columns=...)` keeps them if no row changed.
    names = [*batch.schema.texts, batch.schema.tokens, batch.schema.tags]
    names += [*dict.fromkeys(chain(*(change for _, change in changed)))]
    output: dict[str, list[Any]] = {
        name: list(batch.column(name)) if name in batch.columns else [ORIGINAL] * len(batch)
        for name in (*names, augmenter.provenance_column)
        if name is not None
    }
    for i, change in changed:
        for name, value in change.items():
            output[name][i] = value
    result = {name: column[0] for name, column in output.items()} if batch.is_row else output
    # `map` adds the other columns itself, without decoding them; a plain dict is completed here.
    return result if batch.is_lazy else {**rows, **result}


def row_changes(
    augmenter: RunsExamples, batch: Batch, copies: int | Sequence[int], first_copy: int = 0
) -> list[list[Row | None]]:
    """For each row and copy the columns that change, or ``None`` if there are none.

    ``copies`` is a number for all rows, or one for each. Copies are numbered from ``first_copy``;
    each number gives another sample.
    """
    # Few rows at a time is a tenth faster than a thousand, whose objects do not stay in the
    # processor's cache.
    at_once = len(batch) if augmenter.gains_from_batches() else ROWS_AT_ONCE
    parts = batch.parts
    unmixed = (
        mixing_problem(batch.schema, augmenter.columns, batch.column)
        if augmenter.mixes_rows
        else ""
    )
    renames = augmenter.renames or augmenter.mixes_rows
    beside = (
        strings_beside(batch.schema, augmenter.columns, batch.features, batch.column)
        if renames
        else {}
    )
    counts = repeat(copies, len(batch)) if isinstance(copies, int) else copies
    changed: list[list[Row | None]] = []
    with without_collection(augmenter):
        by_row = zip(zip(*[batch.examples()] * parts, strict=True), counts, strict=True)
        while rows := list(islice(by_row, at_once)):
            units = [
                (example, first_copy + copy)
                for row, number in rows
                for copy in range(number)
                for example in row
            ]
            results = iter(augmenter.run([e for e, _ in units], [copy for _, copy in units]))
            for row, number in rows:
                start = len(changed) * parts
                changed.append(
                    [
                        _change(augmenter, batch, start, row, results, unmixed, beside)
                        for _ in range(number)
                    ]
                )
    return changed


def without_collection(augmenter: RunsExamples) -> AbstractContextManager[None]:
    """A block without garbage collection, unless the augmenter uses a model."""
    return nullcontext() if augmenter.gains_from_batches() else no_collection()


def _change(
    augmenter: RunsExamples,
    batch: Batch,
    start: int,
    examples: Sequence[Example],
    results: Iterator[Augmented | Rejected],
    unmixed: str,
    beside: Mapping[str, Sequence[Any]],
) -> Row | None:
    """The columns of one row that change; its first example has the number ``start``.

    ``unmixed``: why no row of the batch may get words of another one. ``beside``: strings that may
    have names of the text.
    """
    change: Row = {}
    makers: list[str] = []
    for index, (example, result) in enumerate(zip(examples, results, strict=False), start):
        if isinstance(result, Rejected) or result.example is example:
            continue
        why = unmixed or (NO_ANSWER if augmenter.mixes_rows and batch.lacks_answer(index) else "")
        why = why or stale_string(beside, index // batch.parts, example, result.example)
        rendered = (
            Rejected(why) if why else batch.render(index, example, result, augmenter.keeps_words)
        )
        if isinstance(rendered, Rejected):
            augmenter.counts[result.outcome] -= 1
            augmenter.counts[f"rejected: {rendered.reason}"] += 1
            continue
        change |= rendered
        makers.append(result.by)
    if change and augmenter.provenance_column:
        change[augmenter.provenance_column] = "+".join(dict.fromkeys(makers))
    return change or None
