"""Sentences before and after augmentation: mentions coloured, changes marked."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from textaug.core.example import Augmented, Example
from textaug.core.finding import dataset_schema
from textaug.core.markup import STYLE, Pair, marked, pairs_html, types_in
from textaug.core.reading import batches_of
from textaug.core.rows import RunsExamples
from textaug.core.sources import split_of

if TYPE_CHECKING:
    from rich.text import Text

BATCH_SIZE = 100
# Rows that are tried for each row to show, before the preview gives up.
PATIENCE = 100


@dataclass(frozen=True)
class Preview:
    """Some sentences before and after, for a terminal (rich, ``print``) and a notebook (HTML).

    Made by :meth:`textaug.Augmenter.preview`.

    Args:
        pairs: the sentences to show.
        tried: number of sentences that were augmented to get them.
        counts: the outcomes, as in ``augmenter.counts``.
    """

    pairs: tuple[Pair, ...]
    tried: int
    counts: dict[str, int]

    @property
    def labels(self) -> list[str]:
        """The types of mentions, each of which has a colour."""
        return types_in(self.pairs)

    @property
    def summary(self) -> str:
        """The outcomes, in one line."""
        outcomes = ", ".join(f"{reason}: {n}" for reason, n in sorted(self.counts.items()))
        return f"{len(self.pairs)} of {self.tried} sentences tried ({outcomes})"

    def __rich__(self) -> Text:
        from rich.text import Text

        text = Text()
        for pair in self.pairs:
            for sign, one, other in (
                ("- ", pair.before, pair.after),
                ("+ ", pair.after, pair.before),
            ):
                text.append(sign, "dim").append_text(marked(one, other, self.labels)).append("\n")
            text.append(f"  {pair.by}\n\n", "dim")
        return text.append(self.summary, "dim")

    def __str__(self) -> str:
        return self.__rich__().plain

    def _repr_html_(self) -> str:
        return (
            f"<style>{STYLE}</style><div class='textaug'>{pairs_html(self.pairs, self.labels)}"
            f"<p class='by'>{escape(self.summary)}</p></div>"
        )


def preview(
    dataset: Any,
    augmenter: RunsExamples,
    rows: int = 5,
    copies: int = 1,
    split: str = "train",
) -> Preview:
    """The first rows that an augmenter changes, before and after; see ``Augmenter.preview``."""
    changed: list[Pair] = []
    tried = 0
    augmenter = copy(augmenter)  # its own counts do not change
    if copies < 1 or rows < 1:
        raise ValueError(f"rows={rows}, copies={copies}: must both be at least 1")
    for examples in _batches(dataset, augmenter, split):
        if len(changed) >= rows * copies or tried >= rows * PATIENCE:
            break
        units = [(example, number) for example in examples for number in range(copies)]
        results = augmenter.run([example for example, _ in units], [copy for _, copy in units])
        tried += len(examples)
        changed += [
            Pair(before, after.example, after.by)
            for (before, _), after in zip(units, results, strict=True)
            if isinstance(after, Augmented) and after.example.text != before.text
        ]
    return Preview(tuple(changed[: rows * copies]), tried, dict(augmenter.counts))


def _batches(data: Any, augmenter: RunsExamples, split: str) -> Iterator[list[Example]]:
    if isinstance(data, (list, tuple)) and all(isinstance(text, str) for text in data):
        yield [Example.from_text(text) for text in data]
        return
    data = split_of(data, split)
    for batch in batches_of(data, dataset_schema(data, augmenter.columns), BATCH_SIZE):
        yield list(batch.examples())
