"""One row's words and spans as an example: offsets become tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from textaug.core.columns import MISSING_LABEL
from textaug.core.example import Example, Span
from textaug.core.schema import Schema
from textaug.core.side_text import spaces_of
from textaug.core.span_columns import CHARACTERS, Entry
from textaug.core.tag_schemes import TagScheme

FROM_TAGS = -1  # the owner of a mention that the tags hold


class Owner(NamedTuple):
    """Which annotation a span of an example stands for.

    Attributes:
        column: number of the span column, or ``FROM_TAGS``.
        entry: number of the entry in it.
        before: white space that the annotation covers before its first word.
        after: the same after its last word.
    """

    column: int
    entry: int
    before: str = ""
    after: str = ""


class RowReading(NamedTuple):
    """What was read of one row.

    Attributes:
        example: its words and spans.
        scheme: of its tags.
        is_sound: whether its tags round-trip.
        owners: for each span the annotation it stands for; ``None`` if all come from tags.
        unfit: why no copy of the row can be made; empty if copies can be made.
        spaces: the white space of the text beside the words, if the text consists of them.
        fault: column and problem, if the row is damaged.
    """

    example: Example
    scheme: TagScheme | None = None
    is_sound: bool = True
    owners: tuple[Owner, ...] | None = None
    unfit: str = ""
    spaces: tuple[str, ...] | None = None
    fault: tuple[str, str] | None = None


def read_spans(
    schema: Schema,
    entries: Sequence[Sequence[Entry]],
    text: str | None,
    tokens: tuple[str, ...],
    tagged: tuple[Span, ...],
) -> RowReading:
    """A row with columns of spans, or with text beside its words, as an example.

    ``entries`` has the spans of each of ``schema.spans``, ``tagged`` the mentions from the tags.
    ``tokens`` is empty if there is only text; ``text`` may be ``None`` if there are tokens.
    """
    empty = Example(tokens, tagged)
    for column, found in zip(schema.spans, entries, strict=True):
        length = len(text or "") if column.unit == CHARACTERS else len(tokens)
        for number, entry in enumerate(found):
            problem = span_problem(entry, length, text if column.unit == CHARACTERS else None)
            if problem:
                where = f"entry {number} ({entry.start}:{entry.end} {entry.label})"
                return RowReading(empty, fault=(column.name, f"{where} {problem}"))
    spans = [(Span(*span), Owner(FROM_TAGS, i)) for i, span in enumerate(tagged)]
    unfit = ""
    spaces = None
    if schema.tokens is not None:
        example = Example(tokens)
        spaces = spaces_of(text, tokens) if text is not None else None
        starts, ends = _tokens_at(example._replace(spaces=spaces))
    else:
        example = Example.from_text(text or "", _borders(schema, entries))
        starts, ends = _tokens_at(example)
    for number, (column, found) in enumerate(zip(schema.spans, entries, strict=True)):
        for i, entry in enumerate(found):
            before = after = ""
            start: int | None = entry.start
            end: int | None = entry.end
            if column.unit == CHARACTERS:
                assert text is not None
                covered = text[entry.start : entry.end]
                inner = covered.strip()
                before = covered[: len(covered) - len(covered.lstrip())]
                after = covered[len(before) + len(inner) :]
                start = starts.get(entry.start + len(before))
                end = ends.get(entry.end - len(after))
            if start is None or end is None or start >= end:
                unfit = unfit or f"a span of {column.name!r} does not cover whole words"
                continue
            spans.append((Span(start, end, entry.label), Owner(number, i, before, after)))
    has_characters = any(column.unit == CHARACTERS for column in schema.spans)
    if schema.tokens is not None and has_characters and spaces is None:
        unfit = "the text does not consist of the words"
    spans.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    example = example._replace(spans=tuple(span for span, _ in spans))
    owners = tuple(owner for _, owner in spans) if schema.spans else None
    return RowReading(example, owners=owners, unfit=unfit, spaces=spaces)


def span_problem(entry: Entry, length: int, text: str | None) -> str:
    """The fault of a single span; empty if it has none.

    ``length`` is the number of characters or tokens; ``text`` is ``None`` if offsets count tokens.
    """
    if not 0 <= entry.start <= entry.end <= length:
        unit = "tokens" if text is None else "characters"
        return f"lies outside the {length} {unit}"
    if text is not None and entry.surface is not None:
        covered = text[entry.start : entry.end]
        if covered != entry.surface:
            return f"covers {covered[:40]!r}, but its text is {entry.surface[:40]!r}"
    return ""


def _borders(schema: Schema, entries: Sequence[Sequence[Entry]]) -> list[int]:
    return [
        border
        for column, found in zip(schema.spans, entries, strict=True)
        if column.unit == CHARACTERS
        for entry in found
        for border in (entry.start, entry.end)
    ]


def _tokens_at(example: Example) -> tuple[dict[int, int], dict[int, int]]:
    """By character: the token that starts there, and one more than the token that ends there."""
    starts, ends = {}, {}
    for i, (start, end) in enumerate(example.offsets()):
        starts[start] = i
        ends[end] = i + 1
    return starts, ends


def label_of(value: Any, names: Sequence[str] | None = None) -> Any:
    """A label of the whole sentence in a form that can be compared and hashed.

    The order of several names has no meaning; that of numbers has (one 0 or 1 for each class). A
    class label that is missing (-1) is ``None``.

    >>> label_of(["b", "a"]), label_of([1, 0])
    (('a', 'b'), (1, 0))
    """
    if isinstance(value, Mapping):
        return tuple(sorted((key, label_of(item)) for key, item in value.items()))
    if isinstance(value, (list, tuple)):
        found = [label_of(item, names) for item in value]
        return tuple(sorted(found, key=repr) if str in map(type, found) else found)
    if names is not None and value == MISSING_LABEL:
        return None
    is_number = names is not None and isinstance(value, int) and 0 <= value < len(names)
    return names[value] if names is not None and is_number else value
