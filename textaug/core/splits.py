"""The splits of a data set with the same columns and labels, and errors that name their rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar, cast

from textaug.core.columns import MISSING_LABEL, item_of

Splits = TypeVar("Splits", bound=Mapping[str, Any])

_BATCH_ROW = re.compile(r"row (\d+) of this batch")


def same_features(
    splits: Splits, first: str | None = None, optional: Collection[str] = ()
) -> Splits:
    """The splits with the same columns in the same order, and the same class labels.

    Labels are matched by name, never by number: each split's numbers are rewritten for the names
    of all splits together, those of the split ``first`` at the beginning and unchanged.

    Args:
        splits: a ``DatasetDict`` or ``IterableDatasetDict``. A stream whose features are not known
            is left as it is.
        first: the split that the others follow; default: the first one.
        optional: columns that a split may lack.

    Raises:
        ValueError: if a column is missing from a split or has another type there, naming both.

    >>> from datasets import ClassLabel, Dataset, DatasetDict, Features
    >>> one = Dataset.from_dict({"label": [0]}, Features(label=ClassLabel(names=["good", "bad"])))
    >>> two = Dataset.from_dict({"label": [0]}, Features(label=ClassLabel(names=["bad", "fair"])))
    >>> same = same_features(DatasetDict(train=one, test=two))
    >>> same["test"].features["label"].names, same["test"]["label"][:]
    (['good', 'bad', 'fair'], [1])
    """
    first = first or next(iter(splits))
    known = {
        name: splits[name].features
        for name in dict.fromkeys([first, *splits])
        if splits[name].features is not None
    }
    unified: dict[str, Any] = {}
    for column in dict.fromkeys(column for features in known.values() for column in features):
        having = [name for name in known if column in known[name]]
        if len(having) < len(known) and column not in optional:
            lacking = next(name for name in known if name not in having)
            raise ValueError(
                f"split {having[0]!r} has a column {column!r}, which split {lacking!r} lacks; "
                "add it there, or remove it with remove_columns"
            )
        for name in having:
            feature = known[name][column]
            try:
                unified[column] = _common(unified.get(column, feature), feature)
            except TypeError:
                raise ValueError(
                    f"column {column!r} is {feature!r} in split {name!r} and {unified[column]!r} "
                    f"in split {having[0]!r}; cast one with cast_column"
                ) from None
    kind: Any = type(splits)
    same = {name: _with(data, unified) if name in known else data for name, data in splits.items()}
    return cast("Splits", kind(same))


def name_rows(message: str, split: str | None, start: int) -> str:
    """The message of an error with the row of the split in place of the row of a batch."""
    of_split = f" of split {split!r}" if split else " of the data set"
    return _BATCH_ROW.sub(
        lambda found: f"row {start + int(found[1])}{of_split} (the first is row 0)", message
    )


def _with(data: Any, unified: Mapping[str, Any]) -> Any:
    """The data set with these features, labels matched by name."""
    from datasets import Features

    own = data.features
    wanted = Features({column: unified[column] for column in unified if column in own})
    if getattr(data, "num_rows", None) == 0:  # `map` and `cast` leave it as it is
        return type(data).from_dict({name: [] for name in wanted}, wanted, split=data.split)
    if list(own) != list(wanted):
        data = data.select_columns(list(wanted))
    renumbered = [column for column in wanted if _converter(own[column], wanted[column])]
    if renumbered:
        convert = partial(_renumber, old={name: own[name] for name in renumbered}, new=wanted)
        features = Features(
            {name: wanted[name] if name in renumbered else own[name] for name in wanted}
        )
        data = data.map(convert, batched=True, features=features)
    return data if data.features == wanted else data.cast(wanted)


def _renumber(rows: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    output = {}
    for name in old:
        convert = _converter(old[name], new[name])
        assert convert is not None
        output[name] = [value if value is None else convert(value) for value in rows[name]]
    return output


def _converter(old: Any, new: Any) -> Callable[[Any], Any] | None:
    """A function for the values of a feature; ``None`` if all numbers stay."""
    if hasattr(old, "names"):
        numbers = {i: new.names.index(name) for i, name in enumerate(old.names)}
        numbers[MISSING_LABEL] = MISSING_LABEL
        return None if all(i == n for i, n in numbers.items()) else numbers.__getitem__
    if isinstance(old, Mapping):
        inner = {key: convert for key in old if (convert := _converter(old[key], new[key]))}
        if not inner:
            return None
        return lambda value: {
            key: inner[key](item) if key in inner and item is not None else item
            for key, item in value.items()
        }
    old_item, new_item = item_of(old), item_of(new)
    convert = _converter(old_item, new_item) if old_item is not None else None
    if convert is None:
        return None
    return lambda values: [value if value is None else convert(value) for value in values]


def _common(a: Any, b: Any) -> Any:
    """A feature that holds the values of both.

    Raises:
        TypeError: if there is none.
    """
    from datasets import ClassLabel

    if a == b:
        return a
    if hasattr(a, "names") and hasattr(b, "names"):
        return ClassLabel(names=list(dict.fromkeys([*a.names, *b.names])))
    if isinstance(a, Mapping) and isinstance(b, Mapping) and set(a) == set(b):
        return {key: _common(a[key], b[key]) for key in a}
    item_a, item_b = item_of(a), item_of(b)
    if item_a is not None and item_b is not None:
        item = _common(item_a, item_b)
        return [item] if isinstance(a, list) else replace(a, feature=item)
    for one, other in ((a, b), (b, a)):
        if getattr(one, "dtype", None) == "null":  # no row of the split has a value
            return other
    raise TypeError
