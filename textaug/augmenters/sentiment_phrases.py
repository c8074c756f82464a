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
    **dict.fromkeys(("favorable", "favourable", "good", "4 stars", "5 stars", "5 star"), 1),
    **dict.fromkeys(("negative", "neg", "very negative", "extremely negative"), -1),
    **dict.fromkeys(("unfavorable", "unfavourable", "bad", "1 star", "2 stars"), -1),
}
# Standard errors. Random labels reach as many in 5 of 100 samples; those of film reviews do in 81
# of 100 samples of 50 texts, and in 97 of 100 samples of 100.
ENOUGH = 1.64
_NUMBERS = (1, 2, 2, 3)  # of adjectives in a phrase, equally likely


class SentimentPhrases(Augmenter):
    """Put a short phrase before or after a text that says what its label says.

    "The plot moves fast." with the label "positive" becomes "Witty and moving. The plot
    moves fast.". In a small sample a classifier sees few of the words that people praise and blame
    with; the phrases show it 244 adjectives that praise and 340 that blame, most of them from the
    word list of VADER (Hutto & Gilbert 2014).

    For one label of the whole text that says whether it praises or blames. Texts with other labels
    ("neutral"), with several, and texts that are certainly not English stay unchanged.

    Args:
        labels: 1 for each label that praises, -1 for each that blames, 0 for others; keys are names
            (in any case) or numbers, as the augmenter gets them: names in ``Dataset.map`` of class
            labels. Default: by their names, such as "positive", "neg" or "5 stars".
        p: share of the texts that get a phrase.
        alone: share of these phrases that stand instead of the text; for rows of a text and its
            label, because nothing else that is said of the text fits then. Never in place of
            tokens, or of text with mentions.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here.

    Raises:
        ValueError: for a probability out of range, or labels that are no mapping of names or
            numbers to 1, -1 or 0.

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
        self.labels = None if labels is None else _checked(labels)
        self._signs = {_normal(label): sign for label, sign in (self.labels or {}).items()}
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
        words_of_text = [token for token in example.tokens if len(token) > 1 and token.isalpha()]
        if example.is_headline and len(words_of_text) > 1:
            phrase = [word.upper() for word in phrase]
        elif any(map(str.isupper, example.text)):
            phrase[0] = phrase[0].capitalize()
        new = _printed_like(example, [*phrase, "."])
        may_replace = example.spaces is not None and not example.spans
        if self.alone and may_replace and rng.random() < self.alone:
            return [Edit(0, length, new, origins=(None,) * len(new))]
        return [Edit(at, at, new)]

    def _sign(self, example: Example) -> int:
        if len(example.labels) != 1 or example.labels[0] is None:
            return 0
        label: Any = example.labels[0]
        if self.labels is not None:
            sign = self._signs.get(_normal(label))
            if sign is None:
                self._tell(f"the label {label!r} is none of labels={self.labels}; its texts stay")
            return sign or 0
        if not isinstance(label, str):
            self._tell(
                f"the label {label!r} has no name, so nothing says whether it praises or blames; "
                "give labels=, such as {1: 1, 0: -1}"
            )
        return sign_of(label)

    def _tell(self, message: str) -> None:
        if not self._told:
            self._told = True
            logger.warning("SentimentPhrases: %s", message)


def _checked(labels: Any) -> dict[Any, int]:
    if not isinstance(labels, Mapping):
        raise ValueError(f"labels={labels!r:.60}: give a mapping, such as {{1: 1, 0: -1}}")
    found = {}
    for label, sign in labels.items():
        label = label.item() if hasattr(label, "item") else label  # of numpy
        if not isinstance(label, (str, int, float)):
            raise ValueError(f"labels has the key {label!r}: give a name or a number")
        if sign not in (1, -1, 0):
            raise ValueError(f"labels[{label!r}] is {sign!r}: give 1 (praises), -1 (blames) or 0")
        found[label] = int(sign)
    return found


def _normal(label: Any) -> Any:
    """The name of a label in lower case, with spaces for "_" and "-"; a number as it is."""
    if not isinstance(label, str):
        return label
    return " ".join(label.lower().replace("_", " ").replace("-", " ").split())


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
    return SIGNS.get(_normal(label), 0) if isinstance(label, str) else 0


def why_no_sentiment(examples: Iterable[Example]) -> str:
    """Why labels are not taken for those of a sentiment; empty if they are.

    They are if two labels are named so, there is no third one, and the texts' adjectives agree with
    the names: a label "positive" may also mean that a disease was found.
    """
    signs = {word: sign for sign, words in adjectives().items() for word in words}
    names: dict[int, set[str]] = {1: set(), -1: set()}
    sums: dict[int, list[int]] = {1: [], -1: []}
    for example in examples:
        if example.labels == (None,):
            continue
        if len(example.labels) != 1:
            more = "several labels; where a column is not a label, pass roles={column: 'keep'}"
            return more if example.labels else "no label"
        (label,) = example.labels
        sign = sign_of(label)
        if not sign:
            what = "a name of a sentiment" if isinstance(label, str) else "a name (label_names=)"
            return f"the label {label!r} is not {what}"
        names[sign].add(label)
        sums[sign].append(sum(signs.get(token.lower(), 0) for token in example.tokens))
    if max(map(len, names.values())) > 1:
        return "a phrase does not say how much a text praises or blames"
    if min(map(len, sums.values())) < 2:
        return "fewer than two texts that praise, or that blame"
    error = sqrt(sum(variance(each) / len(each) for each in sums.values()))
    difference = fmean(sums[1]) - fmean(sums[-1])
    agree = difference > 0 and difference >= ENOUGH * error
    return "" if agree else "the texts' adjectives do not surely agree with the labels' names"


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
