"""A sentence with slots in place of its mentions, and the way back from a model's answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from textaug.augmenters.mention_alignment import WORD, Sentence
from textaug.augmenters.round_trip import (
    BROKEN,
    BROKEN_CHARACTERS,
    LARGEST_RATIO,
    LOOP,
    NUMBER,
    SHORT,
    as_original,
)
from textaug.core.example import Augmented, Example, Rejected, Span
from textaug.language.tokenization import tokenize
from textaug.llm.slots import Pattern, Slots

ENGLISH = "en"
PROSE = "prose around the answer"
_STOPS = (".", "!", "?")
_REFUSAL = regex.compile(
    r"""(?:i['’]m|i\ am)\ (?:very\ )?(?:sorry|afraid|unable) | sorry,?
    | i\ (?:can(?:['’]?t|not)|won['’]t)\b | (?:i\ )?(?:apologi[sz]e|must\ decline)
    | as\ an?\ (?:ai|language\ model|assistant)\b""",
    regex.VERBOSE | regex.IGNORECASE,
)
_PROSE = regex.compile(
    r"(?:sure|certainly|of course|okay|ok|here(?:['’]s| is| are))\b[^\n]*[:!]|[*#`]",
    regex.IGNORECASE,
)
# A word about the task, which no sentence of the data has by chance.
_TASK = regex.compile(r"\b(?:rewrit|rephras|paraphras)\w*", regex.IGNORECASE)
_NUMBER_WORD = regex.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|(?:m|b|tr)illions?|dozens?)\b",
    regex.IGNORECASE,
)
_SENTENCE_START = regex.compile(r"(?<=[.!?]['\"”’)\]]*\s+)\p{L}+")
_THOUGHTS = regex.compile(r"^\s*<think>.*?</think>", regex.DOTALL)
_NUMBERED = regex.compile(r"^\s*(?:\d+[.):]|[-*•])\s+(?=\S)")
_QUOTES = (('"', '"'), ("'", "'"), ("“", "”"))
# Characters and tokens of an answer, for each of the sentence, and some more.
GROWTH, MORE = 2, 40
_MARK = regex.compile(r"\[([^\[\]:]+):\s*([^\[\]]+?)\s*\]")
_SPACE_AT_ENDS = regex.compile(r"(\s*)(.*?)(\s*)", regex.DOTALL)


@dataclass(frozen=True)
class Slotted:
    """A sentence as it goes out.

    Args:
        sentence: with its mentions.
        slots: one for each mention.
        language: of the text; in English, a first word that English writes with a capital is a
            new name too.
    """

    sentence: Sentence
    slots: Slots
    language: str = ENGLISH

    @classmethod
    def of(cls, example: Example, language: str = ENGLISH) -> Slotted | Rejected:
        """The sentence of an example without nested mentions, or why it cannot go out."""
        sentence = Sentence.of(example)
        labels = [span.label for span in example.spans]
        slots = Slots.of(labels, "".join(sentence.segments))
        if slots is None:
            return Rejected("the text holds all signs of slots")
        return cls(sentence, slots, language)

    @cached_property
    def _parts(self) -> tuple[str, str, str]:
        text = self.slots.fill(self.sentence.segments)
        match = _SPACE_AT_ENDS.fullmatch(text)
        assert match is not None  # every text matches
        return match[1], match[2], match[3]

    @property
    def text(self) -> str:
        """What goes out, without white space at its ends."""
        return self._parts[1]

    def pattern(self, n: int = 1) -> Pattern:
        """What an answer must look like."""
        lines = "\n" in self.text and n == 1
        return Pattern(self.slots.written, "".join(self.slots.signs), lines, n)

    def read(self, answer: str) -> Augmented | Rejected:
        """The example that an answer stands for; the old one where nothing changed."""
        if not set(self.text).issuperset(BROKEN.findall(answer)):
            return Rejected(BROKEN_CHARACTERS)
        raw = self._unwrapped(answer)
        for fault, what in ((_REFUSAL, "refusal"), (_PROSE, PROSE)):
            if fault.match(raw) and not fault.match(self.text):
                return Rejected(what)
        if "\n" in raw and "\n" not in self.text:
            return Rejected(PROSE)
        if _TASK.search(raw) and not _TASK.search(self.text):
            return Rejected(PROSE)
        as_written = self.slots.split(raw)
        if isinstance(as_written, str):
            return Rejected(as_written if WORD.search(raw) else "empty answer")
        text = self._cased(raw)
        if not text:
            return Rejected("empty answer")
        if self.text.endswith(_STOPS) and text.endswith(self.slots.signs[1]):
            text += self.text[-1]
        found = self.slots.split(text)
        if isinstance(found, str):
            return Rejected(found)
        segments, order = found
        wrong = self.sentence.names_in(as_written[0], self.language == ENGLISH)
        wrong = wrong or self._fault(text, segments)
        if wrong:
            return Rejected(wrong)
        if text == self.text:
            return Augmented(self.sentence.example)
        before, after = self._parts[0], self._parts[2]
        segments = [before + segments[0], *segments[1:]]
        segments[-1] += after
        return self.sentence.with_mentions(segments, order)

    def _cased(self, raw: str) -> str:
        """Capitals and full stop as in the original; first words of further sentences stay."""
        text: str = as_original(self.text, raw)
        starts = {word.lower(): word for word in _SENTENCE_START.findall(raw) if not word.islower()}
        return str(_SENTENCE_START.sub(lambda match: starts.get(match[0], match[0]), text))

    def _unwrapped(self, answer: str) -> str:
        """Without a model's thoughts, and without quotes that the sentence does not have."""
        text: str = _THOUGHTS.sub("", answer).strip()
        for opening, closing in _QUOTES:
            quoted = len(text) > 1 and text[0] == opening and text[-1] == closing
            if quoted and not self.text.startswith(opening):
                return text[1:-1].strip()
        return text

    def _fault(self, text: str, segments: list[str]) -> str | None:
        """Whether length or numbers differ; a slot counts as a word."""
        before, after = len(WORD.findall(self.text)), len(WORD.findall(text))
        too_long = after > LARGEST_RATIO * max(before, SHORT)
        if too_long or (before >= SHORT and after * LARGEST_RATIO < before):
            return "length ratio"
        if LOOP.search(text) and not LOOP.search(self.text):
            return "loop"
        old, new = (
            Counter(word.lower() for find in (NUMBER, _NUMBER_WORD) for word in find.findall(part))
            for part in (" ".join(self.sentence.segments), " ".join(segments))
        )
        return None if old == new else "number changed"


def sentences_in(answer: str, n: int) -> list[str]:
    """The sentences of an answer that was asked for ``n``: JSON, numbered lines, or one text.

    >>> sentences_in('{"sentences": ["It fell.", "Down it went."]}', 2)
    ['It fell.', 'Down it went.']
    >>> sentences_in("1. It fell.\\n2) Down it went.", 2)
    ['It fell.', 'Down it went.']
    """
    answer = _THOUGHTS.sub("", answer).strip()
    if answer.startswith("{"):
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if isinstance(found, dict):
            values = next((v for v in found.values() if isinstance(v, list)), list(found.values()))
            return [value for value in values if isinstance(value, str)][:n]
    if n == 1:
        return [answer]
    lines = [line for line in answer.splitlines() if line.strip()]
    numbered = [line for line in lines if _NUMBERED.match(line)]
    return [_NUMBERED.sub("", line) for line in numbered or lines][:n]


def as_marked(text: str, labels: Sequence[str], is_strict: bool) -> Example | Rejected:
    """A sentence with the marks that the model put into it."""
    # In any case, unless only that tells two types apart.
    numbers = Counter(label.lower() for label in labels)
    by_name = {label.lower(): label for label in labels if numbers[label.lower()] == 1}
    tokens: list[str] = []
    spans: list[Span] = []
    segments = _MARK.split(text)  # text, label, mention, text, ...
    for before, label, mention in zip(segments[::3], segments[1::3], segments[2::3], strict=False):
        name = label.strip() if label.strip() in labels else by_name.get(label.strip().lower())
        if name is None:
            return Rejected("unknown type")
        if not WORD.search(mention):
            return Rejected("mark without a word")
        tokens += tokenize(before)
        words = tokenize(mention)
        spans.append(Span(len(tokens), len(tokens) + len(words), name))
        tokens += words
    tokens += tokenize(segments[-1])
    example = Example(tuple(tokens), tuple(spans))
    if any(sign in text for text in segments[::3] for sign in "[]"):
        return Rejected("mark cut")
    wrong = Sentence.of(Example(("x",))).names_in(segments[::3], is_strict)
    return Rejected(wrong) if wrong else example
