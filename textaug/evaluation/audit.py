"""What is left of the people in a data set after pseudonymisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from textaug.core.columns import ColumnNames, named_labels
from textaug.core.example import Example
from textaug.core.finding import dataset_schema
from textaug.core.reading import batches_of
from textaug.core.schema import Schema
from textaug.evaluation.report_page import Section
from textaug.language.names import category_of
from textaug.privacy.names_of_data import NameParts, is_asked, learn, meaningful
from textaug.privacy.numbers import find_numbers
from textaug.privacy.rewriting import KnownNames
from textaug.privacy.surfaces import parts_of

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

SEQUENCE = 8  # words that are enough to find a sentence again
SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """One line of an audit.

    Attributes:
        what: was looked for.
        number: how often it was found.
        of: how many there are.
        is_leak: whether it must not be.
        where: some of them.
    """

    what: str
    number: int
    of: int
    is_leak: bool
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """What :func:`audit` found; ``print`` shows it as a table.

    Attributes:
        findings: one for each thing that was looked for.
    """

    findings: tuple[Finding, ...]

    @property
    def leaks(self) -> int:
        """How much was found that must not be there."""
        return sum(each.number for each in self.findings if each.is_leak)

    def rows(self) -> list[tuple[str, str, str]]:
        """What was looked for, how often it was found, and where."""
        return [
            (
                each.what,
                f"{each.number:,} of {each.of:,}" + (" LEAK" * (each.is_leak and each.number > 0)),
                "; ".join(each.where),
            )
            for each in self.findings
        ]

    def section(self) -> Section:
        """The audit as a part of the report's page."""
        text = f"{self.leaks:,} names, numbers and mappings that must not be there were found."
        return Section("Names left", text, ("looked for", "found", "for example"), self.rows())

    def __str__(self) -> str:
        rows = [("looked for", "found", "for example"), *self.rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        lines = (f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in rows)
        return "\n".join(lines)


@dataclass
class _Row:
    """A row as the audit sees it."""

    examples: list[Example]
    others: list[str]  # all strings of columns that are neither words nor text
    values: tuple[Any, ...]  # of the quasi-identifiers


@dataclass
class _Count:
    """A line of the audit while it is counted."""

    what: str
    is_leak: bool
    number: int = 0
    of: int = 0
    where: list[str] = field(default_factory=list)

    def add(self, found: bool, where: str = "") -> None:
        self.of += 1
        self.number += found
        if found and len(self.where) < SHOWN and where not in self.where:
            self.where.append(where)

    def finding(self) -> Finding:
        return Finding(self.what, self.number, self.of, self.is_leak, tuple(self.where))


def audit(
    original: Dataset | DatasetDict,
    pseudonymised: Dataset | DatasetDict,
    *,
    types: Sequence[str] | None = None,
    quasi_identifiers: Sequence[str] = (),
    card: str = "",
    columns: ColumnNames | None = None,
) -> Audit:
    """Look for the people of a data set in its pseudonymised form.

    Names that also mean something else (a place, a common word) cannot be told from it outside the
    mentions; they are listed, and are no leaks. What a sentence says about someone is not judged:
    see how many long sequences of words stayed.

    Args:
        original: the data with its names.
        pseudonymised: the data after; split by split, with the same rows in the same order where
            pseudonyms are compared.
        types: of mentions whose names are looked for; default: of people.
        quasi_identifiers: columns that together may identify a row, such as an age and a place. A
            row that no other row of the result equals in them is counted.
        card: what is published with the data, such as its ``README.md``.
        columns: which columns hold what; default: found.

    Raises:
        ValueError: if the original has no mentions of these types, or a column is not there.

    >>> from datasets import Dataset
    >>> data = Dataset.from_dict({"tokens": [["Vera", "slept"]], "ner_tags": [["B-PER", "O"]]})
    >>> audit(data, data).leaks > 0
    True
    """
    columns = columns or ColumnNames()
    before = {name: list(_rows(data, columns, ())) for name, data in _splits(original).items()}
    after = {
        name: list(_rows(data, columns, quasi_identifiers))
        for name, data in _splits(pseudonymised).items()
    }
    names, words = learn((e for rows in before.values() for r in rows for e in r.examples), types)
    parts = NameParts(names)
    known = KnownNames(parts.kinds, parts.full, words["unsure"])
    new = [row for rows in after.values() for row in rows]
    found = [*_names_left(new, known, parts.kinds, types, card)]
    rows = _row_pairs(before, after)
    pairs = [pair for old, now in rows for pair in zip(old.examples, now.examples, strict=True)]
    found += _mapping(pairs, types)
    found.append(_numbers_left(rows))
    found += [_unlabelled(before, known, types), _only_once(new, types), _sequences(before, new)]
    if quasi_identifiers:
        found.append(_alone(new, quasi_identifiers))
    return Audit(tuple(count.finding() for count in found))


def _splits(data: Dataset | DatasetDict) -> Mapping[str, Dataset]:
    return data if isinstance(data, Mapping) else {"train": data}


def _rows(data: Dataset, given: ColumnNames, quasi: Sequence[str]) -> Iterator[_Row]:
    if missing := [name for name in quasi if name not in data.features]:
        raise ValueError(
            f"there is no column {missing[0]!r} among {', '.join(data.features)}; the "
            "quasi-identifiers are columns of the pseudonymised data"
        )
    schema = dataset_schema(data, given)
    read = _words_of(schema)
    for batch in batches_of(data, schema):
        examples = iter(batch.examples())
        others = [name for name in batch.columns if name not in read]
        for row in range(len(batch)):
            strings = [
                string
                for name in others
                for string in _strings(named_labels(batch.column(name)[row], data.features[name]))
            ]
            values = tuple(repr(batch.column(name)[row]) for name in quasi)
            yield _Row([next(examples) for _ in range(batch.parts)], strings, values)


def _words_of(schema: Schema) -> set[str | None]:
    return {schema.tokens, schema.tags, *schema.texts}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, date):
        yield value.isoformat()
    elif isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _ranges(example: Example, types: Sequence[str] | None) -> list[tuple[int, int, str]]:
    """The mentions that are asked for, by characters."""
    offsets = example.offsets()
    return [
        (offsets[start][0], offsets[end - 1][1], category_of(label) or "other")
        for start, end, label in example.spans
        if is_asked(label, types)
    ]


def _taken_and_others(
    example: Example, types: Sequence[str] | None
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The mentions that are asked for, and those of other types."""
    taken = [(start, end) for start, end, _ in _ranges(example, types)]
    offsets = example.offsets()
    others = [
        (offsets[start][0], offsets[end - 1][1])
        for start, end, label in example.spans
        if not is_asked(label, types)
    ]
    return taken, others


def _names_left(
    rows: Sequence[_Row],
    known: KnownNames,
    parts: Mapping[str, str],
    types: Sequence[str] | None,
    card: str,
) -> Iterator[_Count]:
    mentions = _Count("names left in mentions", True)
    context = _Count("rows with names left elsewhere in the text", True)
    others = _Count("rows with names left in other columns", True)
    unsure = _Count("rows with words that may be names left", False)
    for row in rows:
        sure: list[str] = []
        maybe: list[str] = []
        for example in row.examples:
            text, ranges = example.text, _ranges(example, types)
            for start, end, category in ranges:
                left = [p for p in meaningful(text, category, start, end) if p.normal in parts]
                whole = [part for part in left if not part.is_initial]
                mentions.add(bool(whole), text[start:end])
            for name in known.find(text, *_taken_and_others(example, types)):
                (sure if name.is_certain else maybe).append(name.within(text))
            sure += _in_addresses(text, known)
        context.add(bool(sure), ", ".join(sure))
        unsure.add(bool(maybe), ", ".join(maybe))
        there = [s for string in row.others for s in _certain(string, known)]
        others.add(bool(there), ", ".join(there))
    published = _Count("names left in the card", True)
    for line in card.splitlines():
        published.add(bool(there := _certain(line, known)), ", ".join(there))
    yield from (mentions, context, others, published, unsure)


def _certain(text: str, known: KnownNames) -> list[str]:
    found = [name.within(text) for name in known.find(text) if name.is_certain]
    return found + _in_addresses(text, known)


def _in_addresses(text: str, known: KnownNames) -> list[str]:
    return [
        match[0]
        for match in find_numbers(text)
        if any(known.in_address(part.text) for part in parts_of(match[0]))
    ]


def _row_pairs(
    before: Mapping[str, list[_Row]], after: Mapping[str, list[_Row]]
) -> list[tuple[_Row, _Row]]:
    """Rows and what they became, of splits with as many rows."""
    return [
        pair
        for name, rows in before.items()
        if len(rows) == len(after.get(name, ()))
        for pair in zip(rows, after[name], strict=True)
    ]


def _mapping(
    pairs: Iterable[tuple[Example, Example]], types: Sequence[str] | None
) -> Iterator[_Count]:
    """Parts of names with two pseudonyms, and pseudonyms of two parts."""
    there: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for old, new in pairs:
        ranges = [_ranges(old, types), _ranges(new, types)]
        if len(ranges[0]) != len(ranges[1]):
            continue
        for (a, b, category), (c, d, _) in zip(*ranges, strict=True):
            was = list(parts_of(old.text, a, b))
            now = list(parts_of(new.text, c, d))
            if len(was) != len(now):
                continue
            for one, other in zip(was, now, strict=True):
                if len(one.text) > 1 and one in meaningful(old.text, category, a, b):
                    there.setdefault(one.normal, set()).add(other.normal)
                    back.setdefault(other.normal, set()).add(one.normal)
    for what, mapping in (
        ("names with two pseudonyms", there),
        ("pseudonyms of two names", back),
    ):
        count = _Count(what, True)
        for name, others in sorted(mapping.items()):
            count.add(len(others) > 1, f"{name}: {', '.join(sorted(others))}")
        yield count


def _numbers_left(pairs: Iterable[tuple[_Row, _Row]]) -> _Count:
    """Dates, addresses and account numbers that a row still has, in any column."""
    count = _Count("numbers and addresses left", True)
    for old, new in pairs:
        there, now = (
            [*(example.text for example in row.examples), *row.others] for row in (old, new)
        )
        kept = {match[0] for text in now for match in find_numbers(text)}
        for match in (match for text in there for match in find_numbers(text)):
            count.add(match[0] in kept and match.lastgroup != "url", match[0])
    return count


def _unlabelled(
    before: Mapping[str, list[_Row]], known: KnownNames, types: Sequence[str] | None
) -> _Count:
    """Names that the original has outside of its mentions."""
    count = _Count("names that the original does not label", False)
    for rows in before.values():
        for example in (example for row in rows for example in row.examples):
            for name in known.find(example.text, *_taken_and_others(example, types)):
                count.add(name.is_certain, name.within(example.text))
    return count


def _only_once(rows: Sequence[_Row], types: Sequence[str] | None) -> _Count:
    found: Counter[str] = Counter()
    for row in rows:
        found.update({e.text[a:b] for e in row.examples for a, b, _ in _ranges(e, types)})
    count = _Count("names that only one row has", False)
    for name, number in found.items():
        count.add(number == 1, name)
    return count


def _sequences(before: Mapping[str, list[_Row]], rows: Sequence[_Row]) -> _Count:
    old = {sequence for each in before.values() for row in each for sequence in _sequences_of(row)}
    count = _Count(f"rows with {SEQUENCE} words in a row as they were", False)
    for row in rows:
        kept = next((sequence for sequence in _sequences_of(row) if sequence in old), ())
        count.add(bool(kept), " ".join(kept))
    return count


def _sequences_of(row: _Row) -> Iterator[tuple[str, ...]]:
    for tokens in (example.tokens for example in row.examples):
        for i in range(len(tokens) - SEQUENCE + 1):
            yield tokens[i : i + SEQUENCE]


def _alone(rows: Sequence[_Row], names: Sequence[str]) -> _Count:
    sizes = Counter(row.values for row in rows)
    k = min(sizes.values(), default=0)
    count = _Count(f"rows alone in {', '.join(names)} (k = {k})", False)
    for row in rows:
        count.add(sizes[row.values] == 1, ", ".join(row.values))
    return count
