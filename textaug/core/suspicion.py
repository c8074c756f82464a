"""Whether a column that no rule knows looks like an annotation of the words.

Such a column is an error, which asks the user: kept as it is, it might point at other words.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from textaug.core import tag_schemes
from textaug.core.row_evidence import MOST_ROWS
from textaug.core.shapes import Shape, of_values
from textaug.core.usual_names import PARTS_OF_SPEECH, USUAL_NAMES

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_POSITION = re.compile(
    r"(?:starts?|begins?|ends?|stops?|offsets?|idx|index|indices|indexes|pos|positions?|spans?|char"
    r"|tok|token)+"
)
_ENDS = frozenset({
    "subj", "obj", "subject", "object", "head", "tail", "trigger", "anchor", "antecedent", "parent",
})  # fmt: skip
# Names with one of these are of time, of pages or of counts, not of words in the text.
_ELSEWHERE = frozenset({
    "time", "date", "timestamp", "ts", "sec", "secs", "second", "seconds", "ms", "hour", "minute",
    "day", "week", "month", "year", "page", "line", "chapter", "paragraph", "document", "row", "id",
    "price", "score", "prob", "probability", "count", "num", "total", "length", "len", "size",
})  # fmt: skip
_LIKE_SPANS = re.compile(r"(?:.*_)?(?:spans?|entities|ents|mentions|annotations|offsets)")
_NUMBERS = re.compile(r"\d+(?:[-:,; ]+\d+)*")
_NUMBER_IN_BRACKETS = re.compile(r"[\[{(][^\]})]*\d")
_TREE = re.compile(r"\s*\(\s*\S+\s+\(.*\)\s*\)\s*|T\d+\t\S+ \d+ \d+.*|\d+-\d+(?: \d+-\d+)+", re.S)

POSITION = "may be the position of a word"
SPANS = "may hold offsets, in a form that is not known"
TAGS = "holds tags of words"
TREES = "holds words and their structure in a string"
HEADS = "may hold the number of the head of each word"
PER_WORD = "may hold one value for each word in a string"
REPEATED = "repeats words of the text, which would be stale"


def is_position(name: str) -> bool:
    """Whether a name is that of a position in the text.

    >>> [is_position(name) for name in ("startIdx", "e1_tok", "gender", "start_time", "end")]
    [True, True, False, False, True]
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    if not _ELSEWHERE.isdisjoint(parts):
        return False
    is_border = parts in (["from"], ["to"])
    return is_border or any(part in _ENDS or _POSITION.fullmatch(part) for part in parts)


def is_of_row(name: str) -> bool:
    """Whether a string or an integer is not a label: by its name, it tells rows apart or is a text.

    >>> [is_of_row(name) for name in ("id", "userId", "title", "label_id", "valid", "verdict")]
    [True, True, True, False, False, False]
    """
    parts = [part.lower() for part in _PARTS.findall(name)]
    if name.lower() in (*USUAL_NAMES["id"], *USUAL_NAMES["side_text"]):
        return True
    if not parts or parts[0] in USUAL_NAMES["label"]:
        return False
    return parts[-1] in ("id", "ids", "no") or parts[-1] in USUAL_NAMES["row"]


def is_other_text(name: str) -> bool:
    """Whether a name is that of a second text: a question, a summary, the output of a model.

    >>> [is_other_text(name) for name in ("summary", "model_output", "title")]
    [True, True, False]
    """
    return name.lower().rpartition("_")[2] in USUAL_NAMES["other_text"]


def suspicion(name: str, shape: Shape, values: Iterable[Any] | None) -> str:
    """Why a column looks like an annotation; empty if it does not.

    ``values`` are those of all rows, or ``None`` if only some are known.
    """
    lower = name.lower()
    if shape.kind == "struct" or shape.item == "struct":
        return SPANS if _holds_positions(shape) else ""
    if lower in (*USUAL_NAMES["id"], *USUAL_NAMES["weight"]):
        return ""
    if shape.kind == "int":
        return POSITION if is_position(name) else ""
    if shape.length != -1 and shape.item == "int" and lower not in USUAL_NAMES["label"]:
        return SPANS if shape.length == 2 or is_position(name) else ""
    # Values are read only where they can decide.
    if shape.kind != "string" and not is_position(name):
        return ""
    if "string" not in (shape.kind, shape.item) and shape.kind != "float":
        return ""
    some = None if values is None else [v for v in islice(values, MOST_ROWS) if v is not None]
    if shape.kind == "float":
        # A data frame writes integers with gaps as floats.
        return POSITION if all(float(value).is_integer() for value in some or ()) else ""
    if shape.kind == "string":
        if _LIKE_SPANS.fullmatch(lower):
            found = some is None or any(map(_NUMBER_IN_BRACKETS.search, some))
            return SPANS if found else ""
        if some and is_position(name) and all(map(_NUMBERS.fullmatch, some)):
            return POSITION
        if some and all(map(_TREE.fullmatch, some)):
            return TREES
        if (inner := _parsed(some or ())) is not None:
            return _of_parsed(name, inner)
        return TAGS if some and _are_tags(some) else ""
    return POSITION if some and all(_NUMBERS.fullmatch(i or "") for v in some for i in v) else ""


def types_or_words(names: Iterable[str]) -> str:
    """Why labels without the letters of a scheme are not clear; empty if they label words.

    >>> types_or_words(["O", "LOC"])[:40], types_or_words(["NOUN", "VERB"])
    ("'LOC' have no letter of a tag scheme, so", '')
    """
    found = set(filter(None, names))
    outside = {"O", "o"} & found
    if not outside or any(found - {"O"} <= known for known in PARTS_OF_SPEECH):
        return ""
    shown = ", ".join(map(repr, sorted(found - outside)[:4]))
    return (
        f"{shown} have no letter of a tag scheme, so they may be types of mentions or labels of "
        "single words"
    )


def are_mentions(names: Iterable[str] | None) -> bool:
    """Whether there are tags of mentions among label names."""
    return any(map(tag_schemes.prefixed, names or ()))


def hold_tags(values: Iterable[Any]) -> bool:
    """Whether lists of strings are tags of words."""
    found = {each for value in islice(values, MOST_ROWS) for each in value or ()} - {None}
    return are_mentions(found) and not found.isdisjoint({"O", "o"})


def may_be_open(name: str, shape: Shape, has_tags: bool) -> bool:
    """Whether a column that has no value in these rows may hold mentions in others.

    >>> may_be_open("entities", Shape("list"), has_tags=True)
    True
    >>> may_be_open("comments", Shape("list"), has_tags=True)
    False
    """
    lower = name.lower()
    if shape.kind == "list":
        return not has_tags or lower in (*USUAL_NAMES["spans"], *USUAL_NAMES["relations"])
    # A missing label of the whole text is none of mentions.
    usual = {*USUAL_NAMES["spans"], *USUAL_NAMES["relations"]} - {*USUAL_NAMES["label"]}
    return lower in usual


def _parsed(values: Iterable[str]) -> list[Any] | None:
    """What strings hold if all are lists or objects of JSON or Python; else ``None``."""
    found = []
    for value in filter(str.strip, values):
        if value.strip()[0] + value.strip()[-1] not in ("[]", "{}"):
            return None
        for read in (json.loads, ast.literal_eval):
            try:
                found.append(read(value))
                break
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
        else:
            return None
    return found or None


def _of_parsed(name: str, values: list[Any]) -> str:
    """Why such strings look like an annotation."""
    shape = of_values(values)
    if shape.kind == "list" and shape.item in ("int", "list"):
        return SPANS
    if shape.item == "string" and hold_tags(values):
        return TAGS
    if shape.item == "string" or shape.kind == "string":
        return ""
    return suspicion(name, shape, values)


def _are_tags(values: list[str]) -> bool:
    """Whether strings are tags with blanks or commas between them."""
    some = False
    for value in values:
        parts = value.replace(",", " ").split()
        tags = [part for part in parts if tag_schemes.prefixed(part)]
        if len(parts) < 2 or len(tags) + parts.count("O") < len(parts):
            return False
        some = some or bool(tags)
    return some


def _holds_positions(shape: Shape) -> bool:
    """Whether there are numbers that may be offsets anywhere inside."""
    if shape.kind == "list":
        return shape.inner is not None and _holds_positions(shape.inner)
    for key, inner in shape.fields:
        if key.lower() in (*USUAL_NAMES["identity"], *USUAL_NAMES["id"]):
            continue
        if inner.kind in ("int", "float") and is_position(key):
            return True
        if inner.kind == "list" and key.lower() not in USUAL_NAMES["label"]:
            while inner.kind == "list" and inner.inner is not None:
                inner = inner.inner
            if inner.kind == "int":
                return True
        if inner.kind in ("list", "struct") and _holds_positions(inner):
            return True
    return False
