"""Replace words by others with the same label."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.reading import read_fitted
from textaug.core.validation import check_probability

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def _roles(example: Example) -> list[str]:
    """The role of each token: ``"context"``, ``"PER first"``, ``"PER rest"`` and so on."""
    key = example.label_key  # a word of a sentence with other labels could change these
    roles = [f"context{key}"] * len(example.tokens)
    for span in example.spans:
        roles[span.start] = f"{span.label} first{key}"
        rest = f"{span.label} rest{key}"
        roles[span.start + 1 : span.end] = [rest] * (span.end - span.start - 1)
    return roles


class LabelWiseReplacement(Augmenter):
    """Replace words by others with the same label (Dai & Adel 2020, "label-wise token").

    The sentences are not grammatical, but they train well together with mention replacement: they
    keep the tagger from overfitting the few contexts of a small sample.

    Args:
        words: for each role (``"context"``, ``"PER first"``, ``"PER rest"``, …) the words and their
            counts; usually made by :meth:`from_dataset` from the training split.
        p: share of the words that are replaced (at least one per sentence if ``p > 0``).
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: for a probability out of range.

    >>> swap = LabelWiseReplacement({"context": {"slept": 1}}, p=1.0)
    >>> swap({"tokens": ["Bob", "ate"], "ner_tags": ["B-PER", "O"]})["tokens"]
    ['Bob', 'slept']
    """

    mixes_rows = True

    def __init__(
        self,
        words: Mapping[str, Mapping[str, int]],
        p: float = 0.15,
        **settings: Unpack[Settings],
    ) -> None:
        self.words = {role: dict(counts) for role, counts in words.items()}
        self.p = check_probability("p", p)
        # Sorted: the output must not depend on the order of the words.
        self._words = {role: sorted(counts) for role, counts in self.words.items()}
        self._weights = {
            role: list(accumulate(self.words[role][word] for word in words))
            for role, words in self._words.items()
        }
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        p: float = 0.15,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> LabelWiseReplacement:
        """Count the words of a data set; of a ``DatasetDict`` only ``split`` is read."""
        examples, settings = read_fitted(dataset, split, settings, mixes_rows=True)
        return cls.from_examples(examples, p, **settings)

    @classmethod
    def from_examples(
        cls, examples: Iterable[Example], p: float = 0.15, **settings: Unpack[Settings]
    ) -> LabelWiseReplacement:
        """Count the words of sentences that were read before."""
        words: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for each in examples:
            for example in each.with_and_without_labels():
                for token, role in zip(example.tokens, _roles(example), strict=True):
                    words[role][token] += 1
        return cls(words, p, **settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Sample a new word for some tokens."""
        roles = _roles(example)
        allowed = [i for i in example.positions(self.target) if self._words.get(roles[i])]
        edits = []
        for i in self.choose(allowed, self.p, rng):
            new = rng.choices(self._words[roles[i]], cum_weights=self._weights[roles[i]])[0]
            if new != example.tokens[i]:
                edits.append(Edit(i, i + 1, (new,), origins=(None,)))
        return edits
