"""Copies of the rows that a tagger is trained on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.reading import read_examples
from textaug.pipeline.expand import expand

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger("textaug")

ROWS_OF_COPIES = 1500  # in the training of one tagger, about


@contextmanager
def silent() -> Iterator[None]:
    """Without textaug's warnings and the bars of ``datasets``."""
    from datasets import (
        are_progress_bars_disabled,
        disable_progress_bars,
        enable_progress_bars,
    )

    level, had_bars = logger.level, not are_progress_bars_disabled()
    logger.setLevel(logging.ERROR)
    disable_progress_bars()
    try:
        yield
    finally:
        logger.setLevel(level)
        if had_bars:
            enable_progress_bars()


def with_copies(
    train: Dataset, augmenter: Callable[..., Augmenter] | None, settings: Settings
) -> list[Example]:
    """The rows and their copies, about 1,500 of them, fewer copies the more rows there are.

    Args:
        train: labelled rows.
        augmenter: makes an augmenter from these rows, which sees no others; ``None``: no copies.
        settings: of the augmenter and the columns.
    """
    if augmenter is not None:
        copies = max(1, min(15, ROWS_OF_COPIES // len(train)))
        with silent():
            train = expand(train, augmenter(train, **settings), copies)
    return [example for example in read_examples(train, "train", settings) if example.tokens]
