"""What each column of a data set is: decided once, in one place, and asked by everything else.

A column's role comes from what the user says, from its feature and its name and, where these leave
it open and the whole data set is at hand, from its rows. The length or content of a single row
never decides. What looks like an annotation and has no certain role is an error that names the
column and says how to declare it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textaug.core import shapes, tag_schemes
from textaug.core.columns import CONTEXT, TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS, ColumnNames
from textaug.core.shapes import Shape
from textaug.core.span_columns import CHARACTERS, TOKENS, SpanColumn
from textaug.core.tag_schemes import TagScheme
from textaug.core.usual_names import USUAL_NAMES

# What a user may say that a column is, and what then happens to it.
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
    "label": "of the whole sentence: stays; sentences are mixed only where it is equal",
    "derived": "made from the text: emptied where the text changes",
    "keep": "stays as it is",
}
_POINTER = re.compile(r"(?:.*_)?(?:start|end|begin|stop|offset|index|idx|position|span)")
_HEAD_KEYS = (("head", "tail"), ("subject", "object"), ("from_id", "to_id"), ("from", "to"),
              ("arg1", "arg2"), ("h", "t"), ("head_id", "tail_id"), ("source", "target"),
              )  # fmt: skip
FEW_LENGTHS = 3  # different lengths that must agree before rows say that a column is per token
MOST_ROWS = 10_000  # that are read to tell a scheme

# All values of a column, as plain Python; ``None`` where only some rows are at hand.
Rows = Callable[[str], Iterable[Any]]


@dataclass(frozen=True)
class Relations:
    """A column of pairs that point at spans or tokens.

    Attributes:
        name: the column.
        keys: of the two ends.
        unit: ``"entries"`` of a spans column (by number), ``"ids"`` of these, or ``"tokens"``.
    """

    name: str
    keys: tuple[str, str]
    unit: str


@dataclass(frozen=True)
class Schema:
    """The roles of the columns of a data set; ``print`` shows them as a table.

    Attributes:
        columns: all columns, in order.
        tokens: the column of words, if there is one.
        texts: the columns of text that are augmented, if there are no words.
        tags: the column of tags.
        names: names of integer tags.
        scheme: the tag scheme; open where only some rows are known.
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
        unclear: why a column's role is not certain.
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
    unclear: tuple[tuple[str, str], ...] = ()

    def check(self) -> Schema:
        """This schema, or an error where the role of a column is not certain.

        Raises:
            ValueError: naming the first such column, and both ways to declare it.
        """
        for name, why in self.unclear:
            fitting = "per_token" if self.tokens else "spans"
            raise ValueError(
                f"column {name!r} {why}; say what it is: roles={{{name!r}: {fitting!r}}} (choose "
                f"from {', '.join(ROLES)}), or roles={{{name!r}: 'keep'}} if it is not an "
                "annotation of the words (in the shell: --role COLUMN=ROLE)"
            )
        return self

    def rows(self) -> list[tuple[str, str, str]]:
        """Column, what it is taken for, and what happens to it."""
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
        if name in self.side_texts:
            return "text beside the words", "written anew, or emptied"
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


def make_schema(
    columns: Sequence[str],
    given: ColumnNames,
    shape_of: Mapping[str, Shape],
    rows: Rows | None = None,
) -> Schema:
    """The schema of some columns.

    Args:
        columns: their names.
        given: what the user says about them.
        shape_of: the shape of each.
        rows: all values of a column, where the whole data set is at hand.

    Raises:
        ValueError: if no column, or more than one, can hold the words; if a named one is missing.

    >>> shape_of = {"text": Shape("string"), "label": Shape("int")}
    >>> print(make_schema(["text", "label"], ColumnNames(), shape_of))
    column  taken for  what happens to it
    text    text       the text, which is augmented
    label   label      of the whole sentence: stays; sentences are mixed only where it is equal
    """
    maker = _Maker(tuple(columns), given, shape_of, rows)
    maker.find_words()
    maker.find_tags()
    for name in columns:
        maker.classify(name)
    return maker.finished()


@dataclass
class _Maker:
    """A schema in the making."""

    columns: tuple[str, ...]
    given: ColumnNames
    shape_of: Mapping[str, Shape]
    rows: Rows | None
    tokens: str | None = None
    texts: tuple[str, ...] = ()
    tags: str | None = None
    names: tuple[str, ...] | None = None
    found: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.roles = dict(self.given.roles)
        given = self.given
        named = (given.tokens, given.tags, *(given.text or ()), *(given.aligned or ()))
        for name in (*named, *(given.spans or ()), *self.roles):
            if name is not None and name not in self.columns:
                raise ValueError(
                    f"there is no column {name!r}; the columns are {listed(self.columns)}"
                )
        for name, role in self.roles.items():
            if role not in ROLES:
                raise ValueError(
                    f"roles={{{name!r}: {role!r}}}: there is no such role; choose from "
                    f"{', '.join(ROLES)}"
                )

    def shape(self, name: str) -> Shape:
        return self.shape_of.get(name, shapes.UNKNOWN)

    def add(self, what: str, value: Any) -> None:
        self.found.setdefault(what, []).append(value)

    def _with_role(self, role: str) -> list[str]:
        return [name for name, said in self.roles.items() if said == role]

    # Words and tags

    def find_words(self) -> None:
        given = self.given
        if given.text and (given.tokens or given.tags):
            raise ValueError("text_column= goes with neither tokens_column= nor tags_column=")
        self.tokens = given.tokens or next(iter(self._with_role("tokens")), None)
        self.texts = given.text or tuple(self._with_role("text"))
        if self.tokens is not None or self.texts:
            return
        free = [name for name in self.columns if name not in self.roles]
        words = [n for n in TOKEN_COLUMNS if n in free and self.shape(n).kind != "string"]
        texts = [n for n in TEXT_COLUMNS if n in free and self.shape(n).kind != "list"]
        if "answers" in free and CONTEXT in free and not words:
            texts = [CONTEXT]
        found = words or texts
        if len(found) != 1:
            problem = f"which of {listed(found)}" if found else "which column"
            raise ValueError(
                f"cannot tell {problem} to augment (columns: {listed(self.columns)}); "
                "pass tokens_column= for words, or text_column= for strings"
            )
        if words:
            self.tokens = words[0]
            return
        if "ner_tags" in free and self.shape("ner_tags").item != "struct":
            raise ValueError(
                f"column 'ner_tags' labels words, but which column holds them? (columns: "
                f"{listed(self.columns)}); pass tokens_column=, or text_column= with "
                "roles={'ner_tags': 'keep'} to leave the tags out"
            )
        self.texts = (texts[0],)

    def find_tags(self) -> None:
        given = self.given
        if self.tokens is None:
            return
        self.tags = given.tags or next(iter(self._with_role("tags")), None)
        if self.tags is None:
            flat = ("string", "int", "class", "unknown", "")
            found = [
                name
                for name in TAG_COLUMNS
                if name in self.columns
                and name not in (*self.roles, *(given.spans or ()), *(given.aligned or ()))
                and self.shape(name).kind in ("list", "unknown")
                and self.shape(name).item in flat
            ]
            if not found:  # no usual name: a column whose labels read like mentions will do
                found = [
                    name
                    for name in self.columns
                    if name not in self.roles
                    and _are_mentions(self._names_of(name))
                    and name != "chunk_tags"
                ]
            if len(found) > 1:
                raise ValueError(
                    f"columns {listed(found)} could all be the tags; pass tags_column="
                )
            self.tags = found[0] if found else None
        if self.tags is not None:
            self.names = self._names_of(self.tags)

    def _names_of(self, name: str) -> tuple[str, ...] | None:
        names = self.given.label_names
        if isinstance(names, Mapping):
            if name in names:
                return tuple(names[name])
        elif names is not None and name == self.tags:
            return tuple(names)
        shape = self.shape(name)
        return shape.names or (shape.inner.names if shape.inner is not None else ()) or None

    def _scheme(self) -> TagScheme | None:
        """The scheme of the tags, as far as names and rows tell."""
        if self.tags is None:
            return None
        names = self.names
        rows: Iterable[Any] | None = None
        if names is None and self.rows is not None and self.shape(self.tags).item == "string":
            kept = [row for row in self.rows(self.tags) if row]
            names = tuple(sorted({tag for row in kept for tag in row if tag is not None} | {"O"}))
            rows = kept
        if self.given.scheme is not None:
            return tag_schemes.scheme_named(self.given.scheme, names or ())
        if names is None:
            return None
        group = tag_schemes.family(names)
        if group == "plain" and self.names != ("O",):
            self._check_plain(names)
            return TagScheme("plain")
        spelling = tag_schemes.spelling_of(names) or tag_schemes.Spelling()
        if all(name in ("O", "o") for name in names):
            return None
        if group not in ("IOB", "IOE"):
            return TagScheme("IOBES", spelling)
        if self.rows is None:
            return TagScheme(group, spelling)
        rows = self.rows(self.tags) if rows is None else rows
        return TagScheme(_unanimous(rows, names, group), spelling)

    def _check_plain(self, names: Sequence[str]) -> None:
        """Labels without letters are parts of speech or types of mentions: which, must be sure."""
        assert self.tags is not None
        known = any(set(names) - {"O"} <= known for known in tag_schemes.PARTS_OF_SPEECH)
        said = self.given.tags == self.tags and not {"O", "o"} & set(names)
        if known or said or not {"O", "o"} & set(names):
            return
        shown = [name for name in names if name not in ("O", "o")]
        raise ValueError(
            f"column {self.tags!r}: its labels ({listed(shown[:4])}, …) have no letter of a tag "
            "scheme, so they may be types of mentions or labels of single words; pass scheme='IO' "
            "or scheme='plain'"
        )

    # Every other column

    def classify(self, name: str) -> None:
        given = self.given
        if name in (self.tokens, self.tags, *self.texts):
            return
        if name in self.roles:
            self._as(name, self.roles[name])
        elif given.spans is not None and name in given.spans:
            self._as_spans(name, must=True)
        elif given.aligned is not None and name in given.aligned:
            self._as(name, "per_token")
        else:
            self._guessed(name, self.shape(name))

    def _as(self, name: str, role: str) -> None:
        if role in ("spans", "token_spans", "token_spans_inclusive"):
            unit = CHARACTERS if role == "spans" else TOKENS
            self._as_spans(name, True, unit, role == "token_spans_inclusive")
        elif role in ("relations", "relations_between_tokens"):
            self._as_relations(name, "tokens" if role == "relations_between_tokens" else "")
        elif role in ("heads", "heads_0"):
            self.add("heads", (name, 0 if role == "heads_0" else 1))
        elif role == "token_index":
            self.add("indexes", name)
        elif role == "label":
            self.add("labels", name)
        elif role in ("per_token", "derived"):
            self.add(role, name)

    def _guessed(self, name: str, shape: Shape) -> None:
        lower = name.lower()
        if shape.kind == "unknown" or (shape.kind == "list" and shape.item == "unknown"):
            return  # nothing but None and empty lists, in which nothing can move
        if lower in USUAL_NAMES["derived"]:
            self.add("derived", name)
        elif self.tokens and shape.kind == "string" and lower in USUAL_NAMES["side_text"]:
            self.add("side_texts", name)
        elif self._spans_of(name, shape) is not None:
            self._as_spans(name)
        elif self.tokens and lower in USUAL_NAMES["heads"] and shape.item in ("int", "string"):
            self.add("heads", (name, 1))
        elif lower in ("relations", "relation") and shape.item == "struct":
            self._as_relations(name)
        elif shape.kind == "list":
            self._guessed_list(name, shape)
        elif shape.kind == "struct":
            if any(key in USUAL_NAMES["start"] for key, _ in shape.fields) and shape.fields:
                self._open(name, "has offsets in a form that is not known")
        elif shape.kind == "int" and lower not in USUAL_NAMES["id"] and _POINTER.fullmatch(lower):
            self._open(name, "may be the position of a word")
        elif (
            shape.kind in ("class", "bool", "float")
            or lower in USUAL_NAMES["label"]
            or (
                shape.kind == "int"
                and lower not in USUAL_NAMES["id"]
                and not lower.endswith(("id", "_no"))
            )
        ):
            self.add("labels", name)

    def _guessed_list(self, name: str, shape: Shape) -> None:
        lower = name.lower()
        is_tags = lower in USUAL_NAMES["per_token"] or lower.endswith("_tags")
        is_tags = is_tags or _are_mentions(self._names_of(name))
        if self.tokens is not None and self.given.aligned is not None and shape.item != "struct":
            return  # the user has said which columns have one value per token
        if shape.item == "struct":
            if shape.inner and any(key in USUAL_NAMES["start"] for key, _ in shape.inner.fields):
                self._open(name, "has offsets in a form that is not known")
        elif self.tokens is None:
            if is_tags and lower not in USUAL_NAMES["label"] and shape.item != "list":
                self._open(name, "labels words, but no column holds these")
            elif lower in USUAL_NAMES["label"] or shape.item in ("string", "class", "bool"):
                self.add("labels", name)
            elif shape.length == -1 and shape.item in ("int", "float", "list"):
                self._open(name, "holds lists of numbers, which may be offsets")
        elif is_tags:
            self.add("per_token", name)
        elif shape.length != -1 or (lower in USUAL_NAMES["label"] and shape.item != "list"):
            self.add("labels", name)
        elif shape.item != "other":
            verdict = self._per_token_by_rows(name)
            if verdict is None:
                self._open(name, "may hold one value for each word, or something else")
            elif verdict:
                self.add("per_token", name)
            elif shape.item != "list":
                self.add("labels", name)

    def _open(self, name: str, why: str) -> None:
        self.add("unclear", (name, why))

    def _per_token_by_rows(self, name: str) -> bool | None:
        """Whether a column has one value per token, if all rows together tell."""
        if self.rows is None or self.tokens is None:
            return None
        agreed = set()
        for tokens, values in zip(self.rows(self.tokens), self.rows(name), strict=False):
            if tokens is None or values is None:
                continue
            if len(tokens) != len(values):
                return False
            agreed.add(len(tokens))
        return True if len(agreed) >= FEW_LENGTHS else None

    # Spans and what points at them

    def _spans_of(self, name: str, shape: Shape) -> SpanColumn | None:
        """The column as spans, if it has their form."""
        if shape.kind == "struct":
            fields = {k: s.inner for k, s in shape.fields if s.kind == "list" and s.inner}
            form = "dict of lists"
        elif shape.item == "struct" and shape.inner is not None:
            fields, form = dict(shape.inner.fields), "dicts"
        elif shape.item == "list" and name in (*USUAL_NAMES["spans"], *(self.given.spans or ())):
            kind = shape.inner.item if shape.inner else ""
            return SpanColumn(name, "lists") if kind in ("int", "string", "unknown") else None
        else:
            return None
        by_lower = {key.lower(): key for key in fields}
        start = next((by_lower[key] for key in USUAL_NAMES["start"] if key in by_lower), None)
        if start is None:
            return None
        ends = [key for key in USUAL_NAMES["end"] if key in by_lower]
        lengths = [key for key in USUAL_NAMES["length"] if key in by_lower]
        end = by_lower[(ends or lengths)[0]] if ends or lengths else None
        kinds = {key: by_lower[key] for key in by_lower if by_lower[key] not in (start, end)}
        labels = [k for k in USUAL_NAMES["type"] if k in kinds and fields[kinds[k]].kind != "float"]
        label = kinds[labels[0]] if labels else None
        surfaces = [
            key
            for key in USUAL_NAMES["surface"]
            if key in kinds
            and kinds[key] != label
            and fields[kinds[key]].kind in ("string", "unknown")
        ]
        surface = kinds[surfaces[0]] if surfaces else None
        if end is None and surface is None:
            return None
        names = fields[label].names if label is not None else ()
        return SpanColumn(
            name, form, CHARACTERS, start, end, label, surface, not ends and bool(lengths),
            is_required=end is None, names=names or None,
        )  # fmt: skip

    def _as_spans(
        self, name: str, must: bool = False, unit: str | None = None, is_inclusive: bool = False
    ) -> None:
        shape = self.shape(name)
        column = self._spans_of(name, shape)
        if column is None:
            if must and shape.item in ("list", "unknown", ""):
                column = SpanColumn(name, "lists")
            else:
                self._open(
                    name, f"is not a list of spans with one of the keys {USUAL_NAMES['start'][:4]}"
                )
                return
        if unit is not None:
            self.add("spans", replace(column, unit=unit, is_inclusive=is_inclusive))
        elif self.tokens is None:
            self.add("spans", column)
        else:
            self._beside_tokens(name, column)

    def _beside_tokens(self, name: str, column: SpanColumn) -> None:
        """Spans beside words: offsets of tokens or of characters, the end inclusive or not."""
        named_tokens = "token" in column.start
        has_text = any(self.shape(n).kind == "string" and n.lower() in USUAL_NAMES["side_text"]
                       for n in self.columns)  # fmt: skip
        if "char" in column.start and has_text:
            self.add("spans", column)
            return
        if column.form == "lists" and name == "ner":  # GLiNER, DyGIE++
            self.add("spans", replace(column, unit=TOKENS, is_inclusive=True))
            return
        kinds = self._units_by_rows(name, column, has_text and not named_tokens)
        if len(kinds) == 1:
            unit, is_inclusive = kinds.pop()
            self.add("spans", replace(column, unit=unit, is_inclusive=is_inclusive))
            return
        self._open(
            name, "has offsets that may count tokens (the end inclusive or not) or characters"
        )

    def _units_by_rows(
        self, name: str, column: SpanColumn, has_text: bool
    ) -> set[tuple[str, bool]]:
        """Which readings of the offsets all rows together allow."""
        kinds = {(TOKENS, False), (TOKENS, True)} | ({(CHARACTERS, False)} if has_text else set())
        if self.rows is None or self.tokens is None:
            return kinds
        some = False
        for tokens, value in zip(self.rows(self.tokens), self.rows(name), strict=False):
            if tokens is None or value is None:
                continue
            for start, end, _, _ in column.entries(value):
                some = True
                if start == end:
                    kinds -= {(TOKENS, False), (CHARACTERS, False)}
                if end >= len(tokens):
                    kinds.discard((TOKENS, True))
                if end > len(tokens):
                    kinds.discard((TOKENS, False))
        return kinds if some else {(TOKENS, False)}

    def _as_relations(self, name: str, unit: str = "") -> None:
        inner = self.shape(name).inner
        if inner is None or inner.kind == "unknown":
            return  # nothing but empty lists
        fields = dict(inner.fields)
        for keys in _HEAD_KEYS:
            if not set(keys) <= set(fields):
                continue
            kind = fields[keys[0]].kind
            if not unit:
                unit = "ids" if keys[0].endswith("_id") or kind == "string" else "entries"
            if kind in ("int", "string", "unknown"):
                self.add("relations", Relations(name, keys, unit))
                return
        self._open(name, "holds relations in a form that is not known")

    def finished(self) -> Schema:
        found = {key: tuple(values) for key, values in self.found.items()}
        unclear = list(found.pop("unclear", ()))
        spans = found.get("spans", ())
        if len(self.texts) > 1 and spans:
            unclear.append((spans[0].name, f"has offsets, but in which of {listed(self.texts)}?"))
        for relation in found.get("relations", ()):
            if relation.unit != "tokens" and not spans:
                unclear.append((relation.name, "points at spans, but no column holds these"))
        per_token = found.get("per_token", ())
        names = {n: self._names_of(n) for n in (*per_token, *found.get("labels", ()))}
        return Schema(
            self.columns,
            self.tokens,
            self.texts,
            self.tags,
            self.names,
            self._scheme(),
            layers=tuple((name, known) for name, known in names.items() if known),
            unsigned=frozenset(
                n for n in per_token if (self.shape(n).inner or shapes.UNKNOWN).is_unsigned
            ),
            unclear=tuple(unclear),
            **found,
        )


def _are_mentions(names: tuple[str, ...] | None) -> bool:
    return bool(names) and any(tag_schemes.prefixed(name) for name in names or ())


def _unanimous(rows: Iterable[Any], names: tuple[str, ...], group: str) -> str:
    """The scheme in which all rows are; the group's name where they do not say or disagree."""
    said: set[str] = set()
    known = dict(enumerate(names))
    for number, row in enumerate(rows):
        if number >= MOST_ROWS or len(said) > 1:
            break
        tags = [known.get(tag, "O") if isinstance(tag, int) else tag or "O" for tag in row or ()]
        found = tag_schemes.detect(tags, names).name
        if found != group:
            said.add(found)
    return said.pop() if len(said) == 1 else group


def dataset_schema(dataset: Any, given: ColumnNames) -> Schema:
    """The schema of a data set, its rows read where names and features leave a role open."""
    features = dataset.features
    if features is None:  # streaming, not yet known
        return schema_of_rows(next(iter(dataset), {}), given, is_row=True)

    def rows(name: str) -> Iterator[Any]:
        if not hasattr(dataset, "select_columns") or not hasattr(dataset, "num_rows"):
            return
        for batch in dataset.select_columns([name]).with_format(None).iter(1000):
            yield from batch[name]

    shape_of = {name: shapes.of_feature(feature) for name, feature in features.items()}
    at_hand = hasattr(dataset, "num_rows")
    return make_schema(list(features), given, shape_of, rows if at_hand else None)


def schema_of_rows(rows: Mapping[str, Any], given: ColumnNames, is_row: bool) -> Schema:
    """The schema of rows that come without features: only types count, never one row's content."""
    shape_of = {
        name: shapes.of_values([value] if is_row else value) for name, value in rows.items()
    }
    return make_schema(list(rows), given, shape_of)


def listed(names: Sequence[str]) -> str:
    """Names in quotes, for a message."""
    return ", ".join(map(repr, names)) or "none"
