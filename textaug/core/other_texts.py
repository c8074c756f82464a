"""Columns with another text of the row: the second of a pair, a summary, a question.

What a row says of both is not true of one of them with a sentence of another row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from textaug.core.columns import ColumnNames
from textaug.core.schema import Schema, listed
from textaug.core.suspicion import is_of_row
from textaug.core.usual_names import USUAL_NAMES

_WORDS = 3  # a column under any other name has a text if its values have so many, on average
_READ = 2_000  # rows


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
    is_named = name.lower().rpartition("_")[2] in USUAL_NAMES["other_text"]
    if not is_named and (not by_length or is_of_row(name)):
        return False
    texts = [value for value in islice(values(name), _READ) if value is not None]
    if not texts or not all(isinstance(text, str) for text in texts):
        return False
    return is_named or sum(len(text.split()) for text in texts) >= _WORDS * len(texts)
