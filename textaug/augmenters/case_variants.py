"""Sentences in other capitals: headlines, shouting, chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability

_VARIANTS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": lambda word: word[:1].upper() + word[1:],
}


class CaseVariants(Augmenter):
    """Write a whole sentence in capitals, in small letters or like a headline.

    Taggers that tell names by their capitals lose most of them where everything is in capitals or
    nothing is (Mayhew et al. 2019, "ner and pos when nothing is capitalized"). Of no use for
    uncased models, which do not see it.

    Args:
        variants: which to draw from: ``"upper"`` (ALL CAPITALS), ``"lower"`` (no capitals) and
            ``"title"`` (Each Word Begins With One).
        p: share of the sentences that are rewritten; the others stay as they are.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here: a name keeps
            its label however it is written.

    Raises:
        ValueError: for a probability out of range, or an unknown variant, or none.

    >>> CaseVariants(["upper"])({"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]})
    {'tokens': ['ANN', 'SAT'], 'ner_tags': ['B-PER', 'O']}
    """

    def __init__(
        self,
        variants: Sequence[str] = ("upper", "lower", "title"),
        p: float = 1.0,
        **settings: Unpack[Settings],
    ) -> None:
        self.variants = tuple(variants)
        if not self.variants or not set(self.variants) <= set(_VARIANTS):
            raise ValueError(f"variants={variants}: choose from {', '.join(_VARIANTS)}")
        self.p = check_probability("p", p)
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Rewrite the sentence, if it is its turn."""
        if rng.random() >= self.p:
            return []
        write = _VARIANTS[rng.choice(self.variants)]
        return [
            Edit(i, i + 1, (new,))
            for i, token in enumerate(example.tokens)
            if (new := write(token)) != token
        ]
