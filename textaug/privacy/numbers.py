"""Numbers and addresses that identify someone, by their pattern, and others of the same shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from textaug.privacy.keys import Secret

LETTERS = 26
SHORT_MONTH = 3  # letters of "Aug"
_MONTHS = re.findall(
    r"\w+",
    "January February March April May June July August September October November December",
)
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]}|\\.)?" for name in _MONTHS) + r"|Sept\.?"
_ORDINAL = "st|nd|rd|th"
_SUFFIX = re.compile(_ORDINAL)
_DAY = rf"\d{{1,2}}(?:{_ORDINAL})?"
WEEKS = (8, 520)  # least and most that dates are shifted by; whole weeks, so weekdays stay true

# The first one to match a stretch of text is the one that counts.
_PATTERNS = re.compile(
    rf"""
    (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<url>https?://\S+|www\.\S+)
  | (?P<handle>(?<![\w@.])@\w{{2,}})
  | (?P<iban>\b[A-Z]{{2}}\d{{2}}(?:\ ?[A-Z0-9]{{4}}){{2,7}}(?:\ ?[A-Z0-9]{{1,3}})?\b)
  | (?P<iso>\b[12]\d{{3}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}(?:(?=T\d)|\b))
  | (?P<day>\b\d{{1,2}}(?P<sign>[/.])\d{{1,2}}(?P=sign)(?:[12]\d{{3}}|\d{{2}})\b)
  | (?P<dashed>\b\d{{1,2}}-\d{{1,2}}-[12]\d{{3}}\b)
  | (?P<month_first>\b(?:{_MONTH})\s{_DAY}(?:\s?,)?\s[12]\d{{3}}\b)
  | (?P<day_first>\b{_DAY}\s(?:{_MONTH})(?:\s?,)?\s[12]\d{{3}}\b)
  | (?P<phone>(?<![\w.])(?:\+\d[\d()\ ./-]{{6,}}\d|\(\d{{2,5}}\)\ ?\d{{3,4}}[\ -]?\d{{3,4}}
      |0\d{{1,4}}[\ /-]\d{{3,4}}[\ -]?\d{{2,5}}|\d{{3}}[-.]\d{{3}}[-.]\d{{4}})(?![\w-]))
  | (?P<number>(?<![\w.,-])(?:\d{{9,19}}|\d{{4}}(?:[\ -]\d{{4}}){{3}}|\d{{3}}-\d{{2}}-\d{{4}})(?![\w-]))
    """,  # noqa: E501
    re.VERBOSE,
)


class Change(NamedTuple):
    """Characters of a text, and what stands there afterwards."""

    start: int
    end: int
    text: str


def find_numbers(text: str) -> Iterator[re.Match[str]]:
    """What identifies by its pattern; the kind is ``match.lastgroup`` (``sign`` is a date).

    >>> [match.group() for match in find_numbers("Call 030-123456 or write v.holm@mail.example.")]
    ['030-123456', 'v.holm@mail.example']
    """
    for match in _PATTERNS.finditer(text):
        if _kind(match) != "date" or _shifted(match[0], 0) is not None:
            yield match


def changes(
    match: re.Match[str], secret: Secret, days: int, rename: Callable[[str], str | None]
) -> list[Change]:
    """What a match becomes: as many letters and digits, and the signs between them stay.

    Args:
        match: of :func:`find_numbers`.
        secret: decides.
        days: how far dates move.
        rename: the pseudonym of a run of letters in an address; ``None`` if it is not a name.
    """
    kind, text, start = _kind(match), match[0], match.start()
    if kind in ("email", "handle", "url"):
        return list(_address_changes(kind, text, start, secret, rename))
    if kind == "date":
        return _by_runs(text, _shifted(text, days) or text, start)
    kept = 2 if kind == "iban" else 3 if text.startswith("+") else 0  # the country
    return _by_runs(text, _permuted(text, kept, len(text), secret, kind), start)


def _kind(match: re.Match[str]) -> str:
    kind = next(name for name, value in match.groupdict().items() if value is not None)
    return "date" if kind in ("iso", "day", "dashed", "month_first", "day_first") else kind


def _address_changes(
    kind: str, text: str, start: int, secret: Secret, rename: Callable[[str], str | None]
) -> Iterator[Change]:
    """Names in an address as elsewhere; other letters of a mail box or a handle by permutation."""
    local = {"email": text.partition("@")[0], "handle": text, "url": ""}[kind]
    for run in re.finditer(r"[^\W\d_]+|\d+", text):
        new = rename(run[0]) if run[0].isalpha() else None
        if new is None and run.start() < len(local):
            new = _permuted(run[0], 0, len(run[0]), secret, kind)
        if new is not None:
            yield Change(start + run.start(), start + run.end(), new)


def _permuted(text: str, first: int, end: int, secret: Secret, tweak: str) -> str:
    """Other digits and letters in the place of those between two offsets."""
    at = [i for i in range(first, end) if text[i].isascii() and text[i].isalnum()]
    radixes = [10 if text[i].isdigit() else LETTERS for i in at]
    values = [int(text[i]) if text[i].isdigit() else ord(text[i].lower()) - ord("a") for i in at]
    new = list(text)
    for i, value in zip(at, secret.permuted(values, radixes, tweak), strict=True):
        letter = chr(ord("a") + value)
        new[i] = (
            str(value) if text[i].isdigit() else letter.upper() if text[i].isupper() else letter
        )
    return "".join(new)


def _by_runs(old: str, new: str, start: int) -> list[Change]:
    """One change for each run of letters or digits, so that none crosses a border of tokens."""
    runs = zip(re.finditer(r"\w+", old), re.finditer(r"\w+", new), strict=True)
    return [Change(start + a.start(), start + a.end(), b[0]) for a, b in runs if a[0] != b[0]]


def _shifted(text: str, days: int) -> str | None:
    """A date moved by some days, written as it was; ``None`` where it is not a date."""
    numbers = list(re.finditer(r"\d+", text))
    named = re.search(r"[A-Z][a-z]+", text)
    values = [int(match[0]) for match in numbers]
    try:
        if named:
            month = [name[:3] for name in _MONTHS].index(named[0][:3]) + 1
            old, order = date(values[1], month, values[0]), "dy"
        elif len(numbers[0][0]) == 4:
            old, order = date(*values), "ymd"
        else:
            order = "dmy" if values[1] <= 12 else "mdy"
            short = len(numbers[2][0]) == 2
            year = values[2] + (0 if not short else 2000 if values[2] < 50 else 1900)
            old = date(year, values[order.index("m")], values[order.index("d")])
        new = old + timedelta(days)
    except (ValueError, OverflowError):
        return None
    fields = {"d": new.day, "m": new.month, "y": new.year}
    has_zeros = any(match[0].startswith("0") for match in numbers)  # 01/02/1996, not 1/2/1996
    pieces = list(text)
    for match, field in reversed(list(zip(numbers, order, strict=True))):
        width = len(match[0])
        value = fields[field] % 100 if field == "y" and width == 2 else fields[field]
        padded = field == "y" or order == "ymd" or has_zeros
        suffix = _SUFFIX.match(text, match.end())
        end = suffix.end() if suffix else match.end()
        written = f"{value:0{width}d}" if padded else str(value)
        pieces[match.start() : end] = [written + (_ordinal(value) if suffix else "")]
    result = "".join(pieces)
    if named:
        name = _MONTHS[new.month - 1]
        is_short = named[0] == "Sept" or (len(named[0]) == SHORT_MONTH and named[0] != "May")
        result = result.replace(named[0], name[:SHORT_MONTH] if is_short else name)
    return result


def _ordinal(day: int) -> str:
    """The letters after the number of a day.

    >>> [f"{day}{_ordinal(day)}" for day in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    teens = range(11, 14)
    return "th" if day in teens else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def days_of(document: str, secret: Secret) -> int:
    """How far the dates of a document move: some whole weeks, to the past or to the future."""
    rng = secret.rng("dates", document)
    return 7 * rng.choice((-1, 1)) * rng.randint(*WEEKS)
