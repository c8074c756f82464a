"""Shuffle the words between mentions, or replace them by those of other sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.nesting import blocks
from textaug.core.reading import read_fitted
from textaug.core.validation import check_no_text, check_probability
from textaug.language.casing import move_capitals

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def _segments(example: Example) -> list[tuple[int, int, str | None]]:
    """The mentions of a sentence (with their type) and the segments between them (``None``)."""
    found: list[tuple[int, int, str | None]] = []
    done = 0
    for span in blocks(example):
        found += [(done, span.start, None), (span.start, span.end, span.label)]
        done = span.end
    found.append((done, len(example.tokens), None))
    return [(start, end, label) for start, end, label in found if end > start]


class SegmentShuffle(Augmenter):
    """Shuffle words within segments: mentions, and the text between them (Dai & Adel 2020).

    In English, the new first word of a sentence takes the capital of the old one.

    Args:
        p: share of the segments that are shuffled (at least one per sentence if ``p > 0``);
            default 0.3, the paper's best.
        **settings: see :class:`~textaug.Augmenter`. ``target="context"``, the default, shuffles
            only between mentions.

    Raises:
        ValueError: for a probability out of range.

    >>> sorted(SegmentShuffle(p=1.0)("one two three").split())
    ['one', 'three', 'two']
    """

    spares_polarity = False
    keeps_words = True

    def __init__(self, p: float = 0.3, **settings: Unpack[Settings]) -> None:
        self.p = check_probability("p", p)
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Shuffle some segments."""
        wanted = [
            (start, end)
            for start, end, label in _segments(example)
            if end - start > 1
            and self.target in ("all", "context" if label is None else "mentions")
        ]
        edits = []
        for start, end in self.choose(wanted, self.p, rng):
            order = list(range(start, end))
            rng.shuffle(order)
            tokens = tuple(example.tokens[i] for i in order)
            edits.append(Edit(start, end, tokens, origins=tuple(order)))
        return move_capitals(example, edits)


class SegmentExchange(Augmenter):
    """Replace the text between mentions by text from between mentions of the same types.

    A segment that follows a person and ends a sentence is replaced by one that does the same in
    another sentence, so a few sentences give many combinations.

    Args:
        segments: for each context (``"^ PER"`` before the first mention, ``"PER LOC"`` between two,
            ``"LOC $"`` after the last) the segments to sample from, words separated by spaces;
            usually made by :meth:`from_dataset` from the training split.
        p: share of the segments that are replaced (at least one per sentence if ``p > 0``).
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range.

    >>> exchange = SegmentExchange({"PER $": ["was not amused ."]}, p=1.0)
    >>> exchange({"tokens": ["Bob", "slept"], "ner_tags": ["B-PER", "O"]})["tokens"]
    ['Bob', 'was', 'not', 'amused', '.']
    """

    spares_polarity = False
    mixes_rows = True

    def __init__(
        self, segments: Mapping[str, Sequence[str]], p: float = 0.3, **settings: Unpack[Settings]
    ) -> None:
        for context, texts in segments.items():
            check_no_text(f"segments[{context!r}]", texts, "segments")
        self.segments = {context: list(texts) for context, texts in segments.items()}
        self.p = check_probability("p", p)
        self._segments = {
            context: [tuple(text.split()) for text in texts]
            for context, texts in self.segments.items()
        }
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        p: float = 0.3,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> SegmentExchange:
        """Collect the segments of a data set; of a ``DatasetDict`` only ``split`` is read."""
        examples, settings = read_fitted(dataset, split, settings, mixes_rows=True)
        return cls.from_examples(examples, p, **settings)

    @classmethod
    def from_examples(
        cls, examples: Iterable[Example], p: float = 0.3, **settings: Unpack[Settings]
    ) -> SegmentExchange:
        """Collect the segments of sentences that were read before."""
        segments: dict[str, dict[str, None]] = {}
        for each in examples:
            for example in each.with_and_without_labels():
                for start, end, context in _contexts(example):
                    segments.setdefault(context, {})[" ".join(example.tokens[start:end])] = None
        return cls({context: list(found) for context, found in segments.items()}, p, **settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Replace some segments."""
        wanted = [each for each in _contexts(example) if self._segments.get(each[2])]
        edits = []
        for start, end, context in self.choose(wanted, self.p, rng):
            new = rng.choice(self._segments[context])
            if new != example.tokens[start:end]:
                edits.append(Edit(start, end, new, origins=(None,) * len(new)))
        return edits


def _contexts(example: Example) -> list[tuple[int, int, str]]:
    """The segments outside mentions, each with the types of its neighbours.

    Only a segment of a sentence with the same labels may replace it.
    """
    segments = _segments(example)
    labels = ["^", *(label for _, _, label in segments), "$"]
    return [
        (start, end, f"{labels[i]} {labels[i + 2]}{example.label_key}")
        for i, (start, end, label) in enumerate(segments)
        if label is None and len(segments) > 1
    ]
