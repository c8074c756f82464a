"""Which role each column has: the rules behind a schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from textaug.core import shapes, tag_schemes
from textaug.core.columns import CONTEXT, TAG_COLUMNS, TEXT_COLUMNS, TOKEN_COLUMNS, ColumnNames
from textaug.core.evidence import Evidence, Rows
from textaug.core.relations import relations_form, settled_relations
from textaug.core.row_evidence import all_differ, possible_units, unanimous_scheme
from textaug.core.schema import ROLES, Schema, listed
from textaug.core.shapes import Shape
from textaug.core.span_columns import CHARACTERS, TOKENS, SpanColumn
from textaug.core.span_forms import span_form
from textaug.core.suspicion import are_mentions, is_of_row, may_be_open, types_or_words
from textaug.core.tag_schemes import TagScheme
from textaug.core.tag_spelling import USUAL, spelling_of
from textaug.core.usual_names import USUAL_NAMES


@dataclass
class RoleFinder:
    """Finds the role of each column, one by one; see ``make_schema``.

    The arguments are those of ``make_schema``.
    """

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
        for name in (*named, *(given.spans or ()), *(n for n, r in given.roles if r != "keep")):
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
        """The shape of a column."""
        return self.shape_of.get(name, shapes.UNKNOWN)

    def add(self, what: str, value: Any) -> None:
        """Add a column to those found for a role."""
        self.found.setdefault(what, []).append(value)

    def _with_role(self, role: str) -> list[str]:
        return [name for name, said in self.roles.items() if said == role]

    # Words and tags

    def find_words(self) -> None:
        """Which column holds words, or text."""
        given = self.given
        if given.text and (given.tokens or given.tags):
            raise ValueError("text_column= cannot be combined with tokens_column= or tags_column=")
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
        """Which column holds the tags of the words."""
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
            if not found:  # no usual name: any column whose labels are tags of mentions
                found = [
                    name
                    for name in self.columns
                    if name not in self.roles
                    and are_mentions(self._names_of(name))
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
        """The scheme of the tags, as far as names and rows decide it."""
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
        spelling = spelling_of(names) or USUAL
        if all(name in ("O", "o") for name in names):
            return None
        if group not in ("IOB", "IOE"):
            return TagScheme("IOBES", spelling)
        if self.rows is None:
            return TagScheme(group, spelling)
        rows = self.rows(self.tags) if rows is None else rows
        return TagScheme(unanimous_scheme(rows, names, group), spelling)

    def _check_plain(self, names: Sequence[str]) -> None:
        """Raise an error if labels without letters might be either of words or of mentions."""
        assert self.tags is not None
        said = self.given.tags == self.tags and not {"O", "o"} & set(names)
        problem = "" if said else types_or_words(names)
        if problem:
            raise ValueError(
                f"column {self.tags!r}: the labels {problem}; pass scheme='IO' or scheme='plain'"
            )

    # Every other column

    def classify(self, name: str) -> None:
        """The role of any other column."""
        given = self.given
        if name in (self.tokens, self.tags, *self.texts, given.provenance):
            return
        if name in self.roles:
            self._as(name, self.roles[name])
        elif given.spans is not None and name in given.spans:
            self._as_spans(name, must=True)
        elif given.aligned is not None and name in given.aligned:
            self._as(name, "per_token")
        else:
            self._classify_by_shape(name, self.shape(name))

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
        elif role == "side_text":
            if self.tokens is None:
                raise ValueError(f"roles={{{name!r}: {role!r}}}: there is no column of words")
            self.add("side_texts", name)

    def _classify_by_shape(self, name: str, shape: Shape) -> None:
        lower = name.lower()
        if not shapes.is_known(shape):  # only None and empty lists: nothing can move
            if may_be_open(name, shape, self.tags is not None):
                self.add("open", name)
        elif lower in USUAL_NAMES["derived"]:
            self.add("derived", name)
        elif self._span_form(name, shape) is not None:
            if not self._is_of_another_text(name):
                self._as_spans(name)
        elif self.tokens and lower in USUAL_NAMES["heads"] and shape.item in ("int", "string"):
            self.add("heads", (name, 1))
        elif lower in USUAL_NAMES["relations"] and shape.item == "struct":
            self._as_relations(name)
        elif self.tokens and shape.kind == "string" and self._evidence.is_their_text(name):
            self.add("side_texts", name)
        elif why := self._evidence.suspicion(name, shape):
            self._unclear(name, why)
        elif shape.kind == "list":
            self._classify_list(name, shape)
        elif lower in USUAL_NAMES["weight"]:
            return
        elif shape.kind in ("struct", "other") and lower not in USUAL_NAMES["label"]:
            return  # of the row; it stays
        elif (
            shape.kind in ("class", "bool", "float")
            or lower in USUAL_NAMES["label"]
            or not (is_of_row(name) or (self.rows is not None and all_differ(self.rows(name))))
        ):
            self.add("labels", name)  # if it only may be one, too: no sentence gets a wrong label

    def _classify_list(self, name: str, shape: Shape) -> None:
        lower = name.lower()
        is_tags = lower in USUAL_NAMES["per_token"] or lower.endswith("_tags")
        is_tags = is_tags or are_mentions(self._names_of(name))
        if shape.item == "struct":
            if lower in USUAL_NAMES["label"]:
                self.add("labels", name)
            return
        if self.tokens is None:
            has_tags = self._evidence.has_tags(name, shape, self._names_of(name))
            if has_tags or (is_tags and lower not in USUAL_NAMES["label"] and shape.item != "list"):
                self._unclear(name, "labels words, but no column holds these")
            elif (
                lower in USUAL_NAMES["label"]
                or shape.item in ("string", "class", "bool")
                or (shape.length != -1 and shape.item == "float")  # how sure each class is
            ):
                self.add("labels", name)
            elif shape.length == -1 and shape.item in ("int", "float", "list"):
                self._unclear(name, "holds lists of numbers, which may be offsets")
        elif is_tags:
            self.add("per_token", name)
        elif shape.length != -1 or (lower in USUAL_NAMES["label"] and shape.item != "list"):
            self.add("labels", name)
        elif shape.item != "other":
            role, why = self._evidence.of_list(name, shape)
            if why:
                self._unclear(name, why)
            else:
                self.add(role, name)

    @property
    def _evidence(self) -> Evidence:
        return Evidence(self.rows, self.tokens, self.texts)

    def _unclear(self, name: str, why: str) -> None:
        self.add("unclear", (name, why))

    # Spans and what points at them

    def _span_form(self, name: str, shape: Shape) -> SpanColumn | None:
        unit = "token" if self.tokens else "char"
        return span_form(name, shape, name in (self.given.spans or ()), unit)

    def _is_of_another_text(self, name: str) -> bool:
        """Whether spans are named after a text that is not augmented, as ``title_spans``."""
        owner = name.rpartition("_")[0]
        follows = owner in self.texts or (self.tokens and owner in USUAL_NAMES["side_text"])
        return not follows and self.shape(owner).kind == "string"

    def _as_spans(
        self, name: str, must: bool = False, unit: str | None = None, is_inclusive: bool = False
    ) -> None:
        shape = self.shape(name)
        if not shapes.is_known(shape):
            return self.add("open", name)
        if (column := self._span_form(name, shape)) is None:
            if not must or shape.item not in ("list", ""):
                keys = USUAL_NAMES["start"][:4]
                self._unclear(name, f"is not a list of spans with one of the keys {keys}")
                return
            column = SpanColumn(name, "lists")
        if unit is not None:
            self.add("spans", replace(column, unit=unit, is_inclusive=is_inclusive))
        elif self.tokens is not None:
            self._beside_tokens(name, column)
        elif "token" in column.start:
            self._unclear(name, "has offsets of tokens, but no column holds these")
        else:
            self.add("spans", column)

    def _beside_tokens(self, name: str, column: SpanColumn) -> None:
        """Spans beside words: offsets of tokens or of characters, the end inclusive or not."""
        has_text = any(self.shape(n).kind == "string" and n.lower() in USUAL_NAMES["side_text"]
                       for n in self.columns)  # fmt: skip
        if "char" in column.start and has_text:
            self.add("spans", column)
            return
        if column.form == "lists" and name == "ner":  # GLiNER, DyGIE++
            self.add("spans", replace(column, unit=TOKENS, is_inclusive=True))
            return
        pairs = None
        if self.rows is not None and self.tokens is not None:
            pairs = zip(self.rows(self.tokens), self.rows(name), strict=False)
        kinds = possible_units(pairs, column, has_text and "token" not in column.start)
        if len(kinds) == 1:
            unit, is_inclusive = kinds.pop()
            self.add("spans", replace(column, unit=unit, is_inclusive=is_inclusive))
            return
        self._unclear(
            name, "has offsets that may count tokens (the end inclusive or not) or characters"
        )

    def _as_relations(self, name: str, unit: str = "") -> None:
        inner = self.shape(name).inner
        if inner is None or inner.kind == "unknown":
            return  # only empty lists
        found = relations_form(name, inner, unit)
        if found is not None:
            self.add("relations", found)
            return
        self._unclear(name, "holds relations in a form that is not known")

    def finished(self, is_sound: bool) -> Schema:
        """The schema; without a scheme unless the tags are sound."""
        found = {key: tuple(values) for key, values in self.found.items()}
        unclear = list(found.pop("unclear", ()))
        spans = found.get("spans", ())
        if len(self.texts) > 1 and spans:
            raise ValueError(
                f"column {spans[0].name!r} has offsets into one text, but {listed(self.texts)} are "
                "augmented; augment that one alone, and the others in a second call with "
                f"roles={{{spans[0].name!r}: 'keep'}}"
            )
        settled = [
            settled_relations(
                each, [span.name for span in spans], self.shape_of, self.rows,
                is_said=each.name in self.roles,
            )
            for each in found.get("relations", ())
        ]  # fmt: skip
        found["relations"] = tuple(each for each, _ in settled)
        unclear += [(each.name, why) for each, why in settled if why]
        asked = [each for each in spans if each.name not in self.roles]
        unclear += [(s.name, why) for s in asked if (why := self._evidence.cut_words(s))]
        per_token = found.get("per_token", ())
        labels = found.get("labels", ())
        names = {n: self._names_of(n) for n in (*per_token, *labels)}
        if self.tags is None and isinstance(self.given.label_names, Sequence):
            if len(labels) > 1:
                problem = f"label_names= is a list, but {listed(labels)} are all labels"
                raise ValueError(f"{problem}; name them by column: label_names={{column: names}}")
            names |= {n: tuple(self.given.label_names) for n in labels}
        return Schema(
            self.columns,
            self.tokens,
            self.texts,
            self.tags,
            self.names,
            self._scheme() if is_sound else None,
            layers=tuple((name, known) for name, known in names.items() if known),
            unsigned=frozenset(
                n for n in per_token if (self.shape(n).inner or shapes.UNKNOWN).is_unsigned
            ),
            unclear=tuple(unclear),
            given=None if self.rows is not None else (self.given, dict(self.shape_of)),
            **found,
        )
