"""Sentences in upper case, in lower case or in title case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability

_CASES: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": lambda word: word[:1].upper() + word[1:],
}


class CaseVariants(Augmenter):
    """Write a whole sentence in upper case, in lower case or in title case.

    Taggers that recognise names by their capitals miss most of them if all words are in one
    case (Mayhew et al. 2019, "ner and pos when nothing is capitalized"). Uncased models do not need
    it.

    Args:
        cases: which to sample from: ``"upper"``, ``"lower"`` and ``"title"``.
        p: share of the sentences that are rewritten; the others stay unchanged.
        **settings: see :class:`~textaug.Augmenter`; ``target`` is ignored: the whole sentence
            changes case.

    Raises:
        ValueError: for a probability out of range, or an unknown case, or none.

    >>> CaseVariants(["upper"])({"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]})
    {'tokens': ['ANN', 'SAT'], 'ner_tags': ['B-PER', 'O']}
    """

    spares_polarity = False
    keeps_words = True

    def __init__(
        self,
        cases: Sequence[str] = ("upper", "lower", "title"),
        p: float = 1.0,
        **settings: Unpack[Settings],
    ) -> None:
        self.cases = tuple(cases)
        if not self.cases or not set(self.cases) <= set(_CASES):
            raise ValueError(f"cases={cases}: choose from {', '.join(_CASES)}")
        self.p = check_probability("p", p)
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Rewrite the sentence, with probability ``p``."""
        if rng.random() >= self.p:
            return []
        write = _CASES[rng.choice(self.cases)]
        return [
            Edit(i, i + 1, (new,))
            for i, token in enumerate(example.tokens)
            if (new := write(token)) != token
        ]
