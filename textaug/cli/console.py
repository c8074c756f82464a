"""Shared by the commands: consoles, errors, reading a source, building an augmenter."""

from __future__ import annotations

import errno
import logging
import os
import re
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasets import DatasetDict

    from textaug.cli.options import ColumnOptions, Method, Reading
    from textaug.core.augmenter import Augmenter

INTERRUPTED = 130  # the exit status of a program that was ended by Ctrl-C
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextmanager
def readable_errors() -> Iterator[None]:
    """Show errors that the user can fix as one message, with exit status 2."""
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
        message = _with_options(str(error)) or "out of memory"
        stderr_console().print(f"Error: {message}", soft_wrap=True)
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in DISK_FULL:
            stderr_console().print(
                "Finished shards are kept; the same command resumes where it stopped."
            )
        raise typer.Exit(2) from error
    except KeyboardInterrupt as error:
        stderr_console().print(str(error) or "Stopped.", soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from error
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def _with_options(message: str) -> str:
    """A message with the shell's options in place of Python's arguments.

    >>> _with_options("pass text_column=, scheme='IO' or roles={'a b': 'keep'}")
    "pass --text-column, --scheme IO or --role 'a b=keep'"
    """
    message = re.sub(
        r"roles=\{'([^']+)': '(\w+)'\}", lambda m: f"--role {quote(f'{m[1]}={m[2]}')}", message
    )
    return re.sub(
        r"\b(tokens_column|tags_column|text_column|spans_column|scheme|protect)=(?:'(\w+)')?",
        lambda m: f"--{m[1].replace('_', '-')}{f' {m[2]}' if m[2] else ''}",
        message,
    )


def stdout_console() -> Console:
    """The console of results."""
    # Nothing in the data is interpreted as markup, the name of an emoji or a link.
    return Console(highlight=False, markup=False, emoji=False)


def stderr_console() -> Console:
    """The console of errors and warnings."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def read_source(
    source: str, split: str | None, reading: Reading, strict: bool = True
) -> DatasetDict:
    """The data set of a command, or an error if it lacks the split."""
    from textaug.core.validation import near
    from textaug.io.read import read

    data = read(
        source,
        format=reading.file_format,
        split=split or "train",
        labels=reading.labels.split(",") if reading.labels else None,
        offsets=reading.offsets,
        columns=reading.conll_columns.split(",") if reading.conll_columns else None,
        config=reading.config,
        revision=reading.revision,
        strict=strict,
    )
    if split is not None and split not in data:
        raise ValueError(
            f"there is no split {split!r} in {source}; {near(split, data)}the splits are "
            f"{', '.join(data)}"
        )
    return data


def format_of(path: Path) -> str:
    """The format of a file name."""
    from textaug.io.write import WRITTEN

    if not is_file_name(path):
        raise ValueError(f"{path}: its name must end in .{', .'.join(WRITTEN)}")
    return path.suffix[1:]


def is_file_name(path: Path) -> bool:
    """Whether a path names a file to write, and not a folder."""
    from textaug.io.write import WRITTEN

    return path.suffix[1:] in WRITTEN


def build_augmenter(
    method: Method, data: DatasetDict, split: str, columns: ColumnOptions, **settings: Any
) -> Augmenter:
    """The augmenter of the options, fitted on the split if it needs data."""
    from textaug.augmenters.policy_plan import policy_plan
    from textaug.core.compose import Compose, OneOf
    from textaug.specs import LEARN_FROM_ALL, build, build_filter

    settings |= {"seed": method.seed, "target": method.target, **columns.settings()}
    train = data[split]
    made = [
        build(spec, data if spec.partition(":")[0] in LEARN_FROM_ALL else train, **settings)
        for spec in method.specs
    ]
    if any(
        part.partition(":")[0] == "default"
        for spec in method.specs
        for part in re.split(r"[+|]", spec)
    ):
        plan = policy_plan(train, **columns.settings())
        stderr_console().print(f"default policy: {plan}", soft_wrap=True)
    augmenter = made[0]
    if len(made) > 1:
        augmenter = (Compose if method.compose else OneOf)(made, **settings)
    if not method.where:
        return augmenter
    return augmenter.where(
        *(build_filter(spec, train) for spec in method.where), tries=method.tries
    )
