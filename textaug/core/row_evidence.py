"""Evidence from all rows of a data set, if names and features do not decide a role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from textaug.core import tag_schemes
from textaug.core.span_columns import CHARACTERS, TOKENS, SpanColumn

FEW_VALUES = 10  # of fewer rows, all may have another label
FEW_LENGTHS = 3  # a column counts as per token if at least so many different lengths agree
MOST, FEW = 0.75, 0.5  # shares of the rows; a damaged row must not decide
NEARLY_ALL = 0.9  # of the strings of a column that repeats words
FEW_WORDS = 4  # in a shorter sentence, any small number could be that of a head
LEAST_SHARE = 0.02  # of the rows, that must show the unit of offsets; others may be damaged
MOST_ROWS = 2_000  # that are read to decide a role
RECURS = 0.03  # share of the rows, from which on a word counts as one of the form
_MARK = re.compile(r"[:;{}\[\]<>()|=]")
_WORD = re.compile(r"\w+|[^\w\s]")


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

    Equal lengths of a few short rows can be a coincidence. A few rows with another length are
    damaged, and the error that names them comes later.
    """
    agreed = set()
    same = other = 0
    for tokens, row in zip(words, values, strict=False):
        if not tokens or row is None:
            continue
        if len(tokens) == len(row):
            same += 1
            agreed.add(len(tokens))
        else:
            other += 1
    if same < FEW * (same + other):
        return False
    is_most = same >= MOST * (same + other)
    return True if is_most and len(agreed) >= FEW_LENGTHS else None


def is_text_of_words(words: Iterable[Any], texts: Iterable[Any]) -> bool:
    """Whether most strings consist of the words of their rows and of white space."""
    same = other = 0
    for tokens, text in islice(zip(words, texts, strict=False), MOST_ROWS):
        if len(tokens or ()) < 2 or text is None:  # a label may be a single word
            continue
        if "".join(text.split()) == "".join("".join(tokens).split()):
            same += 1
        else:
            other += 1
    return same > other


def may_be_heads(words: Iterable[Any], values: Iterable[Any]) -> bool:
    """Whether numbers, one for each word, may be those of words: none is larger than there are.

    In most sentences one of the heads is in the second half. Classes of words do not grow with the
    sentence.
    """
    far = near = 0
    for tokens, row in zip(words, values, strict=False):
        numbers = [number for number in row or () if number is not None]
        if not tokens or not numbers:
            continue
        if not -1 <= min(numbers) <= max(numbers) <= len(tokens):
            return False
        if len(tokens) >= FEW_WORDS:
            far += 2 * max(numbers) >= len(tokens)
            near += 2 * max(numbers) < len(tokens)
    return far >= MOST * (far + near) > 0


def may_be_positions(words: Iterable[Any], values: Iterable[Any]) -> bool:
    """Whether all numbers in lists may be those of words of their rows."""
    some = False
    for tokens, row in zip(words, values, strict=False):
        numbers = [number for number in row or () if number is not None]
        if numbers and not 0 <= min(numbers) <= max(numbers) <= len(tokens or ()):
            return False
        some = some or bool(numbers)
    return some


def is_string_per_word(words: Iterable[Any], values: Iterable[Any]) -> bool:
    """Whether strings have as many parts, with blanks between them, as their rows have words."""
    found = zip(words, values, strict=False)
    pairs = [(row or (), value.split()) for row, value in islice(found, MOST_ROWS) if value]
    same = [len(row) for row, parts in pairs if len(row) == len(parts) > 1]
    return len(set(same)) >= FEW_LENGTHS and len(same) >= NEARLY_ALL * len(pairs)


def repeats_words(texts: Iterable[str], values: Iterable[Any], least: int) -> bool:
    """Whether nearly all strings of a column, or of one key inside, are parts of their rows' texts.

    Such a string names a mention, and would be stale where the text changes. There must be
    ``least`` different ones: a label may be a word of some texts.
    """
    inside: dict[str, set[str]] = {}
    hits: dict[str, int] = {}
    number: dict[str, int] = {}
    for text, value in islice(zip(texts, values, strict=False), MOST_ROWS):
        whole = _spaced(text)
        for key, string in strings_in(value):
            part = _spaced(string.partition(": ")[2] or string)  # "PER: Ann", as WikiAnn has it
            number[key] = number.get(key, 0) + 1
            if len(part) > 1 and part != whole and f" {part} " in f" {whole} ":
                hits[key] = hits.get(key, 0) + 1
                inside.setdefault(key, set()).add(part)
    return any(
        len(parts) >= least and hits[key] >= NEARLY_ALL * number[key]
        for key, parts in inside.items()
    )


def is_extract(texts: Iterable[str], values: Iterable[Any]) -> bool:
    """Whether strings consist of words of their texts and, beside marks, of others that recur.

    So they name parts of the text, in whatever form ("PER: Ann", ``{"PER": ["Ann"]}``), or are a
    copy of it with marks. A second text has words of its own.
    """
    found = [pair for pair in islice(zip(texts, values, strict=False), MOST_ROWS) if pair[1]]
    rows = [({*words_in(text)}, {*words_in(value)}) for text, value in found]
    if len(rows) < FEW_VALUES:
        return False
    has_marks = sum(bool(_MARK.search(value)) for _, value in found) >= NEARLY_ALL * len(rows)
    outside = Counter(word for text, words in rows for word in words - text)
    least = max(FEW_LENGTHS, RECURS * len(rows))
    usual = {word for word, number in outside.items() if has_marks and number >= least}
    fitting = sum(words <= text | usual for text, words in rows)
    some = [words & text for text, words in rows if words & text]
    inside = set().union(*some)
    return (
        fitting >= NEARLY_ALL * len(rows)
        and len(some) >= FEW * len(rows)
        and len(inside) >= max(FEW_LENGTHS, len(rows) / FEW_VALUES)
    )


def words_in(text: str) -> list[str]:
    """The words of a text, without its punctuation."""
    return re.findall(r"\w+", text)


def _spaced(text: str) -> str:
    return " ".join(_WORD.findall(text))


def strings_in(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All strings inside a value, each with the keys that lead to it."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from strings_in(item, f"{key}.{name}")
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from strings_in(item, key)


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
