"""The role of each column of a data set, decided once, here, for all other code.

A column's role comes from the user's settings, from its feature and its name and, if these do not
decide it and the whole data set is available, from its rows. The length or content of a single row
never decides. A column that looks like an annotation and has no certain role is an error, which
names the column and says how to declare it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from textaug.core.columns import ColumnNames
from textaug.core.relations import Relations
from textaug.core.shapes import Shape
from textaug.core.span_columns import SpanColumn
from textaug.core.tag_schemes import TagScheme
from textaug.core.usual_names import USUAL_NAMES

# The roles that a user may declare, and what happens to such a column.
ROLES = {
    "tokens": "the words, which are augmented",
    "text": "the text, which is augmented",
    "tags": "one tag for each word, which follow their words",
    "per_token": "one value for each word, which follow their words; a new word has none",
    "spans": "character offsets, which cover the same words as before",
    "token_spans": "token offsets (half-open), which cover the same words as before",
    "token_spans_inclusive": "token offsets (the end is the last token), likewise",
    "heads": "for each word the number of its head, from 1; 0 is the root",
    "heads_0": "for each word the index of its head, from 0; the root is -1 or its own head",
    "token_index": "the index of a word, from 0",
    "relations": "pairs of numbers or ids of entries of the spans column",
    "relations_between_tokens": "pairs of indexes of words, from 0",
    "label": "of the whole sentence: stays; sentences are mixed only if it is equal",
    "side_text": "the same words as a text: rewritten, or emptied",
    "derived": "made from the text: emptied if the text changes",
    "keep": "stays as it is",
}
FURTHER = [role for role in ROLES if role not in ("tokens", "text", "tags")]


@dataclass(frozen=True)
class Schema:
    """The roles of the columns of a data set; ``print`` shows them as a table.

    Attributes:
        columns: all columns, in order.
        tokens: the column of words, if there is one.
        texts: the columns of text that are augmented; empty if there are words.
        tags: the column of tags.
        names: names of integer tags.
        scheme: the tag scheme; open if only some rows are known.
        per_token: further columns with one value per token.
        spans: columns of offsets.
        heads: columns of heads, each with the number of the first token (1 or 0).
        indexes: columns that hold the index of a token.
        relations: columns of pairs.
        labels: columns with labels of the whole sentence.
        side_texts: columns of text beside the words.
        derived: columns made from the text.
        layers: names of the integer labels of ``per_token`` and ``label`` columns.
        unsigned: those of these columns whose integers cannot be -1.
        open: columns without a value in these rows, which may hold mentions in others.
        unclear: why a column's role is not certain.
        given: settings and shapes that the roles were found by without all rows; else ``None``.
    """

    columns: tuple[str, ...]
    tokens: str | None = None
    texts: tuple[str, ...] = ()
    tags: str | None = None
    names: tuple[str, ...] | None = None
    scheme: TagScheme | None = None
    per_token: tuple[str, ...] = ()
    spans: tuple[SpanColumn, ...] = ()
    heads: tuple[tuple[str, int], ...] = ()
    indexes: tuple[str, ...] = ()
    relations: tuple[Relations, ...] = ()
    labels: tuple[str, ...] = ()
    side_texts: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    layers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unsigned: frozenset[str] = frozenset()
    open: tuple[str, ...] = ()
    unclear: tuple[tuple[str, str], ...] = ()
    given: tuple[ColumnNames, Mapping[str, Shape]] | None = field(
        default=None, compare=False, repr=False
    )

    @property
    def of_words(self) -> tuple[str, ...]:
        """Columns of ``per_token`` that say of a word only what holds for no other: its lemma."""
        return tuple(n for n in self.per_token if n.lower() in USUAL_NAMES["of_word"])

    def check(self) -> Schema:
        """This schema, or an error if the role of a column is not certain.

        Raises:
            ValueError: naming the first such column, and both ways to declare it.
        """
        for name, why in self.unclear:
            raise ValueError(
                f"column {name!r} {why}; say what it is: roles={{{name!r}: ...}} with one of "
                f"{', '.join(FURTHER)}, where 'keep' is for what is no annotation of the words (in "
                "the shell: --role COLUMN=ROLE); a column in another form must be converted first"
            )
        return self

    def rows(self) -> list[tuple[str, str, str]]:
        """For each column its name, its role, and what happens to it."""
        unclear = dict(self.unclear)
        found = []
        for name in self.columns:
            role = self._role(name)
            if name in unclear:
                found.append((name, "?", unclear[name]))
            else:
                found.append((name, role[0], role[1]))
        return found

    def _role(self, name: str) -> tuple[str, str]:
        spans = {column.name: column for column in self.spans}
        if name == self.tokens:
            return "tokens", ROLES["tokens"]
        if name in self.texts:
            return "text", ROLES["text"]
        if name == self.tags:
            return f"tags ({self.scheme or 'open'})", ROLES["tags"]
        if name in spans:
            unit = spans[name].unit
            return f"spans ({unit})", "cover the same words as before"
        for role, names in (
            ("per_token", self.per_token),
            ("heads", [head for head, _ in self.heads]),
            ("token_index", self.indexes),
            ("relations", [relation.name for relation in self.relations]),
            ("label", self.labels),
            ("derived", self.derived),
        ):
            if name in names:
                return role, ROLES[role]
        if name in self.open:
            return "keep", "has no value here; copies with new mentions are left out"
        if name in self.side_texts:
            return "text beside the words", ROLES["side_text"]
        return "keep", ROLES["keep"]

    def __str__(self) -> str:
        rows = [("column", "taken for", "what happens to it"), *self.rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        return "\n".join(f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}" for a, b, c in rows)

    def _repr_html_(self) -> str:
        from html import escape

        cells = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows()
        )
        head = "<tr><th>column</th><th>taken for</th><th>what happens to it</th></tr>"
        return f"<table>{head}{cells}</table>"


def listed(names: Sequence[str]) -> str:
    """Names in quotes, for a message."""
    return ", ".join(map(repr, names)) or "none"


@dataclass(frozen=True)
class Columns:
    """The columns that a check looks at.

    Attributes:
        words: of tokens, or of text.
        is_text: which of the two.
        tags: of tags, or of the label of the whole text.
        aligned: further columns with one value per token.
        spans: columns of offsets.
        counting: columns that point at tokens by number, or may do so, or are made from them.
        labels: of the whole text.
    """

    words: str
    is_text: bool
    tags: str | None
    aligned: tuple[str, ...] = ()
    spans: tuple[SpanColumn, ...] = ()
    counting: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
