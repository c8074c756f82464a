"""Phrases that praise or blame as the label of the text does: "witty and moving."."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import sqrt
from random import Random
from statistics import fmean, variance
from typing import Any, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_probability
from textaug.language.english import is_not_english, warn_once
from textaug.language.tokenization import ends_sentence
from textaug.language.word_lists import read_lines

logger = logging.getLogger("textaug")

# In lower case, with spaces for "_" and "-".
SIGNS = {
    **dict.fromkeys(("positive", "pos", "very positive", "extremely positive"), 1),
    **dict.fromkeys(("favorable", "favourable", "good", "4 stars", "5 stars"), 1),
    **dict.fromkeys(("negative", "neg", "very negative", "extremely negative"), -1),
    **dict.fromkeys(("unfavorable", "unfavourable", "bad", "1 star", "2 stars"), -1),
}
ENOUGH = 0.5  # standard errors; of 50 film reviews, samples reach it in 97 of 100
_NUMBERS = (1, 2, 2, 3)  # of adjectives in a phrase, equally likely


class SentimentPhrases(Augmenter):
    """Put a short phrase before or after a text that says what its label says.

    "The plot moves fast." with the label "positive" becomes "Witty and moving. The plot
    moves fast.". In a small sample a classifier sees few of the words that people praise and blame
    with; the phrases show it 584 adjectives, most of them from the word list of VADER (Hutto &
    Gilbert 2014).

    For one label of the whole text that says whether it praises or blames. Texts with other labels
    ("neutral"), with several, and texts that are certainly not English stay unchanged.

    Args:
        labels: 1 for each label that praises, -1 for each that blames. Default: by their names,
            such as "positive", "neg" or "5 stars"; labels that are numbers have no names then.
        p: share of the texts that get a phrase.
        alone: share of these phrases that stand instead of the text; never if it has mentions.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, or a sign that is neither 1 nor -1.

    >>> say = SentimentPhrases(p=1.0, seed=3)
    >>> say({"text": "The plot moves fast.", "label": "positive"})["text"]
    'Rapturous and daring. The plot moves fast.'
    """

    spares_polarity = False

    def __init__(
        self,
        labels: Mapping[Any, int] | None = None,
        p: float = 0.6,
        alone: float = 0.0,
        **settings: Unpack[Settings],
    ) -> None:
        self.labels: dict[Any, int] | None = None if labels is None else dict(labels)
        for label, sign in (labels or {}).items():
            if sign not in (1, -1):
                raise ValueError(f"labels[{label!r}] is {sign!r}: give 1 (praises) or -1 (blames)")
        self.p = check_probability("p", p)
        self.alone = check_probability("alone", alone)
        self._told = False
        super().__init__(**settings)

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """Insert a phrase at the start or at the end."""
        sign = self._sign(example)
        if not sign or not example.tokens or rng.random() >= self.p:
            return []
        if is_not_english(example.tokens):
            warn_once("SentimentPhrases has English words")
            return []
        words = rng.sample(adjectives()[sign], rng.choice(_NUMBERS))
        length = len(example.tokens)
        # After text without a full stop the phrase would be a part of its last sentence.
        at = length if rng.random() < 0.5 and ends_sentence(example.tokens) else 0
        phrase = words[:1] if len(words) == 1 else [*words[:-1], "and", words[-1]]
        if len(words) > 2:
            phrase.insert(1, ",")
        if example.is_headline:
            phrase = [word.upper() for word in phrase]
        elif example.tokens[0][0].isupper():
            phrase[0] = phrase[0].capitalize()
        new = _printed_like(example, [*phrase, "."])
        if self.alone and not example.spans and rng.random() < self.alone:
            return [Edit(0, length, new, origins=(None,) * len(new))]
        return [Edit(at, at, new)]

    def _sign(self, example: Example) -> int:
        if len(example.labels) != 1:
            return 0
        label: Any = example.labels[0]
        if self.labels is not None:
            return self.labels.get(label, 0)
        if isinstance(label, int):
            self._tell_of_number(label)
        return sign_of(label)

    def _tell_of_number(self, label: int) -> None:
        if not self._told:
            self._told = True
            logger.warning(
                "SentimentPhrases: the label %s is a number without a name, so nothing says "
                "whether it praises or blames; give labels=, such as {1: 1, 0: -1}",
                label,
            )


@cache
def adjectives() -> dict[int, list[str]]:
    """The adjectives that praise (1) and that blame (-1); see ``scripts/build_polarity.py``.

    >>> "witty" in adjectives()[1], "tedious" in adjectives()[-1]
    (True, True)
    """
    found: dict[int, list[str]] = {1: [], -1: []}
    for line in read_lines("sentiment_adjectives.tsv"):
        word, sign = line.split("\t")
        found[int(sign)].append(word)
    return found


def sign_of(label: Any) -> int:
    """1 for the name of a label that praises, -1 for one that blames, else 0.

    >>> sign_of("Very_Negative"), sign_of("positive"), sign_of("neutral"), sign_of(1)
    (-1, 1, 0, 0)
    """
    if not isinstance(label, str):
        return 0
    return SIGNS.get(" ".join(label.lower().replace("_", " ").replace("-", " ").split()), 0)


def show_sentiment(examples: Iterable[Example]) -> bool:
    """Whether labels are named by sentiment, and the texts' adjectives agree with the names.

    A label "positive" may also mean that a disease was found: the texts with it must have more
    words that praise, by half a standard error or more. With a label that is neither ("neutral"),
    the answer is no: a classifier would learn that its texts are those without a phrase.
    """
    signs = {word: sign for sign, words in adjectives().items() for word in words}
    sums: dict[int, list[int]] = {1: [], -1: []}
    for example in examples:
        if example.labels == (None,):
            continue
        sign = sign_of(example.labels[0]) if len(example.labels) == 1 else 0
        if not sign:
            return False
        sums[sign].append(sum(signs.get(token.lower(), 0) for token in example.tokens))
    if min(map(len, sums.values())) < 2:
        return False
    error = sqrt(sum(variance(each) / len(each) for each in sums.values()))
    return error > 0 and fmean(sums[1]) - fmean(sums[-1]) >= ENOUGH * error


def _printed_like(example: Example, phrase: Sequence[str]) -> tuple[str, ...]:
    """The tokens of a phrase; in text, punctuation is written to the word before it."""
    spaces = example.spaces
    is_cut = spaces is None or any(
        token in (".", ",") and space for space, token in zip(spaces, example.tokens, strict=False)
    )  # text that was tokenized and joined again
    if is_cut:
        return tuple(phrase)
    words: list[str] = []
    for token in phrase:
        if token in (",", "."):
            words[-1] += token
        else:
            words.append(token)
    return tuple(words)
