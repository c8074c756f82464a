"""Join a sentence with another one of the data set."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core import tag_schemes
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.core.protection import has_markers
from textaug.core.reading import check_mixing, fitted_settings, read_examples
from textaug.core.validation import check_probability
from textaug.language.tokenization import ends_sentence

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")


class SentenceJoining(Augmenter):
    """Join a sentence with another of the data set, before or after it, as one row.

    A tagger that has only seen single sentences makes errors in texts of two. Only sentences with
    the same sentence-level labels (``label``, for instance) are joined, and no sentence is joined
    with itself. Pairs of texts are not joined, nor a text with a summary or a question beside it.

    Args:
        sentences: the others, each its words and their tags (in any scheme) or its mentions
            (``[start, end, label]``), and its sentence-level labels, if it has any; usually made
            by :meth:`from_dataset` from the training split.
        p: share of the sentences that are joined; the others stay unchanged.
        after_stops: whether the first of the two must end as sentences do; if only the other one
            does, it comes first, and if none does, they are not joined.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, if there are no sentences, or if one does not
            have a tag for every word.

    >>> join = SentenceJoining([(["Ann", "sat"], ["B-PER", "O"])])
    >>> join({"tokens": ["Bob", "slept"], "ner_tags": ["B-PER", "O"]})
    {'tokens': ['Bob', 'slept', 'Ann', 'sat'], 'ner_tags': ['B-PER', 'O', 'B-PER', 'O']}
    """

    handles_nested = True
    mixes_rows = True
    keeps_words = True

    def __init__(
        self,
        sentences: Sequence[Sequence[Any]],
        p: float = 1.0,
        after_stops: bool = False,
        **settings: Unpack[Settings],
    ) -> None:
        self.sentences = tuple(
            (tuple(words), tuple(m if isinstance(m, str) else Span(*m) for m in marks), *rest)
            for words, marks, *rest in sentences
        )
        self.p = check_probability("p", p)
        self.after_stops = after_stops
        if not sentences:
            raise ValueError("sentences is empty: give at least one to join with")
        self._others: dict[str, list[Example]] = {}  # by their labels
        for i, (words, marks, *rest) in enumerate(self.sentences):
            is_tagged = all(isinstance(each, str) for each in marks)
            if not words or (is_tagged and marks and len(words) != len(marks)):
                raise ValueError(
                    f"sentences[{i}] has {len(words)} words and {len(marks)} tags; it needs at "
                    "least one word, and a tag for each"
                )
            spans = tag_schemes.to_spans(marks) if is_tagged else marks
            labels = rest[0] if rest else ""
            example = Example(words, spans)
            for key in {labels, ""}:  # a row without labels has none that could be broken
                self._others.setdefault(key, []).append(example)
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        p: float = 1.0,
        split: str = "train",
        after_stops: bool = False,
        **settings: Unpack[Settings],
    ) -> SentenceJoining:
        """Take the sentences of a data set; of a ``DatasetDict`` only ``split`` is read."""
        check_mixing(dataset, split, settings)
        examples = read_examples(dataset, split, settings)
        settings = fitted_settings(dataset, split, settings)
        return cls.from_examples(examples, p, after_stops, **settings)

    @classmethod
    def from_examples(
        cls,
        examples: Iterable[Example],
        p: float = 1.0,
        after_stops: bool = False,
        **settings: Unpack[Settings],
    ) -> SentenceJoining:
        """Take sentences that were read before."""
        found = [
            (example.tokens, example.spans, *filter(None, [example.label_key]))
            for example in examples
            if example.tokens
        ]
        if len(found) > 1 and len({key for *_, key in found if isinstance(key, str)}) == len(found):
            logger.warning(
                "no two sentences have the same labels, so none is joined with another; where a "
                "column is not a label, pass roles={column: 'keep'} (schema() shows the columns)"
            )
        return cls(found, p, after_stops, **settings)

    def gains_from_batches(self) -> bool:
        """``False``, because there is no model."""
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

    def _joined(self, example: Example, rng: Random) -> Augmented | Rejected:
        others = self._others.get(example.label_key, [])
        other = rng.choice(others) if others else example
        if other.tokens == example.tokens:
            others = [each for each in others if each.tokens != example.tokens]
            if not others:
                return Rejected("no other sentence with the same labels")
            other = rng.choice(others)
        if has_markers(example.text) or has_markers(other.text):
            return Rejected("markers in a text say which words its label is about")
        old, new = len(example.tokens), len(other.tokens)
        before = rng.random() < 0.5
        if self.after_stops and not ends_sentence((other if before else example).tokens):
            before = not before
            if not ends_sentence((other if before else example).tokens):
                return Augmented(example)
        first, second = (other, example) if before else (example, other)
        shift = len(first.tokens)
        moved = (Span(start + shift, end + shift, label) for start, end, label in second.spans)
        fixed = tuple((a + shift * before, b + shift * before) for a, b in example.protected)
        spaces = example.spaces
        if spaces is not None:
            blanks = (" ",) * new
            spaces = ("", *blanks, *spaces[1:]) if before else (*spaces[:-1], *blanks, spaces[-1])
            assert len(spaces) == old + new + 1
        none = (None,) * new
        old_spans, new_spans = range(len(example.spans)), (None,) * len(other.spans)
        return Augmented(
            Example(
                first.tokens + second.tokens, (*first.spans, *moved), spaces, example.labels, fixed
            ),
            (*none, *range(old)) if before else (*range(old), *none),
            type(self).__name__,
            span_origins=(*new_spans, *old_spans) if before else (*old_spans, *new_spans),
        )
