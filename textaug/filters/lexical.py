"""Filters that compare words and need no model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.filter import Filter
from textaug.core.reading import read_examples
from textaug.core.validation import check_at_least_one, check_probability

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


@dataclass(repr=False)
class Novelty(Filter):
    """Keep a sentence that is not a near-duplicate of its original, or of given sentences.

    Similarity is the share of word ``n``-grams that two sentences have in common (Jaccard, with
    padding at both ends). Results are not compared with one another, so the outcome does not depend
    on the order of the rows; ``expand`` itself leaves out equal copies.

    Args:
        maximum: highest similarity, 0..1. A sentence of 12 words with one word in the middle
            changed has a similarity of 0.73 with ``n=2``, and of 0.65 with ``n=3``.
        reference: sentences to compare with instead of the original, words separated by spaces,
            for instance the evaluation split; see :meth:`from_dataset`. For both, use two filters.
        n: words in an n-gram, at least 1.

    Raises:
        ValueError: for a maximum out of range, or ``n`` below 1.

    >>> before = [Example(("the", "man", "saw", "a", "dog"))] * 2
    >>> after = [Example(("a", "man", "saw", "a", "dog")), Example(("a", "dog", "ran"))]
    >>> Novelty(0.4)(before, after), Novelty(0.4, reference=["a dog ran off"])(before, after)
    ([False, True], [True, False])
    """

    maximum: float = 0.8
    reference: Sequence[str] | None = None
    n: int = 2

    def __post_init__(self) -> None:
        check_probability("maximum", self.maximum)
        check_at_least_one(n=self.n)
        self._sizes: list[int] = []
        self._holders: dict[tuple[str, ...], list[int]] = {}  # by n-gram: the sentences with it
        for number, text in enumerate(self.reference or ()):
            grams = self._grams(text.split())
            self._sizes.append(len(grams))
            for gram in grams:
                self._holders.setdefault(gram, []).append(number)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        maximum: float = 0.8,
        n: int = 2,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> Novelty:
        """Compare with the sentences of a data set, or of one split of a ``DatasetDict``."""
        examples = read_examples(dataset, split, settings)
        return cls(maximum, [" ".join(example.tokens) for example in examples], n)

    def _grams(self, tokens: Sequence[str]) -> set[tuple[str, ...]]:
        edge = [""] * (self.n - 1)
        padded = [*edge, *tokens, *edge]
        return set(zip(*(padded[i:] for i in range(self.n)), strict=False))

    def _similarity(self, before: Example, after: Example) -> float:
        new = self._grams(after.tokens)
        if self.reference is None:
            old = self._grams(before.tokens)
            return len(old & new) / max(1, len(old | new))
        shared = Counter(number for gram in new for number in self._holders.get(gram, ()))
        return max(
            (common / (len(new) + self._sizes[i] - common) for i, common in shared.items()),
            default=0.0,
        )

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each sentence is different enough."""
        return [
            self._similarity(old, new) <= self.maximum
            for old, new in zip(before, after, strict=True)
        ]


@dataclass(repr=False)
class NoUnlabelledNames(Filter):
    """Keep a sentence that has no new known name outside its mentions.

    Such a name would lack its label. Names that the original has outside its mentions too are
    accepted. Names match word by word, in their own case or all in capitals.

    Args:
        names: mentions, words separated by spaces; usually made by :meth:`from_dataset`.

    >>> clean = NoUnlabelledNames(["New York", "Reuters"])
    >>> before = [Example(("he", "lived", "in", "peace"))] * 2
    >>> clean(before, [Example(("he", "lived", "in", "York")), Example(("in", "New", "York"))])
    [True, False]
    """

    names: Sequence[str]

    def __post_init__(self) -> None:
        self.names = sorted(set(self.names))
        self._names = {
            tuple(written.split()) for name in self.names for written in (name, name.upper())
        }
        self._longest = max(map(len, self._names), default=0)

    @classmethod
    def from_dataset(
        cls, dataset: Dataset | DatasetDict, split: str = "train", **settings: Unpack[Settings]
    ) -> NoUnlabelledNames:
        """The mentions of a data set, usually the training split.

        Mentions that occur without a label at least as often as with one are left out ("A", "May",
        "Sunday").
        """
        examples = read_examples(dataset, split, settings)
        labelled = Counter(
            example.tokens[span.start : span.end] for example in examples for span in example.spans
        )
        longest = max(map(len, labelled), default=0)
        bare = Counter(
            words
            for example in examples
            for words in _phrases(example, longest)
            if words in labelled
        )
        return cls([" ".join(words) for words, n in labelled.items() if n > bare[words]])

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether no name has been added outside the mentions."""
        return [
            self._found(new) <= self._found(old) for old, new in zip(before, after, strict=True)
        ]

    def _found(self, example: Example) -> Counter[tuple[str, ...]]:
        return Counter(words for words in _phrases(example, self._longest) if words in self._names)


def _phrases(example: Example, longest: int) -> Iterator[tuple[str, ...]]:
    """All sequences of up to ``longest`` words outside the mentions."""
    done = 0
    for start, end in [*((span.start, span.end) for span in example.spans), (None, None)]:
        stop = len(example.tokens) if start is None else start
        for i in range(done, stop):
            for j in range(i + 1, min(i + longest, stop) + 1):
                yield example.tokens[i:j]
        done = stop if end is None else end
