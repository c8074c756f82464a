"""Evidence from all rows of a data set, if names and features do not decide a role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from textaug.core import tag_schemes
from textaug.core.span_columns import CHARACTERS, TOKENS, SpanColumn

FEW_VALUES = 10  # of fewer rows, all may have another label
FEW_LENGTHS = 3  # a column counts as per token if at least so many different lengths agree
LEAST_SHARE = 0.02  # of the rows, that must show the unit of offsets; others may be damaged
MOST_ROWS = 2_000  # that are read to find the scheme


def all_differ(values: Iterable[Any]) -> bool:
    """Whether no value occurs in two rows, and there are enough rows for that to say something."""
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            return False
        seen.add(value)
    return len(seen) >= FEW_VALUES


def is_per_token(words: Iterable[Any], values: Iterable[Any]) -> bool | None:
    """Whether a column has one value per token; ``None`` if the rows do not decide it.

    Equal lengths of a few short rows can be a coincidence; different lengths cannot.
    """
    agreed = set()
    for tokens, row in zip(words, values, strict=False):
        if tokens is None or row is None:
            continue
        if len(tokens) != len(row):
            return False
        agreed.add(len(tokens))
    return True if len(agreed) >= FEW_LENGTHS else None


def is_text_of_words(words: Iterable[Any] | None, texts: Iterable[Any] | None) -> bool:
    """Whether strings consist of the words of their rows and of white space, as far as is known."""
    some = False
    for tokens, text in islice(zip(words or (), texts or (), strict=False), MOST_ROWS):
        if tokens is None or text is None:
            continue
        if "".join(text.split()) != "".join("".join(tokens).split()):
            return False
        some = some or bool(tokens)
    return some


def possible_units(
    rows: Iterable[tuple[Any, Any]] | None, column: SpanColumn, has_text: bool
) -> set[tuple[str, bool]]:
    """What offsets can mean in all rows: their unit, and whether ends are inclusive.

    ``rows`` has words and spans of each row, or is ``None``. ``has_text``: there is a text that the
    offsets could refer to.

    One row proves nothing, unless it is the only one with spans: it may be damaged. Neither do
    0:0 and -1:-1, which stand for "no span".
    """
    units = {(TOKENS, False), (TOKENS, True)} | ({(CHARACTERS, False)} if has_text else set())
    if rows is None:
        return units
    possible = set(units)
    read = 0  # rows with spans
    proofs: Counter[tuple[str, bool]] = Counter()  # the number of rows that only fit this
    for tokens, value in rows:
        if tokens is None or value is None:
            continue
        found = set()
        entries = list(column.entries(value))
        for start, end, _, _ in entries:
            if start == end:
                possible -= {(TOKENS, False), (CHARACTERS, False)}
                found |= {(TOKENS, True)} if 0 < end < len(tokens) else set()
            if end >= len(tokens):
                possible.discard((TOKENS, True))
                found.add((TOKENS if end == len(tokens) else CHARACTERS, False))
            if end > len(tokens):
                possible.discard((TOKENS, False))
        read += bool(entries)
        proofs.update(found)
    if not read:
        return {(TOKENS, False)}
    if len(possible) != 1:
        return possible
    (unit,) = possible
    share = 0.0 if unit == (TOKENS, False) else LEAST_SHARE  # few texts end with a mention
    return possible if proofs[unit] >= max(min(2, read), share * read) else units


def unanimous_scheme(rows: Iterable[Any], names: tuple[str, ...], group: str) -> str:
    """The scheme of all rows; the group's name if the rows disagree or do not decide it."""
    said: set[str] = set()
    known = dict(enumerate(names))
    seen: set[tuple[Any, ...]] = set()
    for number, row in enumerate(rows):
        if number >= MOST_ROWS or len(said) > 1:
            break
        if (key := tuple(row or ())) in seen:
            continue
        seen.add(key)
        tags = [known.get(tag, "O") if isinstance(tag, int) else tag or "O" for tag in row or ()]
        found = tag_schemes.detect(tags, names).name
        if found != group:
            said.add(found)
    return said.pop() if len(said) == 1 else group
