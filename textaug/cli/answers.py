"""``textaug answers``: the answers of language models that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textaug.cli.console import readable_errors, stdout_console


def answers(
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where they are; default: in HF_HOME.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Delete them.")] = False,
) -> None:
    """Show how many answers of language models are kept, and their size."""
    with readable_errors():
        from textaug.llm.cache import AnswerCache

        cache = AnswerCache(folder)
        size = cache.size() / 1e6
        number = cache.clear() if clear else len(cache)
        done = "deleted" if clear else "kept"
        stdout_console().print(f"{number:,} answers {done} ({size:.1f} MB): {cache.file}")
