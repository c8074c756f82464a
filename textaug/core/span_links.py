"""Links to spans by their ids, in columns of any form: events, clusters, relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from textaug.core.schema import Schema
from textaug.core.usual_names import USUAL_NAMES


def is_linked(schema: Schema, value: Callable[[str], Any], ids: Iterable[Any]) -> bool:
    """Whether one of some ids of spans stands anywhere in a row.

    ``value`` gives the row's value of a column. Words, their values, and ids of rows do not count.
    """
    words = {schema.tokens, *schema.texts, schema.tags, *schema.per_token, *schema.side_texts}
    texts = {each for each in ids if isinstance(each, str)}
    return bool(texts) and any(
        _holds(value(name), texts)
        for name in schema.columns
        if name not in (*words, *schema.derived) and name.lower() not in USUAL_NAMES["id"]
    )


def _holds(value: Any, ids: Set[str]) -> bool:
    if isinstance(value, Mapping):
        value = (*value, *value.values())
    if isinstance(value, (list, tuple)):
        return any(_holds(each, ids) for each in value)
    return isinstance(value, str) and value in ids
