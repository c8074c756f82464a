"""One round-trip translation: the texts to translate, and the checks of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import cast

import regex

from textaug.augmenters.mention_alignment import WORD, Sentence
from textaug.core.example import Rejected
from textaug.language.tokenization import split_sentences

# A sentence (or a segment between mentions) is only translated with at least this many words in
# lower case, and more of them than numbers: translators distort headlines, scores and tables, and
# a few words rarely change.
FEWEST_WORDS = 3
# A translation whose number of words differs by more than this factor lost or added something;
# shorter sentences may differ more.
LARGEST_RATIO = 2.0
SHORT = 6  # words

# A word of two letters or more without a capital; in scripts without case, any letter.
_SMALL_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}])\p{Ll}[\p{Ll}\p{M}]+(?![\p{L}\p{N}])|\p{Lo}")
NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")
# What must not change: addresses, Twitter names and topics, symbols, emojis, numbers, brackets and
# double quotes.
_ADDRESS, _SYMBOL = r"https?://\S+", r"[\p{So}\p{Sk}\ufe0f\u200d]"
_SIGN = rf"{_ADDRESS}|[@#]\w+|{_SYMBOL}"
_FIXED = regex.compile(rf"{_SIGN}|{NUMBER.pattern}|[()\[\]\"]")
_SURROGATE = regex.compile(r"[\ud800-\udfff]")
# Half a character, which no data set can hold; control characters; the sign for broken ones.
BROKEN = regex.compile(r"\p{Cs}|(?![\t\n\r])\p{Cc}|\uFFFD")
BROKEN_CHARACTERS = "broken characters"
LOOP = regex.compile(r"\b(\w+(?:\W+\w+){0,5})(?:\W+\1\b){2,}", regex.IGNORECASE)
_ASIDE = regex.compile(r"\s*\([^()]*\)")  # "Smith (in English)" for "Smith"
# Untranslated affixes of a sentence: bullets, dashes and signs before it, signs after it.
_NAME = rf"[@#](?:(?!{_ADDRESS[:-1]})\w)+"  # an address may follow it without a blank
AFFIXES_OF_SENTENCE = (
    regex.compile(rf"(?:[\s\-–—•*]|{_SIGN})*"),
    regex.compile(rf"(?:(?:(?<!\s)\s++)?(?:{_ADDRESS}|{_NAME}|{_SYMBOL}))+"),
)
_STOPS = (".", "!", "?")
# Untranslated affixes of a segment between mentions: punctuation, and short words ("of the", "in"),
# which belong to the mention and would be changed or dropped.
AFFIXES_OF_SEGMENT = (
    regex.compile(r"(?:[^\p{L}\p{N}]|(?<![\p{L}\p{N}])\p{Ll}{1,3}(?![\p{L}\p{N}'’-]))*"),
    regex.compile(r"(?:[^\p{L}\p{N}]|(?<![\p{L}\p{N}'’-])\p{Ll}{1,3}(?![\p{L}\p{N}]))+"),
)


@dataclass
class Job:
    """A text to translate out and back: a whole example, or a segment between mentions."""

    index: int
    text: str
    pivot: str
    rng: Random
    segment: int = 0
    head: str = ""
    tail: str = ""

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences of the text, with the white space between them."""
        return split_sentences(self.text)

    @cached_property
    def units(self) -> list[Unit]:
        """The sentences that are worth translating."""
        return [
            Unit(self, number, *_trimmed(sentence))
            for number, sentence in enumerate(self.sentences)
            if is_worth_translating(sentence)
        ]

    def joined(self) -> list[str] | Rejected:
        """The texts with translated sentences; a sentence without a translation stays."""
        good = [unit for unit in self.units if unit.found]
        if not good:
            return Rejected(self.units[0].fault)
        texts = []
        for n in range(max(len(unit.found) for unit in good)):
            sentences = list(self.sentences)
            for unit in good:
                sentences[unit.number] = unit.found[n % len(unit.found)]
            texts.append("".join(sentences))
        return texts


@dataclass
class Unit:
    """One sentence to translate, between its untranslated affixes ``head`` and ``tail``."""

    job: Job
    number: int  # in `job.sentences`
    head: str
    text: str
    tail: str
    pivot_text: str = ""
    found: list[str] = field(default_factory=list)
    fault: str = "no translation"

    def judge(self, texts: Sequence[str]) -> None:
        """Keep the acceptable translations."""
        for text in texts:
            new = as_original(self.text, text)
            fault = _fault(self.text, new)
            if fault is None:
                self.found.append(self.head + new + self.tail)
            else:
                self.fault = fault


def is_worth_translating(text: str) -> bool:
    """Whether a text has enough words for a different translation."""
    words = len(_SMALL_WORD.findall(text))
    enough = words >= FEWEST_WORDS and words > len(NUMBER.findall(text))
    return enough and not _SURROGATE.search(text)  # half a character, which no translator can read


def has_text_to_translate(text: str) -> bool:
    """Whether a sentence of the text is worth translating."""
    return any(map(is_worth_translating, split_sentences(text)))


def _trimmed(text: str) -> tuple[str, str, str]:
    """Split off affixes, and an unpaired quote at either end."""
    head, body, tail = split_around(AFFIXES_OF_SENTENCE, text)
    if body.count('"') % 2 and body.startswith('"'):
        head, body = head + '"', body[1:]
    elif body.count('"') % 2 and body.endswith('"'):
        body, tail = body[:-1], '"' + tail
    return head, body, tail


def split_around(
    affixes: tuple[regex.Pattern[str], regex.Pattern[str]], text: str
) -> tuple[str, str, str]:
    """The longest prefix, what is between, and the longest suffix; in linear time.

    Args:
        affixes: of a prefix, and of a suffix that is not empty.
        text: any.
    """
    before, after = affixes
    start = cast("regex.Match[str]", before.match(text)).end()
    end = len(text)
    for found in after.finditer(text, start):
        if found.end() == len(text):
            end = found.start()
    return text[:start], text[start:end], text[end:]


def choose_translation(sentence: Sentence, job: Job, found: Sequence[str]) -> str | None:
    """The first translation of a segment that fits between its mentions."""
    last = WORD.findall(job.text)[-1].lower()
    at_end = job.segment == len(sentence.segments) - 1
    for text in found:
        # Without the article that a translator puts before a fragment.
        core = split_around(AFFIXES_OF_SEGMENT, text)[1]
        words = WORD.findall(core.lower())
        if core != job.text and words and (at_end or words[-1] == last):
            new = job.head + core + job.tail
            if sentence.fits(job.segment, new):
                return new
    return None


def as_original(old: str, new: str) -> str:
    """A translation with the capitals and the full stop of the original."""
    new = new.strip()
    if "(" not in old:
        new = _ASIDE.sub("", new)
    before, after = WORD.findall(old), WORD.search(new)
    if after is None:
        return ""
    small = {word for word in before if word.islower()}

    def recased(match: regex.Match[str]) -> str:
        word = str(match[0])
        return word.lower() if word.lower() in small and word not in before else word

    first, start, end = str(after[0]), after.start(), after.end()
    new = new[:end] + WORD.sub(recased, new[end:])
    if before[0][0].isupper():
        first = first[0].upper() + first[1:]
    elif before[0][0].islower() and first.istitle() and len(first) > 1 and first not in before:
        first = first.lower()
    new = new[:start] + first + new[end:]
    if old.endswith(_STOPS) and new[-1].isalnum():
        return new + old[-1]
    return new.removesuffix(".") if not old.endswith(_STOPS) else new


def _fault(old: str, new: str) -> str | None:
    """Why a translation is rejected; ``None`` if it is accepted."""
    before, after = len(WORD.findall(old)), len(WORD.findall(new))
    if not after:
        return "no translation"
    if not {*old}.issuperset(BROKEN.findall(new)) or ("\n" in new and "\n" not in old):
        return BROKEN_CHARACTERS
    if before >= SHORT and not before / LARGEST_RATIO <= after <= before * LARGEST_RATIO:
        return "length ratio"
    if LOOP.search(new) and not LOOP.search(old):
        return "loop"
    if Counter(_FIXED.findall(old)) != Counter(_FIXED.findall(new)):
        return "number or sign lost"
    return None
