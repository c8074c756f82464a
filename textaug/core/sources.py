"""The data set of whatever a user passes.

Reading is the task of ``textaug.io``, which this package must not import. ``textaug/__init__.py``
says how it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Loader = Callable[[Any, bool], Any]
_loaders: list[Loader] = []


def set_loader(loader: Loader) -> None:
    """Say how data is loaded: a function of the data and of whether damaged tags are an error."""
    _loaders[:] = [loader]


def data_of(given: Any, strict: bool = True) -> Any:
    """A data set, or a dict of splits, of whatever a user passes; a data set as it is.

    Args:
        given: what :func:`textaug.load` takes.
        strict: whether damaged tags are an error; otherwise they stay strings.

    Raises:
        ValueError: if it cannot be read.
    """
    return given if is_data(given) else _loaders[0](given, strict)


def split_of(given: Any, split: str, strict: bool = True) -> Any:
    """The data set that a user passes, or one split of it; see :func:`data_of`.

    Raises:
        ValueError: if there is no such split, or it cannot be read.
    """
    data = data_of(given, strict)
    if not isinstance(data, Mapping):
        return data
    if split not in data:
        raise ValueError(f"there is no split {split!r}; the splits are {', '.join(data)}")
    return data[split]


def is_data(given: Any) -> bool:
    """Whether this is a data set or a dict of them."""
    from datasets import Dataset, IterableDataset

    classes = (Dataset, IterableDataset)
    if isinstance(given, Mapping):
        return bool(given) and all(isinstance(each, classes) for each in given.values())
    return isinstance(given, classes)
