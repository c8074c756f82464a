"""Character offsets as tokens and tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from textaug.core.example import Span
from textaug.io.errors import SourceError
from textaug.language.tokenization import tokenize

OFFSETS = ("characters", "utf-16")
_INSIDE_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]{2}")
_GRAPHEME = regex.compile(r"\X")


Entity = tuple[int, int, str, str | None]  # start, end, label and, if given, the text itself


def to_tokens(
    text: str,
    entities: Sequence[Entity],
    places: Sequence[tuple[int, int]] | None = None,
    offsets: str | None = None,
) -> tuple[list[str], list[Span]]:
    """A text with character offsets as words with mentions.

    Args:
        text: the text.
        entities: start, end (half-open) and label of each, and its text or ``None``.
        places: where the words stand; default: cut as in CoNLL (``textaug.detokenize``), and
            also where an entity begins or ends beside a sign that is no letter or digit.
        offsets: see :func:`read`.

    Returns:
        The words, and the mentions in terms of words.

    Raises:
        SourceError: if an entity lies outside the text, is empty, begins or ends inside a word,
            overlaps another, or has another text than the one that it brings along.

    >>> to_tokens("Oslo-based firm", [(0, 4, "LOC", None)])
    (['Oslo', '-based', 'firm'], [Span(start=0, end=1, label='LOC')])
    >>> to_tokens("Anna sang", [(0, 3, "PER", None)])
    Traceback (most recent call last):
    textaug.io.errors.SourceError: entity 0:3 PER ('Ann') ends inside the word 'Anna'; move it to \
the word's edge (if all offsets are shifted, try --offsets)
    """
    found = [_located(text, entity, offsets) for entity in entities]
    borders = {border for start, end, _ in found for border in (start, end)}
    words: list[tuple[int, int]] = []
    for start, end in places if places is not None else _places(text):
        inner = sorted(border for border in borders if start < border < end)
        whole = {start + match.end() for match in _GRAPHEME.finditer(text[start:end])}
        for border in inner:
            if border not in whole or _INSIDE_WORD.match(text, border - 1):
                _inside_word(text, found, border, text[start:end])
        words += zip([start, *inner], [*inner, end], strict=True)
    starts = {start: i for i, (start, _) in enumerate(words)}
    ends = {end: i for i, (_, end) in enumerate(words, start=1)}
    spans = sorted(
        (Span(starts[a], ends[b], label) for a, b, label in found), key=lambda s: (s.start, s.end)
    )
    for one, two in pairwise(spans):
        if two.start < one.end:
            names = [
                f"{' '.join(text[a:b] for a, b in words[s.start : s.end])!r}" for s in (one, two)
            ]
            raise SourceError(
                f"entities {names[0]} ({one.label}) and {names[1]} ({two.label}) overlap, and a "
                "word can bear one tag only; keep one of them"
            )
    return [text[start:end] for start, end in words], spans


def _places(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for token in tokenize(text):
        at = text.index(token, at)
        yield at, at + len(token)
        at += len(token)


def _located(text: str, entity: Entity, offsets: str | None) -> tuple[int, int, str]:
    """Start and end in characters, without white space at the edges."""
    start, end, label, surface = entity
    shown = f"entity {start}:{end} {label}"
    in_utf16 = (_from_utf16(text, start), _from_utf16(text, end))
    in_characters = (start, end) if 0 <= start < end <= len(text) else None
    options = [in_characters if offsets != "utf-16" else None]
    if offsets == "utf-16" or (offsets is None and surface is not None):
        options.append(in_utf16 if None not in in_utf16 and start < end else None)  # type: ignore[arg-type]
    fitting = [
        place
        for place in options
        if place and (surface is None or text[slice(*place)].strip() == surface.strip())
    ]
    if not fitting and surface is not None and any(options):
        raise SourceError(
            f"{shown} should read {surface!r:.60}, but the text there is "
            f"{text[start:end]!r:.60}; mend the offsets, or give --offsets"
        )
    if not fitting or not text[slice(*fitting[0])].strip():
        raise SourceError(
            f"{shown} lies outside the text of {len(text)} characters, or is empty; mend the "
            "offsets, or give --offsets"
        )
    start, end = fitting[0]
    inner = text[start:end]
    return (
        start + len(inner) - len(inner.lstrip()),
        end - len(inner) + len(inner.rstrip()),
        label,
    )


def _from_utf16(text: str, offset: int) -> int | None:
    """A number of UTF-16 units as a number of characters; ``None`` if it splits one."""
    units = text.encode("utf-16-le", "surrogatepass")
    if not 0 <= 2 * offset <= len(units):
        return None
    try:
        return len(units[: 2 * offset].decode("utf-16-le"))
    except UnicodeDecodeError:
        return None


def _inside_word(text: str, found: Sequence[tuple[int, int, str]], border: int, word: str) -> None:
    start, end, label = next(entity for entity in found if border in entity[:2])
    verb = "begins" if border == start else "ends"
    raise SourceError(
        f"entity {start}:{end} {label} ({text[start:end]!r:.60}) {verb} inside the word {word!r}; "
        "move it to the word's edge (if all offsets are shifted, try --offsets)"
    )
