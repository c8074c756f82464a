"""Character offsets as tokens and spans of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from unicodedata import normalize

import regex

from textaug.core.example import Span
from textaug.core.word_borders import LETTER
from textaug.io.errors import SourceError
from textaug.language.tokenization import tokenize

OFFSETS = ("characters", "utf-16")
_GRAPHEME = regex.compile(r"\X")
_INSIDE_WORD = regex.compile(LETTER + "{2}", regex.V1)

Entity = tuple[int, int, str, str | None]  # start, end, label and, if given, the text itself
CharSpan = tuple[int, int, str]  # start and end in characters, label


def locate(text: str, entity: Entity, unit: str = "characters") -> CharSpan:
    """Start and end of an entity in characters, without white space at its edges.

    Args:
        text: the text.
        entity: start and end (half-open), label, and the text of the entity if it is given.
        unit: unit of its offsets; see :func:`textaug.io.read.read`.

    Raises:
        SourceError: if the entity is empty or outside the text, or its text is not at its offsets.
    """
    start, end, label, surface = entity
    found = _in_characters(text, start, end, unit)
    if found is None or not (inner := text[slice(*found)]).strip():
        raise SourceError(
            f"entity {start}:{end} {label} lies outside the text of {len(text)} characters, or is "
            "empty; fix the offsets, or pass offsets= (--offsets in the shell)"
        )
    if surface is not None and normalize("NFC", inner.strip()) != normalize("NFC", surface.strip()):
        raise SourceError(
            f"entity {start}:{end} {label} should read {surface!r:.60}, but the text there is "
            f"{inner!r:.60}; fix the offsets, or pass offsets= (--offsets in the shell)"
        )
    start, end = found
    return start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()), label


def fitting_units(text: str, entity: Entity) -> list[str] | None:
    """The units in which an entity fits its text; ``None`` if both mean the same characters."""
    if text.isascii() or max(text[: max(entity[1], 0)], default="") <= "\uffff":
        return None
    fitting = []
    for unit in OFFSETS:
        try:
            locate(text, entity, unit)
        except SourceError:
            continue
        fitting.append(unit)
    return fitting


def to_tokens(
    text: str, entities: Sequence[CharSpan], tokens: Sequence[tuple[int, int]] | None = None
) -> tuple[list[str], list[Span]]:
    """The tokens of a text, and its entities as spans of tokens.

    Args:
        text: the text.
        entities: start, end (half-open, in characters) and label of each; no two overlap.
        tokens: start and end of each token; default: as in CoNLL (``textaug.tokenize``). A token
            is also split where an entity begins or ends next to punctuation, or inside a run of
            characters of a script without spaces.

    Raises:
        SourceError: if an entity begins or ends inside a word.

    >>> to_tokens("Oslo-based firm", [(0, 4, "LOC")])
    (['Oslo', '-based', 'firm'], [Span(start=0, end=1, label='LOC')])
    >>> to_tokens("我爱北京", [(2, 4, "LOC")])
    (['我爱', '北京'], [Span(start=1, end=2, label='LOC')])
    >>> to_tokens("Anna sang", [(0, 3, "PER")])
    Traceback (most recent call last):
    textaug.io.errors.SourceError: entity 0:3 PER ('Ann') ends inside the word 'Anna'; move it to \
the word's edge (if all offsets are shifted, try --offsets)
    """
    borders = {border for start, end, _ in entities for border in (start, end)}
    words: list[tuple[int, int]] = []
    for start, end in tokens if tokens is not None else token_offsets(text):
        inner = sorted(border for border in borders if start < border < end)
        if inner:
            graphemes = {start + match.end() for match in _GRAPHEME.finditer(text[start:end])}
        for border in inner:
            if border not in graphemes or _INSIDE_WORD.match(text, border - 1):
                _inside_word(text, entities, border, text[start:end])
        words += zip([start, *inner], [*inner, end], strict=True)
    starts = {start: i for i, (start, _) in enumerate(words)}
    ends = {end: i for i, (_, end) in enumerate(words, start=1)}
    return [text[start:end] for start, end in words], [
        Span(starts[start], ends[end], label) for start, end, label in sorted(entities)
    ]


def overlap(entities: Sequence[CharSpan]) -> bool:
    """Whether some entities are nested or overlap."""
    return any(right[0] < left[1] for left, right in pairwise(sorted(entities)))


def token_offsets(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each token of a text, tokenized as in CoNLL."""
    at = 0
    for token in tokenize(text):
        at = text.index(token, at)
        yield at, at + len(token)
        at += len(token)


def _in_characters(text: str, start: int, end: int, unit: str) -> tuple[int, int] | None:
    """Offsets in characters; ``None`` if one is outside the text or splits a character."""
    if unit == "characters":
        return (start, end) if 0 <= start < end <= len(text) else None
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= start < end <= len(units) // 2:
        return None
    try:
        return len(units[: 2 * start].decode("utf-16-le")), len(
            units[: 2 * end].decode("utf-16-le")
        )
    except UnicodeDecodeError:
        return None


def _inside_word(text: str, entities: Sequence[CharSpan], border: int, word: str) -> None:
    start, end, label = next(entity for entity in entities if border in entity[:2])
    verb = "begins" if border == start else "ends"
    raise SourceError(
        f"entity {start}:{end} {label} ({text[start:end]!r:.60}) {verb} inside the word {word!r}; "
        "move it to the word's edge (if all offsets are shifted, try --offsets)"
    )
