"""Sources of synonyms: their protocol, and a word list of the user.

The basis of :class:`textaug.SynonymReplacement`. A lexicon maps one surface word to the surface
words that may replace it, inflected and cased like it. It does not see the sentence, so it offers
no synonym if it is not certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from textaug.language.casing import match_case


class Lexicon(Protocol):
    """The protocol of a source of synonyms."""

    def synonyms(self, word: str, max_senses: int | None = 1) -> list[str]:
        """Words that may replace ``word``, best first, in its inflection and case."""
        ...


@dataclass(frozen=True)
class WordList:
    """Your own synonyms: a mapping from a word to those that may replace it.

    The mapping is taken literally: no inflection, no stop words.

    Args:
        mapping: words in any case, each with a list of synonyms.

    Raises:
        ValueError: if a word's synonyms are one string instead of a list.

    >>> words = WordList({"car": ["automobile", "motor vehicle"]})
    >>> words.synonyms("Car"), words.synonyms("cars")
    (['Automobile', 'Motor vehicle'], [])
    """

    mapping: Mapping[str, Sequence[str]]
    _by_lower: dict[str, list[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_lower: dict[str, list[str]] = {}
        for word, synonyms in self.mapping.items():
            if isinstance(synonyms, str):
                raise ValueError(f"WordList: the synonyms of {word!r} must be a list of strings")
            by_lower.setdefault(word.lower(), []).extend(synonyms)
        object.__setattr__(self, "_by_lower", by_lower)

    def synonyms(self, word: str, max_senses: int | None = 1) -> list[str]:
        """The listed synonyms of ``word`` in the list's order, written in its case.

        Args:
            word: looked up without regard to case.
            max_senses: not used; every lexicon takes it.
        """
        listed = self._by_lower.get(word.lower(), [])
        cased = dict.fromkeys(match_case(synonym, like=word) for synonym in listed)
        return [synonym for synonym in cased if synonym.lower() != word.lower()]
