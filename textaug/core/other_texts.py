"""Columns with another text of the row: the second of a pair, a summary, a question, a query.

What a row says of both is not true of one of them with a sentence of another row, nor with another
name where both have the name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from textaug.core.columns import ColumnNames
from textaug.core.example import Example, Span
from textaug.core.row_evidence import MOST_ROWS, strings_in, words_in
from textaug.core.schema import Schema, listed
from textaug.core.shapes import Shape, of_feature
from textaug.core.suspicion import is_of_row, is_other_text
from textaug.core.usual_names import USUAL_NAMES

_WORDS = 3  # a column under any other name has a text if its values have so many, on average
_SHORTEST = 2  # characters of a name that is looked for

logger = logging.getLogger("textaug")
_warned: set[str] = set()  # the columns that a warning has named


def mixing_problem(
    schema: Schema,
    given: ColumnNames,
    values: Callable[[str], Iterable[Any]],
    by_length: bool = False,
) -> str:
    """Why no row may get words of another one; empty if it may.

    ``values`` gives those of a column. ``by_length``: they are of all rows, and say whether a
    column whose name is not known holds texts.
    """
    if len(schema.texts) > 1:
        return (
            f"columns {listed(schema.texts)} belong together, and each would get words of another "
            "row; take a method that only looks at the text itself"
        )
    # Tags and spans follow their words, whatever another column says.
    follows = schema.tags is not None or bool(schema.spans)
    if follows and (not schema.labels or any(column.is_required for column in schema.spans)):
        return ""
    said = {name for name, _ in given.roles} | {given.provenance}
    others = [
        name
        for name, role, _ in schema.rows()
        if role == "keep" and name not in said and _is_text(name, values, by_length)
    ]
    if not others:
        return ""
    roles = ", ".join(f"{name!r}: 'keep'" for name in others)
    return (
        f"{listed(others)} may be about the text, and would not be with words of another row; if "
        f"not, pass roles={{{roles}}}"
    )


def _is_text(name: str, values: Callable[[str], Iterable[Any]], by_length: bool) -> bool:
    is_named = is_other_text(name)
    if not is_named and (not by_length or is_of_row(name)):
        return False
    texts = [value for value in islice(values(name), MOST_ROWS) if value is not None]
    if not texts or not all(isinstance(text, str) for text in texts):
        return False
    return is_named or sum(len(text.split()) for text in texts) >= _WORDS * len(texts)


def strings_beside(
    schema: Schema,
    given: ColumnNames,
    features: Mapping[str, Any],
    values: Callable[[str], Sequence[Any]],
) -> dict[str, Sequence[Any]]:
    """The columns with strings that stay as they are, unless the user said so of one."""
    said = {name for name, _ in given.roles} | {given.provenance}
    return {
        name: values(name)
        for name, role, _ in schema.rows()
        if role in ("keep", "label")
        and name not in said
        and name.lower() not in USUAL_NAMES["id"]
        and (name not in features or _has_strings(of_feature(features[name])))
        and any(True for _ in strings_in(values(name)))
    }


def stale_string(beside: Mapping[str, Sequence[Any]], row: int, old: Example, new: Example) -> str:
    """Why a copy would contradict its row: a string there has a name that is gone from the text.

    Empty if it would not. A warning names each such column once.

    >>> before = Example(("Ann", "won"), spans=(Span(0, 1, "PER"),))
    >>> after = before._replace(tokens=("Bo", "won"))
    >>> stale_string({"summary": ["Ann was first."]}, 0, before, after)
    "column 'summary' has a name that was replaced"
    >>> stale_string({"summary": ["Someone was first."]}, 0, before, after)
    ''
    """
    if not beside:
        return ""
    left = {_words(new, span) for span in new.spans}
    gone = {words for span in old.spans if (words := _words(old, span)) not in left}
    for name, column in beside.items() if gone else ():
        texts = [f" {' '.join(words_in(text))} " for _, text in strings_in(column[row])]
        if any(
            len(words) >= _SHORTEST and f" {words} " in text for words in gone for text in texts
        ):
            if name not in _warned:
                _warned.add(name)
                logger.warning(
                    "column %r has names of the text: copies in which one was replaced are left "
                    "out; roles={%r: 'keep'} keeps them, with the column as it is", name, name,
                )  # fmt: skip
            return f"column {name!r} has a name that was replaced"
    return ""


def _has_strings(shape: Shape) -> bool:
    inner = [each for _, each in shape.fields] + ([shape.inner] if shape.inner is not None else [])
    return shape.kind == "string" or any(map(_has_strings, inner))


def _words(example: Example, span: Span) -> str:
    return " ".join(words_in(" ".join(example.tokens[span.start : span.end])))
