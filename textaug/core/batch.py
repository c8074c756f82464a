"""From the rows of a data set to examples, and back.

It handles every form in which rows arrive (the lazy rows and batches of ``Dataset.map``, plain
dicts, numpy and torch formats), and writes everything that follows the words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from textaug.core import tag_schemes
from textaug.core.arrow import are_words, column_from_arrow, no_collection, to_plain
from textaug.core.columns import (
    CONTEXT,
    MISSING_LABEL,
    TEXT_COLUMNS,
    TOKEN_COLUMNS,
    ColumnNames,
    Row,
)
from textaug.core.example import Augmented, Example, Rejected, Span, in_place
from textaug.core.finding import check_rows, schema_of_batch, schema_of_rows
from textaug.core.reader import RowReading, label_of, read_spans
from textaug.core.schema import Schema, listed
from textaug.core.span_columns import Entry
from textaug.core.suspicion import types_or_words
from textaug.core.tag_schemes import TagScheme
from textaug.core.writer import Writer

NO_FORM = "no row of the batch shows in which form a column has mentions"
SHOWN = 40  # characters of a value in an error message

_KEEP_IF_NOT_NONE = "leave such rows out with dataset.filter(...) first"


class Batch:
    """Some rows of a data set, as columns of plain Python values.

    Args:
        rows: what ``map`` passes to its function, or a dict: one row, or columns of many.
        given: the user's settings for the columns, or a schema.
        features: the data set's features, if ``rows`` does not have them.

    Attributes:
        is_lazy: whether the rows come from ``Dataset.map``.
        is_row: whether ``rows`` was a single row.
        parts: how many examples each row has: 1, or the number of text columns.
        schema: the roles of the columns.

    Raises:
        ValueError: if the role of a column is not certain, or a row is damaged. The message names
            row and column and says what to do.
        TypeError: if ``rows`` is not a mapping.
    """

    def __init__(
        self, rows: Any, given: ColumnNames | Schema, features: Mapping[str, Any] | None = None
    ) -> None:
        if not isinstance(rows, Mapping):
            raise TypeError(
                f"expected a string, a row or a batch of a data set, got {type(rows).__name__}; "
                'for a data frame format, use dataset.with_format(None) before "map"'
            )
        self._rows = rows
        self._cache: dict[str, list[Any]] = {}
        self._words: dict[str, list[str]] = {}  # the distinct words of a column, if known
        self.columns = list(rows)
        formatter = getattr(rows, "formatter", None)
        self.is_lazy = formatter is not None
        self.features: Mapping[str, Any] = features or getattr(formatter, "features", None) or {}
        self.is_row = self._is_row(given)
        if isinstance(given, Schema):
            self.schema = check_rows(given, self.column)
        elif self.features:
            self.schema = schema_of_batch(self.columns, self.features, given, self.column)
        else:
            self.schema = check_rows(schema_of_rows(rows, given, self.is_row), self.column)
        schema = self.schema
        self.parts = len(schema.texts) or 1
        read = schema.texts or filter(None, (schema.tokens, schema.tags))
        self._check_lengths([(name, len(self.column(name))) for name in read])
        # What was read of each row: a `RowReading`; for words and tags alone, a bare tuple.
        self._readings: list[tuple[Any, ...]] = [()] * len(self)
        # Without these columns, a row whose words keep their positions changes only in its words.
        self._is_simple = not (schema.spans or schema.side_texts or schema.labels)
        is_alone = self._is_simple and not (schema.derived or schema.of_words)
        self._only_words = schema.tokens if is_alone else None
        self._is_plain_text = bool(schema.texts) and not schema.spans
        # If all label names are tags of mentions, rows can be read the fast way.
        is_plain = schema.scheme is not None and schema.scheme.name == "plain"
        self._fast_names = None if is_plain else schema.names
        self._scheme = schema.scheme

    def __len__(self) -> int:
        return len(self.column(self.schema.tokens or self.schema.texts[0]))

    def examples(self) -> Iterator[Example]:
        """The examples, row by row, created lazily: only a few exist at a time."""
        return self._from_texts() if self.schema.texts else self._from_tokens()

    def column(self, name: str) -> list[Any]:
        """A column as a list with one plain Python value per row."""
        if name not in self._cache:
            rows: Any = self._rows
            if name in getattr(rows, "keys_to_format", ()):
                # Directly from Arrow: the same values whatever the format of the data set is.
                with no_collection():
                    self._cache[name], words = column_from_arrow(rows.pa_table[name])
                if words:
                    self._words[name] = words
            else:
                value = to_plain(rows[name])
                self._cache[name] = [value] if self.is_row else value
        return self._cache[name]

    def original(self, row: int) -> Row:
        """All columns of a row, unchanged."""
        return {name: self.column(name)[row] for name in self.columns}

    def render(
        self, index: int, old: Example, result: Augmented, keeps_words: bool = False
    ) -> Row | Rejected:
        """The columns that change when ``old``, example ``index``, becomes ``result``.

        Returns:
            The new values, or why an annotation of the row cannot follow: a tag is not among the
            label names, or an annotation points at a word that is gone.
        """
        new = result.example
        if self.schema.open and None in result.old_spans(old):
            return Rejected(NO_FORM)
        if self._only_words is not None:  # the most common case, kept fast
            stays = result.origins == in_place(len(old.tokens))
            if stays and new.spans == old.spans:
                return {self._only_words: list(new.tokens)}
        row, part = divmod(index, self.parts)
        schema = self.schema
        if self._is_plain_text and not schema.derived:
            return {schema.texts[part]: new.text}
        reading = RowReading(*self._readings[row]) if self._readings[row] else RowReading(old)
        writer = Writer(
            schema,
            lambda name: self.column(name)[row],
            lambda name, problem, remedy: self.bad(row, name, problem, remedy),
            reading,
            old,
            result,
            keeps_words,
        )
        return writer.written(part)

    def lacks_answer(self, index: int) -> bool:
        """Whether the row of an example has a question without an answer."""
        row = index // self.parts
        return any(
            column.is_required and not self._entries(column.name, row)
            for column in self.schema.spans
        )

    # Which columns

    def _is_row(self, given: ColumnNames | Schema) -> bool:
        if self.is_lazy:
            from datasets.formatting.formatting import LazyRow

            return isinstance(self._rows, LazyRow)
        if isinstance(given, Schema):
            name = given.tokens or given.texts[0]
        else:
            said = [name for name, role in given.roles if role in ("tokens", "text")]
            usual = [*TOKEN_COLUMNS, *TEXT_COLUMNS, CONTEXT]
            known = [name for name in usual if name in self.columns]
            name = next(
                iter((*filter(None, (given.tokens, *(given.text or ()))), *said, *known)), ""
            )
        value = self._rows.get(name)
        if value is None or isinstance(value, str):
            return True
        if not isinstance(given, Schema) and name in (*TEXT_COLUMNS, CONTEXT):
            return False
        is_text = isinstance(given, Schema) and name in given.texts
        is_text = is_text or (isinstance(given, ColumnNames) and name in (given.text or ()))
        return not is_text and (len(value) == 0 or isinstance(value[0], str))

    def _check_lengths(self, lengths: Sequence[tuple[str, int]]) -> None:
        (first, rows), *others = lengths
        for name, length in others:
            if length != rows:
                raise ValueError(f"{rows} rows of {first!r} but {length} of {name!r}")

    # Reading

    def _from_texts(self) -> Iterator[Example]:
        schema = self.schema
        texts = [self.column(name) for name in schema.texts]
        for row in range(len(self)):
            labels = self._labels(row)
            for name, column in zip(schema.texts, texts, strict=True):
                text = column[row]
                if not isinstance(text, str):
                    self.bad(row, name, f"is {_short(text)}, not a string", _KEEP_IF_NOT_NONE)
                if not schema.spans:
                    example = Example.from_text(text)
                    yield example._replace(labels=labels) if labels else example
                    continue
                entries = [self._entries(column.name, row) for column in schema.spans]
                reading = read_spans(schema, entries, text, (), ())
                self._refuse(row, reading)
                self._readings[row] = reading
                yield reading.example._replace(labels=labels)

    def _from_tokens(self) -> Iterator[Example]:
        schema = self.schema
        assert schema.tokens is not None
        rows = self.column(schema.tokens)
        if not are_words(rows, self._words.get(schema.tokens)):
            for row, tokens in enumerate(rows):
                self._check_tokens(tokens, row)
        all_tags = None if schema.tags is None else self.column(schema.tags)
        is_simple = self._is_simple
        readings = self._readings
        scheme: TagScheme | None = None
        spans: tuple[Span, ...] = ()
        is_sound = True
        for row, words in enumerate(rows):
            tokens = tuple(words)
            if all_tags is not None:
                scheme, spans, is_sound = self._read_tags(all_tags[row], len(tokens), row)
            if is_simple:
                example = Example(tokens, spans)
                readings[row] = example, scheme, is_sound
                yield example
                continue
            texts = [self.column(name)[row] for name in schema.side_texts]
            entries = [self._entries(column.name, row) for column in schema.spans]
            text = next((text for text in texts if isinstance(text, str)), None)
            reading = read_spans(schema, entries, text, tokens, spans)
            self._refuse(row, reading)
            example = reading.example._replace(labels=self._labels(row))
            self._readings[row] = reading._replace(
                example=example, scheme=scheme, is_sound=is_sound
            )
            yield example

    def _refuse(self, row: int, reading: RowReading) -> None:
        if reading.fault:
            column, problem = reading.fault
            self.bad(row, column, problem, "textaug check names every such row")

    def _labels(self, row: int) -> tuple[Any, ...]:
        layers = dict(self.schema.layers)
        return tuple(
            label_of(self.column(name)[row], layers.get(name)) for name in self.schema.labels
        )

    def _entries(self, name: str, row: int) -> list[Entry]:
        column = next(column for column in self.schema.spans if column.name == name)
        try:
            return list(column.entries(self.column(name)[row]))
        except (ValueError, TypeError, AttributeError) as error:
            self.bad(row, name, f"cannot be read as spans: {error}", "fix it or leave the row out")

    def _read_tags(
        self, tags: Any, length: int, row: int
    ) -> tuple[TagScheme, tuple[Span, ...], bool]:
        """The scheme of a row's tags, its mentions, and whether its tags round-trip."""
        scheme = self._scheme
        if self._fast_names is not None and tags is not None and len(tags) == length:
            try:
                return tag_schemes.read(tuple(tags), self._fast_names, scheme)
            except (KeyError, ValueError):
                pass  # the code below finds and names the fault
        names = self._tag_names(tags, length, row)
        known = self.schema.names
        if scheme is None and known is None and "" in names:
            if not any(map(tag_schemes.prefixed, names)):
                # String labels, some of them missing after an edit.
                return TagScheme("plain"), (), False
            self._check_scheme(names, row, TagScheme("IOB2"))
        try:
            if scheme is None or scheme.is_open:
                scheme = tag_schemes.detect(names, known)
        except ValueError as error:
            self.bad(row, self.schema.tags, f"unknown tag: {error}", "use one tag scheme")
        if scheme.name == "plain":
            self._check_plain(names, row)
            return scheme, (), False
        self._check_scheme(names, row, scheme)
        spans = tag_schemes.to_spans(names, scheme.spelling)
        return scheme, spans, tag_schemes.round_trips(names, spans, scheme)

    def _check_plain(self, names: Sequence[str], row: int) -> None:
        """Raise an error if labels without letters might be types of mentions."""
        said = self.schema.scheme is not None and self.schema.scheme.name == "plain"
        problem = "" if said or self.schema.names is not None else types_or_words(names)
        if problem:
            remedy = "pass scheme='IO' or scheme='plain'"
            self.bad(row, self.schema.tags, f"the labels {problem}", remedy)

    def _check_tokens(self, tokens: Any, row: int) -> None:
        column = self.schema.tokens
        if tokens is None or isinstance(tokens, str):
            self.bad(row, column, f"is {_short(tokens)}, not a list of words", _KEEP_IF_NOT_NONE)
        for i, token in enumerate(tokens):
            if not isinstance(token, str):
                self.bad(row, column, f"token {i} is {_short(token)}, not a string", "fix it")
            if token.split() != [token]:
                fault = "has white space inside" if token.split() else "is empty"
                self.bad(
                    row,
                    column,
                    f"token {i} ({token!r}) {fault}",
                    "drop such tokens with their tags, or replace them by a visible character",
                )

    def _tag_names(self, tags: Any, length: int, row: int) -> list[str]:
        column = self.schema.tags
        if tags is None:
            self.bad(row, column, "is None", _KEEP_IF_NOT_NONE)
        if len(tags) != length:
            self.bad(
                row, column, f"has {len(tags)} tags for {length} tokens", "each token needs one tag"
            )
        known = self.schema.names
        is_plain = self.schema.scheme is not None and self.schema.scheme.name == "plain"
        result = []
        for i, tag in enumerate(tags):
            if isinstance(tag, int):
                if known is None:
                    self.bad(
                        row,
                        column,
                        f"holds integers such as {tag}, and nothing says which labels they mean",
                        f"pass label_names=dataset.features[{column!r}].feature.names (streaming "
                        "and the numpy and torch formats pass rows without them), or cast "
                        "the column to List(ClassLabel(names=[...]))",
                    )
                if tag == MISSING_LABEL and is_plain:
                    result.append("")
                    continue
                if tag == MISSING_LABEL:
                    self.bad(
                        row,
                        column,
                        f"token {i} has no label (-1)",
                        "label it, or leave the row out with dataset.filter(...); in training, "
                        "AugmentingDataCollator uses such rows unchanged",
                    )
                if not 0 <= tag < len(known):
                    self.bad(row, column, f"tag {tag} of token {i} is unknown", _labels(known))
                result.append(known[tag])
            elif tag is None:
                result.append("")
            elif known is not None and tag not in known:
                self.bad(row, column, f"tag {tag!r} of token {i} is unknown", _labels(known))
            else:
                result.append(str(tag))
        return result

    def _check_scheme(self, names: Sequence[str], row: int, scheme: TagScheme) -> None:
        for i, name in enumerate(names):
            if (
                name != scheme.spelling.outside
                and not tag_schemes.split_tag(name, scheme.spelling)[0]
            ):
                problem = f"tag {name or None!r} of token {i} is neither 'O' nor that of a mention"
                self.bad(row, self.schema.tags, problem, "label it, or pass scheme='plain'")

    def bad(self, row: int, column: str | None, problem: str, remedy: str) -> NoReturn:
        """Raise an error that names row and column."""
        where = f"row {row} of this batch" if not self.is_row else "this row"
        shown = ""
        if self.schema.tokens and column != self.schema.tokens:
            shown = f" ({_short(' '.join(map(str, self.column(self.schema.tokens)[row])))})"
        raise ValueError(f"{where}, column {column!r}{shown}: {problem}; {remedy}")


def _labels(names: Sequence[str]) -> str:
    return f"the {len(names)} labels are {listed(names)}"


def _short(value: Any) -> str:
    """A value for a message, truncated if it is long."""
    text = value if isinstance(value, str) else repr(value)
    return repr(text[:SHOWN] + "…" if len(text) > SHOWN else text) if value is not None else "None"
