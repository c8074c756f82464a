"""Phrases that go with names or stand for them: "carmaker", "the city of", "a spokesman"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability
from textaug.language import names
from textaug.language.articles import article_edit, reads_as_english

PHRASES_FILE = Path(__file__).parent.parent / "data" / "nominals.tsv"
PLACES = ("before", "after", "instead")
_BOTH = 0.1  # share of the introduced mentions with a phrase on either side
_ARTICLES = ("the", "a", "an")


class NominalPhrases(Augmenter):
    """Put phrases beside mentions that say what they are, or in their place.

    "Toyota" becomes "carmaker Toyota" or "Toyota shares", with the mention and its label as they
    were, or "the company", a nominal mention (in the terms of ACE, Doddington et al. 2004), which
    tag schemes for names leave unlabelled. So a tagger meets in a small sample the words that tell
    the types of names apart, and learns that these words are no names themselves.

    For tag schemes in which only names are mentions, as in CoNLL-2003; where "the company" is a
    mention too, set ``instead=0``.

    Args:
        phrases: for each type the phrases that go ``"before"`` a mention, ``"after"`` it or
            ``"instead"`` of it, words separated by blanks; a type or a place that is not in it is
            left alone. Default: English ones for people, places and organisations, known by the
            usual labels (``"PER"``, ``"GPE"``, …).
        p: share of the mentions that are changed (at least one per sentence if ``p > 0``).
        instead: share of these that a phrase stands for; the others get one beside them.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, a place of another name, or an empty phrase.

    >>> say = NominalPhrases({"ORG": {"before": ["carmaker"]}}, p=1.0)
    >>> say({"tokens": ["Toyota", "fell"], "ner_tags": ["B-ORG", "O"]})
    {'tokens': ['Carmaker', 'Toyota', 'fell'], 'ner_tags': ['O', 'B-ORG', 'O']}
    """

    def __init__(
        self,
        phrases: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        p: float = 0.4,
        instead: float = 0.3,
        **settings: Unpack[Settings],
    ) -> None:
        self.phrases = phrases and {
            label: {place: list(found) for place, found in places.items()}
            for label, places in phrases.items()
        }
        self.p = check_probability("p", p)
        self.instead = check_probability("instead", instead)
        for label, places in (self.phrases or {}).items():
            for place, listed in places.items():
                if place not in PLACES:
                    raise ValueError(
                        f"phrases[{label!r}] has {place!r}: choose from {', '.join(PLACES)}"
                    )
                if not all(phrase.strip() for phrase in listed):
                    raise ValueError(
                        f"phrases[{label!r}][{place!r}] holds an empty phrase; leave it out"
                    )
        self._phrases = {
            label: {place: [tuple(x.split()) for x in listed] for place, listed in places.items()}
            for label, places in (self.phrases or {}).items()
        }
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Choose mentions, and a phrase for each."""
        known = [(span, self._of(span.label)) for span in example.spans]
        wanted = [each for each in known if each[1]]
        if not wanted:
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
            sides = [place for place in ("before", "after") if phrases.get(place)]
            if len(sides) > 1 and rng.random() >= _BOTH:
                sides = [rng.choice(sides)]
            for side in sides:
                add(span.start if side == "before" else span.end, phrases[side], side == "before")
        return edits

    def _of(self, label: str) -> Mapping[str, Sequence[tuple[str, ...]]]:
        if self.phrases is not None:
            return self._phrases.get(label, {})
        return english_phrases().get(names.kind_of(label), {})


def _is_article(example: Example, at: int) -> bool:
    return at >= 0 and example.tokens[at].lower() in _ARTICLES


@cache
def english_phrases() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """The phrases of the package, by ``"person"``, ``"place"``, ``"organisation"``, and place.

    >>> ("prime", "minister") in english_phrases()["person"]["before"]
    True
    """
    found: dict[str, Any] = {}
    for line in PHRASES_FILE.read_text("utf-8").splitlines():
        kind, place, phrase = line.split("\t")
        found.setdefault(kind, {}).setdefault(place, []).append(tuple(phrase.split()))
    return found
