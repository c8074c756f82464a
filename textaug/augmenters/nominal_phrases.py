"""Phrases next to names or instead of them: "carmaker", "the city of", "a spokesman"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability
from textaug.language import names
from textaug.language.articles import article_edit
from textaug.language.english import is_not_english, reads_as_english, warn_once
from textaug.language.word_lists import read_lines

POSITIONS = ("before", "after", "instead")
_BOTH = 0.1  # share of the mentions with phrases that get one on both sides
_ARTICLES = ("the", "a", "an")


class NominalPhrases(Augmenter):
    """Insert a phrase that describes a mention next to it, or replace the mention by one.

    "Toyota" becomes "carmaker Toyota" or "Toyota shares", with the same mention and label, or "the
    company": a nominal mention (in the terms of ACE, Doddington et al. 2004), which has no label if
    only names are labelled. So even in a small sample a tagger sees the words that show the types
    of names, and learns that these words are not names.

    For data in which only names are mentions, as in CoNLL-2003; if "the company" is a mention too,
    set ``instead=0``.

    Args:
        phrases: for each type the phrases for the positions ``"before"``, ``"after"`` or
            ``"instead"`` of a mention, words separated by spaces; other types stay. Default:
            English ones for people, places and organisations, by the usual labels (``"PER"``,
            ``"GPE"``, …); then rows that are certainly not English stay unchanged.
        p: share of the mentions that are changed (at least one per sentence if ``p > 0``).
        instead: share of these that are replaced by a phrase; the others get one next to them.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, an unknown position, or an empty phrase.

    >>> say = NominalPhrases({"ORG": {"before": ["carmaker"]}}, p=1.0)
    >>> say({"tokens": ["Toyota", "fell"], "ner_tags": ["B-ORG", "O"]})
    {'tokens': ['Carmaker', 'Toyota', 'fell'], 'ner_tags': ['O', 'B-ORG', 'O']}
    """

    spares_polarity = False

    def __init__(
        self,
        phrases: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        p: float = 0.4,
        instead: float = 0.3,
        **settings: Unpack[Settings],
    ) -> None:
        self.phrases = phrases and {
            label: {position: list(found) for position, found in listed.items()}
            for label, listed in phrases.items()
        }
        self.p = check_probability("p", p)
        self.instead = check_probability("instead", instead)
        self._phrases: dict[str, dict[str, list[tuple[str, ...]]]] = {}
        for label, by_position in (self.phrases or {}).items():
            self._phrases[label] = {}
            for position, listed in by_position.items():
                if position not in POSITIONS:
                    raise ValueError(
                        f"phrases[{label!r}] has {position!r}: choose from {', '.join(POSITIONS)}"
                    )
                words = [tuple(phrase.split()) for phrase in listed]
                if () in words:
                    raise ValueError(
                        f"phrases[{label!r}][{position!r}] holds an empty phrase; leave it out"
                    )
                self._phrases[label][position] = words
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Choose mentions, and a phrase for each."""
        known = [(span, self._of(span.label)) for span in example.spans]
        wanted = [each for each in known if each[1]]
        if not wanted:
            return []
        if self.phrases is None and is_not_english(example.tokens):
            warn_once("NominalPhrases has English phrases (phrases= for others)")
            return []
        headline, english = example.is_headline, reads_as_english(example.tokens)
        edits: list[Edit] = []

        def add(at: int, phrases: Sequence[tuple[str, ...]], first: bool) -> None:
            new = rng.choice(phrases)
            if first and len(new) > 1 and _is_article(example, at - 1) and new[0] in _ARTICLES:
                new = new[1:]  # "a Toyota car": no second article
            if headline:
                new = tuple(word.upper() for word in new)
            elif at == 0 and example.tokens[0][0].isupper():
                new = (new[0][:1].upper() + new[0][1:], *new[1:])
            if first and english and (article := article_edit(example, at, new[0])):
                edits.append(article)
            edits.append(Edit(at, at, new, origins=(None,) * len(new)))

        for span, phrases in self.choose(wanted, self.p, rng):
            if phrases.get("instead") and rng.random() < self.instead:
                add(span.start, phrases["instead"], first=True)
                edits.append(Edit(span.start, span.end, ()))
                continue
            sides = [side for side in ("before", "after") if phrases.get(side)]
            if len(sides) > 1 and rng.random() >= _BOTH:
                sides = [rng.choice(sides)]
            for side in sides:
                add(span.start if side == "before" else span.end, phrases[side], side == "before")
        return edits

    def _of(self, label: str) -> Mapping[str, Sequence[tuple[str, ...]]]:
        if self.phrases is not None:
            return self._phrases.get(label, {})
        return english_phrases().get(names.category_of(label), {})


def _is_article(example: Example, at: int) -> bool:
    return at >= 0 and example.tokens[at].lower() in _ARTICLES


@cache
def english_phrases() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """The phrases of the package, by category (``"person"``, …) and position.

    >>> ("prime", "minister") in english_phrases()["person"]["before"]
    True
    """
    found: dict[str, Any] = {}
    for line in read_lines("nominals.tsv"):
        category, position, phrase = line.split("\t")
        found.setdefault(category, {}).setdefault(position, []).append(tuple(phrase.split()))
    return found
