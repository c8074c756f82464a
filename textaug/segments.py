"""Methods that work on labelled segments: two of Dai & Adel (2020), and two of their kin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING, Unpack

from textaug import tags
from textaug.augmenter import Augmenter, Settings, check_probability
from textaug.example import Augmented, Edit, Example, Rejected, Span
from textaug.mentions import read_examples

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


def _segments(example: Example) -> list[tuple[int, int, str]]:
    """The sentence cut into mentions (with their type) and the stretches between them (``""``)."""
    found = []
    done = 0
    for span in example.spans:
        found += [(done, span.start, ""), (span.start, span.end, span.label)]
        done = span.end
    found.append((done, len(example.tokens), ""))
    return [(start, end, label) for start, end, label in found if end > start]


def _roles(example: Example) -> list[str]:
    """For each token what it is: ``"context"``, ``"PER first"``, ``"PER rest"`` and so on."""
    roles = ["context"] * len(example.tokens)
    for span in example.spans:
        roles[span.start] = f"{span.label} first"
        roles[span.start + 1 : span.end] = [f"{span.label} rest"] * (span.end - span.start - 1)
    return roles


class LabelWiseReplacement(Augmenter):
    """Replace words by others that bear the same label (Dai & Adel 2020, "label-wise token").

    Sentences come out ungrammatical, and yet train well beside mention replacement: they stop the
    tagger from learning the few contexts of a small sample by heart.

    Args:
        words: for each role (``"context"``, ``"PER first"``, ``"PER rest"``, …) the words and how
            often each occurs; usually made by :meth:`from_dataset` from the training split.
        p: share of the words that are replaced (at least one per sentence if ``p > 0``).
        target: which words may change; see :class:`~textaug.Augmenter`.
        **settings: see :class:`~textaug.Augmenter`.

    Raises:
        ValueError: for a probability out of range.

    >>> swap = LabelWiseReplacement({"context": {"slept": 1}}, p=1.0)
    >>> swap({"tokens": ["Bob", "ate"], "ner_tags": ["B-PER", "O"]})["tokens"]
    ['Bob', 'slept']
    """

    def __init__(
        self,
        words: Mapping[str, Mapping[str, int]],
        p: float = 0.15,
        **settings: Unpack[Settings],
    ) -> None:
        self.words = {role: dict(counts) for role, counts in words.items()}
        self.p = check_probability("p", p)
        # Sorted, so that two lists that differ only in their order give the same output.
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
        words: dict[str, Counter[str]] = {}
        for example in read_examples(dataset, split, settings):
            for token, role in zip(example.tokens, _roles(example), strict=True):
                words.setdefault(role, Counter())[token] += 1
        return cls(words, p, **settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Draw a new word for some places."""
        roles = _roles(example)
        places = [i for i in example.positions(self.target) if self._words.get(roles[i])]
        edits = []
        for i in self.choose(places, self.p, rng):
            new = rng.choices(self._words[roles[i]], cum_weights=self._weights[roles[i]])[0]
            if new != example.tokens[i]:
                edits.append(Edit(i, i + 1, (new,), origins=(None,)))
        return edits


class SegmentShuffle(Augmenter):
    """Shuffle the words inside mentions and inside the stretches between them (Dai & Adel 2020).

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

    def __init__(self, p: float = 0.3, **settings: Unpack[Settings]) -> None:
        self.p = check_probability("p", p)
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Shuffle some segments."""
        wanted = [
            (start, end)
            for start, end, label in _segments(example)
            if end - start > 1 and self.target in ("all", "mentions" if label else "context")
        ]
        edits = []
        for start, end in self.choose(wanted, self.p, rng):
            order = list(range(start, end))
            rng.shuffle(order)
            tokens = tuple(example.tokens[i] for i in order)
            edits.append(Edit(start, end, tokens, origins=tuple(order)))
        return edits


class SegmentExchange(Augmenter):
    """Replace what stands between mentions by what stands between such mentions elsewhere.

    A stretch goes only where its neighbours are of the same types: what follows a person and ends
    a sentence follows another person and ends the sentence. So a few sentences make many.

    Args:
        segments: for each place (``"^ PER"`` before the first mention, ``"PER LOC"`` between two,
            ``"LOC $"`` after the last) the stretches to draw from, words separated by blanks;
            usually made by :meth:`from_dataset` from the training split.
        p: share of the stretches that are replaced (at least one per sentence if ``p > 0``).
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range.

    >>> exchange = SegmentExchange({"PER $": ["was not amused ."]}, p=1.0)
    >>> exchange({"tokens": ["Bob", "slept"], "ner_tags": ["B-PER", "O"]})["tokens"]
    ['Bob', 'was', 'not', 'amused', '.']
    """

    def __init__(
        self, segments: Mapping[str, Sequence[str]], p: float = 0.3, **settings: Unpack[Settings]
    ) -> None:
        self.segments = {place: list(stretches) for place, stretches in segments.items()}
        self.p = check_probability("p", p)
        self._segments = {
            place: [tuple(stretch.split()) for stretch in stretches]
            for place, stretches in self.segments.items()
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
        """Collect the stretches of a data set; of a ``DatasetDict`` only ``split`` is read."""
        segments: dict[str, dict[str, None]] = {}
        for example in read_examples(dataset, split, settings):
            for start, end, place in _places(example):
                stretch = " ".join(example.tokens[start:end])
                segments.setdefault(place, {})[stretch] = None
        return cls({place: list(found) for place, found in segments.items()}, p, **settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Exchange some stretches."""
        wanted = [each for each in _places(example) if self._segments.get(each[2])]
        edits = []
        for start, end, place in self.choose(wanted, self.p, rng):
            new = rng.choice(self._segments[place])
            if new != example.tokens[start:end]:
                edits.append(Edit(start, end, new, origins=(None,) * len(new)))
        return edits


def _places(example: Example) -> list[tuple[int, int, str]]:
    """The stretches beside and between mentions, each with its neighbours' types."""
    segments = _segments(example)
    labels = ["^", *(label for _, _, label in segments), "$"]
    return [
        (start, end, f"{labels[i]} {labels[i + 2]}")
        for i, (start, end, label) in enumerate(segments)
        if not label and len(segments) > 1
    ]


class SentenceJoining(Augmenter):
    """Join a sentence with another of the data set, before or behind it, as one row.

    Taggers that have only ever seen one sentence at a time stumble over two.

    Args:
        sentences: the others, each its words and their tags (in any scheme); usually made by
            :meth:`from_dataset` from the training split.
        p: share of the sentences that are joined; the others stay as they are.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, if there are no sentences, or if one has not a
            tag for every word.

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
            raise ValueError("sentences: there is none to join with")
        for i, (words, names) in enumerate(self.sentences):
            if len(words) != len(names) or not words:
                raise ValueError(
                    f"sentences[{i}] has {len(words)} words and {len(names)} tags; it needs a "
                    "word, and a tag for each"
                )
        self._others = [
            Example(tuple(words), tuple(tags.to_spans(names))) for words, names in self.sentences
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
            (example.tokens, tags.from_spans(example.spans, len(example.tokens), "IOB2"))
            for example in read_examples(dataset, split, settings)
            if example.tokens
        ]
        return cls(found, p, **settings)

    def _goes_together(self) -> bool:
        return False

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Join each example with a sentence that is drawn for it."""
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
