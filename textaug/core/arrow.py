"""Columns of Arrow tables, numpy arrays and tensors as plain Python values."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, pairwise
from typing import Any

FEW_ROWS = 16  # fewer rows are read one by one


def column_from_arrow(column: Any) -> tuple[list[Any], list[str] | None]:
    """A column of an Arrow table as ``to_pylist`` gives it, but equal words are one string.

    One string per distinct word is faster to create, check and look up than one per occurrence.
    For a column of words, the distinct words are returned too.
    """
    from pyarrow import types

    is_words = types.is_list(column.type) and types.is_string(column.type.value_type)
    flat = [chunk.flatten() for chunk in column.chunks] if is_words else []
    missing = column.null_count or any(values.null_count for values in flat)
    if not is_words or missing or len(column) < FEW_ROWS:
        values = column.to_pylist()
        if "arrow.json" in str(column.type):
            values = [_from_json(value, column.type) for value in values]
        return values, None
    rows: list[Any] = []
    seen: list[str] = []
    for chunk, values in zip(column.chunks, flat, strict=True):
        encoded = values.dictionary_encode()
        words = encoded.dictionary.to_numpy(zero_copy_only=False)
        found = words[encoded.indices.to_numpy()].tolist()
        ends = chunk.offsets.to_numpy() - chunk.offsets[0].as_py()
        rows += [found[start:end] for start, end in pairwise(ends.tolist())]
        seen += words.tolist()
    return rows, seen


def _from_json(value: Any, kind: Any) -> Any:
    """A value of an Arrow type in which parts are JSON, which Arrow itself gives as strings."""
    from pyarrow import types

    if value is None:
        return None
    if types.is_struct(kind):
        return {field.name: _from_json(value[field.name], field.type) for field in kind}
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return [_from_json(item, kind.value_type) for item in value]
    return json.loads(value) if "arrow.json" in str(kind) else value


@contextmanager
def no_collection() -> Iterator[None]:
    """Switch the garbage collector off inside the block, if it was on.

    Reference counting already frees a batch's objects. The collector is triggered by so many small
    objects, and visits all objects of the process: with a model and a lexicon loaded, that takes
    longer than the augmentation.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def are_words(rows: Sequence[Any], words: list[str] | None) -> bool:
    """Whether all rows are lists of strings, none of them empty or with white space inside.

    ``words`` holds the distinct words, if they are already known.
    """
    if words is None and not all(isinstance(tokens, (list, tuple)) for tokens in rows):
        return False
    try:
        # Splitting one string that has each distinct word is the fastest way to check them all.
        words = words or list(set(chain.from_iterable(rows)))
        return " ".join(words).split() == words
    except TypeError:
        return False


def to_plain(value: Any) -> Any:
    """Numpy arrays and torch tensors as lists, however nested."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) if hasattr(item, "__len__") else _scalar(item) for item in value]
    return value


def _scalar(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
