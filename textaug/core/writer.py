"""One augmented row: every annotation rewritten, or the reason why it cannot follow."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NoReturn

from textaug.core import tag_schemes
from textaug.core.columns import MISSING_LABEL, Row
from textaug.core.example import Augmented, Example, Rejected, Span, in_place
from textaug.core.reader import FROM_TAGS, Owner, RowReading
from textaug.core.relations import Relations
from textaug.core.schema import Schema
from textaug.core.side_text import spaces_after
from textaug.core.span_columns import CHARACTERS, Placed, SpanColumn
from textaug.core.span_links import is_linked

logger = logging.getLogger("textaug")
_warned: set[str] = set()  # the columns that a warning has named

GONE = "a word or span that an annotation points at is gone"


class _Unfit(Exception):
    """An annotation cannot follow."""


class Writer:
    """Writes the columns of one row that change.

    ``value`` gives the row's value of a column; ``bad`` raises an error that names the row, from
    column, problem and remedy.
    """

    def __init__(
        self,
        schema: Schema,
        value: Callable[[str], Any],
        bad: Callable[[str, str, str], NoReturn],
        reading: RowReading,
        old: Example,
        result: Augmented,
        keeps_words: bool = False,
    ) -> None:
        self.schema, self.value, self.bad, self.reading, self.old = schema, value, bad, reading, old
        self.result, self.new, self.keeps_words = result, result.example, keeps_words

    def written(self, part: int = 0) -> Row | Rejected:
        """The new values of the columns that change, or why no copy can be made.

        ``part`` is the number of the text column.
        """
        schema = self.schema
        if self.reading.unfit:
            return Rejected(self.reading.unfit)
        if self.result.origins is None:
            raise ValueError("a changed example needs origins, one for each token")
        changed: Row
        if schema.tokens is not None:
            changed = {schema.tokens: list(self.new.tokens)}
        else:
            changed = {schema.texts[part]: self.new.text}
        try:
            self._write_around(changed)
            same_spans = self.new.spans == self.old.spans
            if not (self.result.origins == in_place(len(self.old.tokens)) and same_spans):
                self._write_moved(changed)
            elif schema.spans:
                self._write_spans(changed)
            if not self.keeps_words:
                self._write_of_words(changed)
        except _Unfit as reason:
            return Rejected(str(reason))
        return changed

    def _write_around(self, changed: Row) -> None:
        """Write text beside the words, and columns that were made from the text."""
        for name in self.schema.side_texts:
            text = self.value(name)
            if text is not None:
                is_known = self._old_spaces is not None and text == self._old_text
                changed[name] = self._new_text if is_known else None
                if not is_known:
                    _warn_once(name, "does not consist of the words")
        for name in self.schema.derived:
            changed[name] = None
            _warn_once(name, "is made from the text")

    def _write_moved(self, changed: Row) -> None:
        schema = self.schema
        if schema.spans:
            self._write_spans(changed)
        if schema.tags is not None:
            changed[schema.tags] = self._new_tags(schema.tags)
        for name in schema.per_token:
            changed[name] = self._carried(name)
        for name, first in schema.heads:
            changed[name] = self._heads(name, first)
        for name in schema.indexes:
            value = self.value(name)
            changed[name] = None if value is None else self._position(value)
        for relations in schema.relations:
            if relations.unit == "tokens" and (pairs := self.value(relations.name)):
                changed[relations.name] = [
                    {**pair, **{key: self._position(pair[key]) for key in relations.keys}}
                    for pair in pairs
                ]

    def _write_of_words(self, changed: Row) -> None:
        """Empty what was said of a replaced word; another case is the same word."""
        origins = self.result.origins or ()
        old, new = self.old.tokens, self.new.tokens
        other = [
            i for i, o in enumerate(origins) if o is not None and old[o].lower() != new[i].lower()
        ]
        for name in self.schema.of_words if other else ():
            values = list(changed.get(name, self.value(name)) or ())
            missing = MISSING_LABEL if _has_int(values) else None
            for i in other if values else ():
                values[i] = missing
            changed[name] = values or None

    # Tags

    @property
    def _is_moved(self) -> bool:
        return self.result.origins != in_place(len(self.old.tokens))

    def _tag_spans(self) -> list[tuple[int | None, Span]]:
        """The mentions that the tags hold, each with the number of the old span."""
        owners = self.reading.owners
        numbered = list(zip(self._span_origins, self.new.spans, strict=True))
        if owners is None:
            return numbered
        return [
            (origin, span)
            for origin, span in numbered
            if (origin is None and self._home == FROM_TAGS)
            or (origin is not None and owners[origin].column == FROM_TAGS)
        ]

    def _new_tags(self, name: str) -> list[Any]:
        old = self.value(name)
        scheme = self.reading.scheme
        assert scheme is not None and self.result.origins is not None
        names = self.schema.names
        if scheme.name == "plain":
            missing = MISSING_LABEL if names and _has_int(old) else None
            return [missing if origin is None else old[origin] for origin in self.result.origins]
        spans = self._tag_spans() if self.reading.owners is not None else None
        mentions = self.new.spans if spans is None else [span for _, span in spans]
        try:
            tags = tag_schemes.from_spans(mentions, len(self.new.tokens), scheme)
        except ValueError as error:
            open_scheme = isinstance(error, tag_schemes.OpenScheme)
            raise _Unfit(
                "the tag scheme is open (pass scheme=)" if open_scheme else "tags cannot express it"
            ) from error
        if not self.reading.is_sound:
            tags = self._as_written(tags, mentions, old)
        if not names:
            return tags
        ids = {tag: i for i, tag in enumerate(names)}
        try:
            numbers = [ids[tag] for tag in tags]
        except KeyError as error:
            raise _Unfit("tags not among the label names") from error
        return numbers if _has_int(old) else tags

    def _as_written(self, tags: list[str], spans: Sequence[Span], old: Sequence[Any]) -> list[str]:
        """The tags, spelt as in the row for mentions that only moved, if they mean the same."""
        scheme, names, origins = self.reading.scheme, self.schema.names, self.result.origins
        assert scheme is not None and origins is not None
        before = [names[tag] if names and isinstance(tag, int) else tag for tag in old]
        ends = {span.start: span.end for span in self.old.spans}
        kept = list(tags)
        for start, end, _ in spans:
            first = origins[start]
            run = first is not None and tuple(origins[start:end]) == tuple(
                range(first, first + end - start)
            )
            if run and first is not None and ends.get(first) == first + end - start:
                kept[start:end] = before[first : first + end - start]
        return kept if list(tag_schemes.to_spans(kept, scheme.spelling)) == list(spans) else tags

    # One value per token

    def _carried(self, name: str) -> list[Any]:
        """Another column's values for the new tokens: tags as spans, other values one by one."""
        values = self.value(name)
        origins = self.result.origins
        assert origins is not None
        length = len(self.old.tokens)
        if values is None:
            return values  # type: ignore[return-value]
        if len(values) != length:
            problem = f"has {len(values)} values for {length} tokens"
            self.bad(name, problem, f"fix it, or pass roles={{{name!r}: 'keep'}}")
        if not self._is_moved:
            return list(values)
        names = dict(self.schema.layers).get(name)
        numbers = (
            _has_int(values) and name not in self.schema.unsigned and bool not in map(type, values)
        )
        missing = MISSING_LABEL if numbers else None
        plain = [missing if origin is None else values[origin] for origin in origins]
        if numbers and names and all(v is not None and 0 <= v < len(names) for v in values):
            tags = [names[value] for value in values]
        elif values and all(isinstance(value, str) for value in values):
            tags, names = list(values), None
        else:
            return plain
        scheme = tag_schemes.of_layer(tuple(tags), names)
        if scheme is None:
            return plain
        followed = tag_schemes.follow(tags, origins, scheme, self._replaced)
        if not names:
            return list(followed)
        ids: dict[str | None, int] = {label: i for i, label in enumerate(names)}
        # "B-NP", for instance, may not be among the names.
        return [ids.get(tag, old) for tag, old in zip(followed, plain, strict=True)]

    @cached_property
    def _replaced(self) -> list[tag_schemes.Moved]:
        """Old and new tokens of the mentions whose words changed."""
        old = self.old.spans
        return [
            ((old[origin].start, old[origin].end), (span.start, span.end))
            for origin, span in zip(self._span_origins, self.new.spans, strict=True)
            if origin is not None and not self._is_same(origin, span)
        ]

    def _heads(self, name: str, first: int) -> list[Any]:
        values = self.value(name)
        origins = self.result.origins
        assert origins is not None
        if values is None:
            return values  # type: ignore[return-value]
        length = len(self.old.tokens)
        numbers = [int(v) if isinstance(v, str) and v.lstrip("-").isdigit() else v for v in values]
        if len(values) != length or not all(
            isinstance(v, int) and first - 1 <= v < length + first for v in numbers
        ):
            self.bad(
                name, f"does not hold the number of a word, from {first}, for each word",
                "roles={column: 'heads'} counts from 1 (0 is the root), 'heads_0' from 0",
            )  # fmt: skip
        new: list[Any] = []
        for origin in origins:
            if origin is None:
                new.append(None if isinstance(values[0], str) else MISSING_LABEL)
                continue
            head = numbers[origin]
            moved = head if head == first - 1 else self._position(head - first) + first
            new.append(str(moved) if isinstance(values[origin], str) else moved)
        return new

    @cached_property
    def _new_index(self) -> dict[int, int]:
        """The new index of each old token; the first, if there are several."""
        found: dict[int, int] = {}
        for i, origin in enumerate(self.result.origins or ()):
            if origin is not None:
                found.setdefault(origin, i)
        return found

    def _position(self, token: int) -> int:
        if token not in self._new_index:
            raise _Unfit(GONE)
        return self._new_index[token]

    # Spans

    @cached_property
    def _span_origins(self) -> tuple[int | None, ...]:
        return self.result.old_spans(self.old)

    def _is_same(self, origin: int, span: Span) -> bool:
        before = self.old.spans[origin]
        return self.old.tokens[before.start : before.end] == self.new.tokens[span.start : span.end]

    @cached_property
    def _home(self) -> int:
        """The column that a new mention belongs to."""
        homes = [i for i, column in enumerate(self.schema.spans) if not column.is_required]
        homes += [FROM_TAGS] if self.schema.tags is not None else []
        if len(homes) != 1:
            raise _Unfit("a new mention could belong to more than one column")
        return homes[0]

    def _write_spans(self, changed: Row) -> None:
        owners = self.reading.owners or ()
        by_column: list[dict[int | None, list[Placed]]] = [{} for _ in self.schema.spans]
        for origin, span in zip(self._span_origins, self.new.spans, strict=True):
            owner = Owner(self._home, -1) if origin is None else owners[origin]
            if owner.column == FROM_TAGS:
                continue
            placed = self._placed(self.schema.spans[owner.column], origin, owner, span)
            by_column[owner.column].setdefault(placed.origin, []).append(placed)
        lost: list[Any] = []  # ids
        for index, (column, found) in enumerate(zip(self.schema.spans, by_column, strict=True)):
            old = self.value(column.name)
            entries = {owner.entry for owner in owners if owner.column == index}
            known = sorted(key for key in found if key is not None)
            if column.is_required and len(known) < len(entries):
                raise _Unfit("an answer is gone")
            if not found and not entries:
                continue
            lost += [column.identity(old, entry) for entry in entries.difference(known)]
            ordered = [*known, *([None] if None in found else [])]
            try:
                changed[column.name] = column.written(
                    old, [p for key in ordered for p in found[key]]
                )
            except KeyError as error:
                raise _Unfit("a type is not among the label names") from error
            if None in found and any(each.unit != "tokens" for each in self.schema.relations):
                raise _Unfit("the relations of a new mention are not known")
            self._write_relations(changed, column, old, known)
        if is_linked(self.schema, lambda name: changed.get(name, self.value(name)), lost):
            raise _Unfit(GONE)

    def _placed(self, column: SpanColumn, origin: int | None, owner: Owner, span: Span) -> Placed:
        is_same = origin is not None and self._is_same(origin, span)
        entry = None if origin is None else owner.entry
        if column.unit != CHARACTERS:
            surface = " ".join(self.new.tokens[span.start : span.end])
            return Placed(entry, span.start, span.end, span.label, surface, is_same)
        spaces, text = self._new_spaces, self._new_text
        offsets = self._new_offsets
        start, end = offsets[span.start][0], offsets[span.end - 1][1]
        if owner.before and spaces[span.start].endswith(owner.before):
            start -= len(owner.before)
        if owner.after and spaces[span.end].startswith(owner.after):
            end += len(owner.after)
        return Placed(entry, start, end, span.label, text[start:end], is_same)

    # The text

    @property
    def _old_spaces(self) -> tuple[str, ...] | None:
        return self.reading.spaces if self.schema.tokens is not None else self.old.spaces

    @cached_property
    def _old_text(self) -> str:
        return self.old._replace(spaces=self._old_spaces).text

    @cached_property
    def _new_spaces(self) -> tuple[str, ...]:
        """The white space of the new text: an old token keeps the white space before it."""
        if self.schema.tokens is None:
            return self.new.spaces or ()
        assert self._old_spaces is not None and self.result.origins is not None
        return spaces_after(self._old_spaces, self.new.tokens, self.result.origins)

    @cached_property
    def _new_text(self) -> str:
        return self.new._replace(spaces=self._new_spaces).text

    @cached_property
    def _new_offsets(self) -> list[tuple[int, int]]:
        return self.new._replace(spaces=self._new_spaces).offsets()

    def _write_relations(self, row: Row, column: SpanColumn, old: Any, kept: Sequence[int]) -> None:
        number_of = {entry: i for i, entry in enumerate(kept)}
        for relations in self.schema.relations:
            pairs = self.value(relations.name)
            if not pairs or relations.unit == "tokens":
                continue
            new = []
            for pair in pairs:
                pair = dict(pair)
                for key in relations.keys:
                    pair[key] = self._pointed(relations, pair[key], column, old, number_of)
                new.append(pair)
            row[relations.name] = new

    def _pointed(
        self, relations: Relations, value: Any, column: SpanColumn, old: Any, new: dict[int, int]
    ) -> Any:
        if relations.unit == "ids":
            kept = {str(column.identity(old, entry)) for entry in new}
            if str(value) not in kept:
                raise _Unfit(GONE)
            return value
        if value not in new:
            raise _Unfit(GONE)
        return new[value]


def _warn_once(name: str, why: str) -> None:
    if name not in _warned:
        _warned.add(name)
        logger.warning("column %r %s: it is emptied in the rows that change", name, why)


def _has_int(values: Sequence[Any]) -> bool:
    return any(isinstance(value, int) for value in values)
