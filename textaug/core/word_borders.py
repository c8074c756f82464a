"""Where words begin and end in a text, for offsets that should not cut one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import regex

from textaug.core.row_evidence import MOST_ROWS
from textaug.core.span_columns import SpanColumn

# Scripts without spaces between words, and Hangul, whose particles follow a name directly.
_NO_BLANKS = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Hangul}"
LETTER = rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_NO_BLANKS}]]"
# Two letters or two digits; a border between "New" and "York" in "#NewYork" cuts no word.
_CUT = regex.compile(
    rf"(?!\p{{Ll}}\p{{Lu}})[[\p{{L}}\p{{M}}]--[{_NO_BLANKS}]]{{2}}|\p{{N}}{{2}}", regex.V1
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
FEW = 4  # spans; of fewer, all may be parts of words


def cut_word(text: str, start: int, end: int) -> str:
    """Which word a span begins or ends inside; empty if it does not.

    Borders next to punctuation, between a letter and a digit, and in scripts without spaces pass.

    >>> cut_word("Ann Lee left", 1, 8)
    "covers 'nn Lee ' and begins inside the word 'Ann'"
    >>> cut_word("Oslo-based", 0, 4), cut_word("5kg", 0, 1), cut_word("我爱北京", 2, 4)
    ('', '', '')
    """
    for border, verb in ((start, "begins"), (end, "ends")):
        if border > 0 and _CUT.match(text, border - 1):
            word = next(m for m in _WORD.finditer(text) if m.start() < border < m.end())
            return f"covers {text[start:end]!r:.60} and {verb} inside the word {word[0]!r:.60}"
    return ""


def mostly_cut(texts: Iterable[Any], values: Iterable[Any], column: SpanColumn) -> str:
    """What is wrong with character offsets of which more than half cut words; empty otherwise.

    They are shifted, or count something else. Some spans are parts of words in any language.

    >>> column = SpanColumn("entities", "dicts")
    >>> rows = [[{"start": 1, "end": 4, "label": "PER"}]] * 4
    >>> mostly_cut(["Ann left"] * 4, rows, column)
    "has offsets that mostly cut words (4 of 4, as 1:4, which covers 'nn ' and begins inside the \
word 'Ann'), so they may be shifted"
    """
    spans = 0
    cuts: list[str] = []
    for text, value in islice(zip(texts, values, strict=False), MOST_ROWS):
        try:
            entries = list(column.entries(value))
        except (ValueError, TypeError, AttributeError):
            continue  # the error that names the row comes later
        for start, end, _, surface in entries:
            # An entry that names its words is no riddle: those that do not fit are an error.
            if surface is None and isinstance(text, str) and 0 <= start < end <= len(text):
                spans += 1
                if cut := cut_word(text, start, end):
                    cuts.append(f"{start}:{end}, which {cut}")
    if spans < FEW or 2 * len(cuts) <= spans:
        return ""
    share = f"{len(cuts)} of {spans}"
    return f"has offsets that mostly cut words ({share}, as {cuts[0]}), so they may be shifted"
