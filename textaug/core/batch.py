"""From the rows of a data set to examples, and back.

Knows every form in which rows arrive (the lazy rows and batches of ``Dataset.map``, plain dicts,
numpy and torch formats) and every column that has to move with the words. Knows no augmenter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NoReturn

from textaug.core import tag_schemes
from textaug.core.arrow import are_words, column_from_arrow, no_collection, to_plain
from textaug.core.columns import (
    MISSING_LABEL,
    TAG_COLUMNS,
    TEXT_COLUMNS,
    TOKEN_COLUMNS,
    ColumnNames,
    Row,
)
from textaug.core.example import Augmented, Example, Span, in_place


class Batch:
    """Some rows of a data set, as columns of plain Python values.

    Args:
        rows: what ``map`` hands to its function, or a dict: one row, or columns of many.
        names: which columns to use.
        features: the data set's features, where ``rows`` does not bring them along.

    Attributes:
        is_lazy: whether the rows come from ``Dataset.map``.
        is_row: whether ``rows`` was a single row.
        parts: how many examples each row has: 1, or the number of text columns.

    Raises:
        ValueError: if no column, or more than one, can be meant; if a row is damaged. The message
            names row and column and says what to do.
        TypeError: if ``rows`` is no mapping.
    """

    def __init__(
        self, rows: Any, names: ColumnNames, features: Mapping[str, Any] | None = None
    ) -> None:
        if not isinstance(rows, Mapping):
            raise TypeError(
                f"expected a string, a row or a batch of a data set, got {type(rows).__name__}; "
                'for a data frame format, use dataset.with_format(None) before "map"'
            )
        self._rows = rows
        self._cache: dict[str, list[Any]] = {}
        self._words: dict[str, list[str]] = {}  # each different one of a column, where known
        self.columns = list(rows)
        formatter = getattr(rows, "formatter", None)
        self.is_lazy = formatter is not None
        self.features: Mapping[str, Any] = features or getattr(formatter, "features", None) or {}
        self._find(names)
        self.is_row = self._is_row()
        self.parts = len(self.text_columns) or 1
        read = self.text_columns or filter(None, (self.tokens_column, self.tags_column))
        self._check_lengths([(name, len(self.column(name))) for name in read])
        self._schemes = [""] * len(self)  # of each row, once it is read
        self._is_sound = [True] * len(self)  # whether its tags would be written as they were read

    def __len__(self) -> int:
        return len(self.column(self.tokens_column or self.text_columns[0]))

    def examples(self) -> Iterator[Example]:
        """The examples, row by row, made one by one: for few rows only few exist at a time."""
        return self._from_texts() if self.text_columns else self._from_tokens()

    # Reading

    def column(self, name: str) -> list[Any]:
        """A column as a list with one plain Python value per row."""
        if name not in self._cache:
            rows: Any = self._rows
            if name in getattr(rows, "keys_to_format", ()):
                # Straight from Arrow: the same values in every format the data set may be set to.
                with no_collection():
                    self._cache[name], words = column_from_arrow(rows.pa_table[name])
                if words:
                    self._words[name] = words
            else:
                value = to_plain(rows[name])
                self._cache[name] = [value] if self.is_row else value
        return self._cache[name]

    def original(self, row: int) -> Row:
        """All columns of a row, as they came."""
        return {name: self.column(name)[row] for name in self.columns}

    def _find(self, names: ColumnNames) -> None:
        have = self.columns
        self._given_names = names.label_names if isinstance(names.label_names, Mapping) else {}
        for wanted in (names.tokens, names.tags, *(names.text or ()), *(names.aligned or ())):
            if wanted is not None and wanted not in have:
                raise ValueError(f"there is no column {wanted!r}; the columns are {_listed(have)}")
        if names.text and (names.tokens or names.tags):
            raise ValueError("text_column= goes with neither tokens_column= nor tags_column=")
        self.tokens_column, self.text_columns = names.tokens, names.text or ()
        if self.tokens_column is None and not self.text_columns:
            found = [name for name in (*TOKEN_COLUMNS, *TEXT_COLUMNS) if name in have]
            if len(found) != 1:
                problem = f"which of {_listed(found)}" if found else "which column"
                raise ValueError(
                    f"cannot tell {problem} to augment (columns: {_listed(have)}); "
                    "pass tokens_column= for words, or text_column= for strings"
                )
            if found[0] in TEXT_COLUMNS and "ner_tags" in have:
                raise ValueError(
                    f"column 'ner_tags' labels words, but which column holds them? (columns: "
                    f"{_listed(have)}); pass tokens_column=, or text_column= to leave the tags out"
                )
            if found[0] in TEXT_COLUMNS:
                self.text_columns = (found[0],)
            else:
                self.tokens_column = found[0]
        self.tags_column = names.tags
        if self.tokens_column is not None and self.tags_column is None:
            self.tags_column = self._find_tags()
        self.scheme = names.scheme
        self.aligned = names.aligned
        self.label_names: tuple[str, ...] | None = None
        if self.tags_column is not None:
            if names.label_names is not None and not isinstance(names.label_names, Mapping):
                self._given_names = {self.tags_column: names.label_names}
            self.label_names = self._names_of(self.tags_column)
        self._ids = {name: i for i, name in enumerate(self.label_names or ())}
        # Where all labels that there can be are of mentions, rows can be read the fast way.
        known = self.label_names or ()
        fast = all(name == "O" or tag_schemes.prefixed(name) for name in known)
        self._mention_labels = known if fast else ()

    def _find_tags(self) -> str | None:
        found = [name for name in TAG_COLUMNS if name in self.columns and self._is_list(name)]
        if not found:  # no usual name: a column whose labels read like mentions will do
            for name in self.columns:
                labels = self._names_of(name)
                if labels and any(label[:2] in ("B-", "I-") for label in labels):
                    found.append(name)
        if len(found) > 1:
            raise ValueError(f"columns {_listed(found)} could all be the tags; pass tags_column=")
        return found[0] if found else None

    def _is_list(self, name: str) -> bool:
        if self.features:
            return self._item_feature(name) is not None
        value = self._rows[name]
        return value is None or (hasattr(value, "__len__") and not isinstance(value, str))

    def _names_of(self, name: str) -> tuple[str, ...] | None:
        if name in self._given_names:
            return tuple(self._given_names[name])
        names = getattr(self._item_feature(name), "names", None)
        return tuple(names) if names is not None else None

    def _item_feature(self, name: str) -> Any:
        """The feature of a list column's items; ``None`` if it is no list, or not known."""
        feature = self.features.get(name)
        return feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)

    def _is_row(self) -> bool:
        if self.is_lazy:
            from datasets.formatting.formatting import LazyRow

            return isinstance(self._rows, LazyRow)
        if self.text_columns:
            value = self._rows[self.text_columns[0]]
            return value is None or isinstance(value, str)
        value = self._rows[self.tokens_column]
        return value is None or len(value) == 0 or isinstance(value[0], str)

    def _check_lengths(self, lengths: Sequence[tuple[str, int]]) -> None:
        (first, rows), *others = lengths
        for name, length in others:
            if length != rows:
                raise ValueError(f"{rows} rows of {first!r} but {length} of {name!r}")

    def _from_texts(self) -> Iterator[Example]:
        texts = [self.column(name) for name in self.text_columns]
        for row in range(len(self)):
            for name, column in zip(self.text_columns, texts, strict=True):
                text = column[row]
                if not isinstance(text, str):
                    self._bad(row, name, f"is {_short(text)}, not a string", _KEEP_IF_NOT_NONE)
                yield Example.from_text(text)

    def _from_tokens(self) -> Iterator[Example]:
        assert self.tokens_column is not None
        rows = self.column(self.tokens_column)
        if not are_words(rows, self._words.get(self.tokens_column)):
            for row, tokens in enumerate(rows):
                self._check_tokens(tokens, row)
        if self.tags_column is None:
            for row, tokens in enumerate(rows):
                self._schemes[row] = "plain"
                yield Example(tuple(tokens))
            return
        for row, (tokens, tags) in enumerate(zip(rows, self.column(self.tags_column), strict=True)):
            scheme, spans, is_sound = self._read_tags(tags, len(tokens), row)
            self._schemes[row], self._is_sound[row] = scheme, is_sound
            yield Example(tuple(tokens), spans)

    def _read_tags(self, tags: Any, length: int, row: int) -> tuple[str, tuple[Span, ...], bool]:
        """The scheme of a row's tags, its mentions, and whether its tags are surely sound."""
        if self._mention_labels and tags is not None and len(tags) == length:
            try:
                return tag_schemes.read(tuple(tags), self._mention_labels, self.scheme)
            except (KeyError, ValueError):
                pass  # something is wrong, and will be named below
        names = self._tag_names(tags, length, row)
        if self.label_names is None and "" in names:
            if not any(map(tag_schemes.prefixed, names)):
                return "plain", (), False  # string labels that an edit left open
            self._check_scheme(names, row)
        try:
            scheme = self.scheme or tag_schemes.detect(names, self.label_names)
        except ValueError as error:
            self._bad(row, self.tags_column, f"unknown tag: {error}", "use one tag scheme")
        if scheme == "plain":
            return scheme, (), False
        self._check_scheme(names, row)
        return scheme, tag_schemes.to_spans(names), False

    def _check_tokens(self, tokens: Any, row: int) -> None:
        column = self.tokens_column
        if tokens is None or isinstance(tokens, str):
            self._bad(row, column, f"is {_short(tokens)}, not a list of words", _KEEP_IF_NOT_NONE)
        for i, token in enumerate(tokens):
            if not isinstance(token, str):
                self._bad(row, column, f"token {i} is {_short(token)}, not a string", "mend it")
            if token.split() != [token]:
                fault = "has white space inside" if token.split() else "is empty"
                self._bad(
                    row,
                    column,
                    f"token {i} ({token!r}) {fault}",
                    "drop such tokens with their tags, or replace them by a visible character",
                )

    def _tag_names(self, tags: Any, length: int, row: int) -> list[str]:
        column = self.tags_column
        if tags is None:
            self._bad(row, column, "is None", _KEEP_IF_NOT_NONE)
        if len(tags) != length:
            self._bad(
                row, column, f"has {len(tags)} tags for {length} tokens", "each token needs one tag"
            )
        known = self.label_names
        result = []
        for i, tag in enumerate(tags):
            if isinstance(tag, int):
                if known is None:
                    self._bad(
                        row,
                        column,
                        f"holds integers such as {tag}, and nothing says which labels they mean",
                        f"pass label_names=dataset.features[{column!r}].feature.names (streaming "
                        "and the numpy and torch formats hand rows over without them), or cast "
                        "the column to List(ClassLabel(names=[...]))",
                    )
                plain = self.scheme == "plain" or tag_schemes.family(known) == "plain"
                if tag == MISSING_LABEL and plain:
                    result.append("")
                    continue
                if not 0 <= tag < len(known):
                    self._bad(row, column, f"tag {tag} of token {i} is unknown", _labels(known))
                result.append(known[tag])
            elif tag is None:
                result.append("")
            elif known is not None and tag not in known:
                self._bad(row, column, f"tag {tag!r} of token {i} is unknown", _labels(known))
            else:
                result.append(str(tag))
        return result

    def _check_scheme(self, names: Sequence[str], row: int) -> None:
        for i, name in enumerate(names):
            if name != "O" and not tag_schemes.prefixed(name):
                problem = f"tag {name or None!r} of token {i} is neither 'O' nor that of a mention"
                self._bad(row, self.tags_column, problem, "label it, or pass scheme='plain'")

    def _bad(self, row: int, column: str | None, problem: str, remedy: str) -> NoReturn:
        where = f"row {row} of this batch" if not self.is_row else "this row"
        shown = ""
        if self.tokens_column and column != self.tokens_column:
            shown = f" ({_short(' '.join(map(str, self.column(self.tokens_column)[row])))})"
        raise ValueError(f"{where}, column {column!r}{shown}: {problem}; {remedy}")

    # Writing

    def render(self, index: int, old: Example, result: Augmented) -> Row | None:
        """The columns that change when ``old``, example ``index``, becomes ``result``.

        Returns ``None`` where the new tags cannot be written with the column's label names, for
        instance ``B-PER`` in an IOB1 column whose names hold only ``I-PER``.
        """
        row, part = divmod(index, self.parts)
        if self.text_columns:
            return {self.text_columns[part]: result.example.text}
        assert self.tokens_column is not None
        if result.origins is None:
            raise ValueError("a changed example needs origins, one for each token")
        changed: Row = {self.tokens_column: list(result.example.tokens)}
        length = len(old.tokens)
        none_moved = result.origins == in_place(length) and result.example.spans == old.spans
        if none_moved and self._is_sound[row] and self.aligned is None:
            return changed  # no word has moved, so no label has
        if self.tags_column is not None:
            tags = self._new_tags(row, result)
            if tags is None:
                return None
            changed[self.tags_column] = tags
        for name in self._aligned_columns(row, length):
            changed[name] = self._carried(name, row, result.origins)
        return changed

    def _new_tags(self, row: int, result: Augmented) -> list[Any] | None:
        assert result.origins is not None and self.tags_column is not None
        old = self.column(self.tags_column)[row]
        if self._schemes[row] == "plain":
            missing = MISSING_LABEL if self.label_names and _has_int(old) else None
            return [missing if origin is None else old[origin] for origin in result.origins]
        example = result.example
        tags = tag_schemes.from_spans(example.spans, len(example.tokens), self._schemes[row])
        if not self.label_names:
            return tags
        try:
            ids = [self._ids[tag] for tag in tags]
        except KeyError:
            return None
        return ids if _has_int(old) else tags

    def _aligned_columns(self, row: int, length: int) -> list[str]:
        """The other columns with one value per token."""
        if self.aligned is not None:
            for name in self.aligned:
                if len(self.column(name)[row]) != length:
                    self._bad(
                        row,
                        name,
                        f"has {len(self.column(name)[row])} values for {length} tokens",
                        "mend it",
                    )
            return list(self.aligned)
        return [
            name
            for name in self.columns
            if name not in (self.tokens_column, self.tags_column)
            and isinstance(value := self.column(name)[row], list)
            and len(value) == length
            and getattr(self.features.get(name), "length", -1) == -1  # a vector, say
        ]

    def _takes_minus_one(self, name: str, values: Sequence[Any]) -> bool:
        unsigned = str(getattr(self._item_feature(name), "dtype", "")).startswith("uint")
        return not unsigned and bool not in map(type, values)

    def _carried(self, name: str, row: int, origins: Sequence[int | None]) -> list[Any]:
        """Another column's values for the new tokens: a layer of tags as spans, else one by one."""
        values = self.column(name)[row]
        if origins == in_place(len(values)):
            return list(values)
        numbers = _has_int(values) and self._takes_minus_one(name, values)
        missing = MISSING_LABEL if numbers else None
        plain = [missing if origin is None else values[origin] for origin in origins]
        names = self._names_of(name) if numbers else None
        if names and not _has_spans(names):
            return plain
        if names and all(value is not None and 0 <= value < len(names) for value in values):
            tags = [names[value] for value in values]
        elif values and all(isinstance(value, str) for value in values):
            tags = values
        else:
            return plain
        try:
            scheme = tag_schemes.detect(tags, names)
        except ValueError:
            return plain
        if scheme == "plain":
            return plain
        moved = tag_schemes.follow(tags, origins, scheme)
        if not names:
            return list(moved)
        ids: dict[str | None, int] = {label: i for i, label in enumerate(names)}
        return [
            ids.get(tag, old)  # "B-NP", say, may not be among the names
            for tag, old in zip(moved, plain, strict=True)
        ]


@lru_cache
def _has_spans(names: tuple[str, ...]) -> bool:
    """Whether a column with these labels is a layer of spans."""
    return any(map(tag_schemes.prefixed, names))


_KEEP_IF_NOT_NONE = "leave such rows out with dataset.filter(...) first"


def _has_int(values: Sequence[Any]) -> bool:
    return any(isinstance(value, int) for value in values)


def _labels(names: Sequence[str]) -> str:
    return f"the {len(names)} labels are {_listed(names)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "none"


def _short(value: Any, limit: int = 40) -> str:
    text = value if isinstance(value, str) else repr(value)
    return repr(text[:limit] + "…" if len(text) > limit else text) if value is not None else "None"
