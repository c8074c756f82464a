"""Character offsets as tokens and tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import regex

from textaug.core.example import Span
from textaug.io.errors import SourceError
from textaug.language.tokenization import tokenize

CHARACTERS, UTF16 = "characters", "utf-16"
OFFSETS = (CHARACTERS, UTF16)
_NO_BLANKS = r"\p{Han}\p{Hiragana}\p{Katakana}ー\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}"
# Two letters in a row, of scripts that write blanks between words.
_INSIDE_WORD = regex.compile(rf"[[\p{{L}}\p{{M}}\p{{N}}_]--[{_NO_BLANKS}]]{{2}}", regex.VERSION1)
_GRAPHEME = regex.compile(r"\X")


Entity = tuple[int, int, str, str | None]  # start, end, label and, if given, the text itself


class Located(NamedTuple):
    """An entity in the characters of its text, half-open, without white space at its edges."""

    start: int
    end: int
    label: str


def to_tokens(
    text: str,
    entities: Sequence[Entity],
    places: Sequence[tuple[int, int]] | None = None,
    offsets: str | None = None,
) -> tuple[list[str], list[Span]]:
    """A text with character offsets as tokens with mentions.

    Args:
        text: the text.
        entities: start, end (half-open) and label of each, and its text or ``None``.
        places: the offsets of the tokens; default: cut as in CoNLL (``textaug.detokenize``), and
            also where an entity begins or ends beside a character that is not a letter or digit,
            or in a script without blanks between words.
        offsets: what they count, see :func:`read`; default: what :func:`unit_of` finds.

    Returns:
        The tokens, and the mentions in terms of tokens, by start, the longer first.

    Raises:
        SourceError: if an entity lies outside the text, is empty, begins or ends inside a word, or
            has another text than the one that it brings along.

    >>> to_tokens("Oslo-based firm", [(0, 4, "LOC", None)])
    (['Oslo', '-based', 'firm'], [Span(start=0, end=1, label='LOC')])
    >>> to_tokens("Anna sang", [(0, 3, "PER", None)])
    Traceback (most recent call last):
    textaug.io.errors.SourceError: entity 0:3 PER ('Ann') ends inside the word 'Anna'; move it to \
the word's edge (if all offsets are shifted, try --offsets)
    """
    return cut(text, locate(text, entities, offsets), places)


def locate(text: str, entities: Sequence[Entity], offsets: str | None = None) -> list[Located]:
    """The entities in characters of the text, by start, the longer first; see :func:`to_tokens`."""
    offsets = offsets or unit_of([(text, entities)]) or CHARACTERS
    found = [_located(text, entity, offsets) for entity in entities]
    return sorted(found, key=lambda entity: (entity.start, -entity.end))


def overlap(entities: Sequence[Located]) -> bool:
    """Whether entities, sorted by start, are nested, overlap or are equal."""
    end = 0
    for entity in entities:
        if entity.start < end:
            return True
        end = max(end, entity.end)
    return False


def cut(
    text: str, found: Sequence[Located], places: Sequence[tuple[int, int]] | None = None
) -> tuple[list[str], list[Span]]:
    """The tokens of a text, and its entities in terms of tokens; see :func:`to_tokens`."""
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
    spans = [Span(starts[a], ends[b], label) for a, b, label in found]
    return [text[start:end] for start, end in words], spans


def unit_of(rows: Iterable[tuple[str, Sequence[Entity]]]) -> str | None:
    """What the offsets of a file count, as far as the texts that entities bring along prove it.

    Args:
        rows: each text with its entities.

    Returns:
        ``"characters"``, ``"utf-16"``, or ``None`` where both readings fit.

    Raises:
        SourceError: if one entity proves the one, and another the other.

    >>> unit_of([("🔥🔥 no no Rome", [(5, 7, "X", "no"), (11, 15, "LOC", "Rome")])])
    'utf-16'
    """
    proofs: dict[str, tuple[str, Entity]] = {}
    for text, entities in rows:
        if not has_two_units(text):
            continue
        for entity in entities:
            fitting = [unit for unit in OFFSETS if _fits(text, entity, unit)]
            if entity[3] is not None and len(fitting) == 1:
                proofs.setdefault(fitting[0], (text, entity))
    if len(proofs) > 1:
        shown = " and ".join(
            f"entity {start}:{end} ({surface!r:.40}) in {text!r:.40} counts {unit}"
            for unit, (text, (start, end, _, surface)) in sorted(proofs.items())
        )
        raise SourceError(f"its offsets count different things: {shown}; fix the offsets")
    return next(iter(proofs), None)


def check_units(text: str, entities: Sequence[Entity]) -> None:
    """Check that it does not matter what offsets count, where nothing proves it.

    Raises:
        SourceError: if an entity covers something else in UTF-16 units than in characters.
    """
    if has_two_units(text) and any(
        _range(text, start, end, CHARACTERS) != _range(text, start, end, UTF16)
        for start, end, _, _ in entities
    ):
        raise SourceError(
            "its text has characters such as emoji, which the tool may count as one or as two; "
            "give --offsets characters or --offsets utf-16"
        )


def has_two_units(text: str) -> bool:
    """Whether characters and UTF-16 units are numbered differently: with emoji, for example."""
    return not text.isascii() and max(text) > "\uffff"


def _places(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for token in tokenize(text):
        at = text.index(token, at)
        yield at, at + len(token)
        at += len(token)


def _range(text: str, start: int, end: int, unit: str) -> tuple[int, int] | None:
    """A range in characters; ``None`` if it lies outside the text, is empty or cuts a character."""
    if unit == UTF16 and has_two_units(text):
        first, last = _from_utf16(text, start), _from_utf16(text, end)
        if first is None or last is None:
            return None
        start, end = first, last
    return (start, end) if 0 <= start < end <= len(text) else None


def _fits(text: str, entity: Entity, unit: str) -> bool:
    start, end, _, surface = entity
    found = _range(text, start, end, unit)
    if found is None:
        return False
    return surface is None or text[slice(*found)].strip() == surface.strip()


def _located(text: str, entity: Entity, unit: str) -> Located:
    start, end, label, surface = entity
    shown = f"entity {start}:{end} {label}"
    found = _range(text, start, end, unit)
    if found is None or not text[slice(*found)].strip():
        raise SourceError(
            f"{shown} lies outside the text of {len(text)} characters, or is empty; fix the "
            "offsets, or give --offsets"
        )
    start, end = found
    inner = text[start:end]
    if surface is not None and inner.strip() != surface.strip():
        raise SourceError(
            f"{shown} should read {surface!r:.60}, but the text there is {inner!r:.60}; fix the "
            "offsets, or give --offsets"
        )
    return Located(
        start + len(inner) - len(inner.lstrip()), end - len(inner) + len(inner.rstrip()), label
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


def _inside_word(text: str, found: Sequence[Located], border: int, word: str) -> None:
    start, end, label = next(entity for entity in found if border in entity[:2])
    verb = "begins" if border == start else "ends"
    raise SourceError(
        f"entity {start}:{end} {label} ({text[start:end]!r:.60}) {verb} inside the word {word!r}; "
        "move it to the word's edge (if all offsets are shifted, try --offsets)"
    )
