"""What several commands share: consoles, errors, reading a source, building an augmenter."""

from __future__ import annotations

import errno
import logging
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasets import Dataset, DatasetDict

    from textaug.core.augmenter import Augmenter


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def readable_errors() -> Iterator[None]:
    """What the user can mend, as one message and exit status 2."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the processes are the parallelism
    logger = logging.getLogger("textaug")
    handler = RichHandler(
        console=stderr_console(), show_time=False, show_path=False, show_level=False
    )
    logger.addHandler(handler)
    logger.propagate = False
    try:
        import datasets

        datasets.disable_progress_bars()
        yield
    except (ValueError, OSError, ModuleNotFoundError, MemoryError) as error:
        stderr_console().print(f"Error: {error or 'out of memory'}", soft_wrap=True)
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in _FULL:
            stderr_console().print(
                "Finished shards stay; the same command goes on where it stopped."
            )
        raise typer.Exit(2) from error
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def stdout_console() -> Console:
    """The console of results."""
    # Nothing from the data is taken for markup, an emoji's name or a link.
    return Console(highlight=False, markup=False, emoji=False)


def stderr_console() -> Console:
    """The console of errors and warnings."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def read_source(
    source: str,
    split: str | None,
    file_format: str | None,
    labels: str | None,
    offsets: str | None,
    config: str | None,
    revision: str | None,
    strict: bool = True,
) -> DatasetDict:
    """The data set that the shell was given, and an error where it lacks the split."""
    from textaug.io.read import read

    data = read(
        source,
        format=file_format,
        split=split or "train",
        labels=labels.split(",") if labels else None,
        offsets=offsets,
        config=config,
        revision=revision,
        strict=strict,
    )
    if split is not None and split not in data:
        raise ValueError(
            f"there is no split {split!r} in {source}; the splits are {', '.join(data)}"
        )
    return data


def format_of(path: Path) -> str:
    """The format that a file name asks for."""
    from textaug.io.write import WRITTEN

    if path.suffix[1:] not in WRITTEN:
        raise ValueError(f"{path}: its name must end in .{', .'.join(WRITTEN)}")
    return path.suffix[1:]


def build_augmenter(
    specs: Sequence[str],
    compose: bool,
    where: Sequence[str],
    tries: int,
    data: DatasetDict,
    split: str,
    seed: int,
    **settings: Any,
) -> Augmenter:
    """The augmenter that the options of the shell describe."""
    from textaug.core.compose import Compose, OneOf
    from textaug.specs import build, build_filter

    train: Dataset = data[split]
    made = [build(spec, train, seed, **settings) for spec in specs]
    augmenter = made[0]
    if len(made) > 1:
        augmenter = (Compose if compose else OneOf)(made, seed=seed, **settings)
    if not where:
        return augmenter
    return augmenter.where(*(build_filter(spec, train) for spec in where), tries=tries)
