"""Join a sentence with another one of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Unpack

from textaug.core import tag_schemes
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.core.reading import read_examples
from textaug.core.validation import check_probability

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


class SentenceJoining(Augmenter):
    """Join a sentence with another of the data set, before or after it, as one row.

    Taggers that were trained on single sentences make more errors on rows of two.

    Args:
        sentences: the others, each with its words and tags (in any scheme); usually made by
            :meth:`from_dataset` from the training split.
        p: share of the sentences that are joined; the others stay unchanged.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, if there are no sentences, or if one does not
            have a tag for every word.

    >>> join = SentenceJoining([(["Bob", "slept"], ["B-PER", "O"])])
    >>> join({"tokens": ["Bob", "slept"], "ner_tags": ["B-PER", "O"]})
    {'tokens': ['Bob', 'slept', 'Bob', 'slept'], 'ner_tags': ['B-PER', 'O', 'B-PER', 'O']}
    """

    def __init__(
        self,
        sentences: Sequence[tuple[Sequence[str], Sequence[str]]],
        p: float = 1.0,
        **settings: Unpack[Settings],
    ) -> None:
        self.sentences = [[list(words), list(names)] for words, names in sentences]
        self.p = check_probability("p", p)
        if not sentences:
            raise ValueError("sentences is empty: give at least one to join with")
        for i, (words, names) in enumerate(self.sentences):
            if len(words) != len(names) or not words:
                raise ValueError(
                    f"sentences[{i}] has {len(words)} words and {len(names)} tags; it needs a "
                    "word, and a tag for each"
                )
        self._others = [
            Example(tuple(words), tuple(tag_schemes.to_spans(names)))
            for words, names in self.sentences
        ]
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        p: float = 1.0,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> SentenceJoining:
        """Take the sentences of a data set; of a ``DatasetDict`` only ``split`` is read."""
        found = [
            (example.tokens, tag_schemes.from_spans(example.spans, len(example.tokens), "IOB2"))
            for example in read_examples(dataset, split, settings)
            if example.tokens
        ]
        return cls(found, p, **settings)

    def gains_from_batches(self) -> bool:
        """No: there is no model."""
        return False

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Join each example with a random sentence."""
        return [
            self._joined(example, rng)
            if example.tokens and rng.random() < self.p
            else Augmented(example)
            for example, rng in zip(examples, rngs, strict=True)
        ]

    def _joined(self, example: Example, rng: Random) -> Augmented:
        other = rng.choice(self._others)
        old, new = len(example.tokens), len(other.tokens)
        before = rng.random() < 0.5
        first, second = (other, example) if before else (example, other)
        shift = len(first.tokens)
        moved = (Span(start + shift, end + shift, label) for start, end, label in second.spans)
        spaces = example.spaces
        if spaces is not None:
            blanks = (" ",) * new
            spaces = ("", *blanks, *spaces[1:]) if before else (*spaces[:-1], *blanks, spaces[-1])
            assert len(spaces) == old + new + 1
        none = (None,) * new
        return Augmented(
            Example(first.tokens + second.tokens, (*first.spans, *moved), spaces),
            (*none, *range(old)) if before else (*range(old), *none),
            type(self).__name__,
        )
