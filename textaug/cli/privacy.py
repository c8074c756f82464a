"""``textaug audit``: names left after pseudonymisation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textaug.cli.console import read_source, readable_errors, stdout_console
from textaug.cli.options import ColumnOptions, Reading


def audit(
    original: Annotated[str, typer.Argument(help="The data with its names; see textaug augment.")],
    pseudonymised: Annotated[str, typer.Argument(help="The data after, such as a run's folder.")],
    reading: Reading,
    columns: ColumnOptions,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help="Type of names; default: people; may be given again."),
    ] = None,
    quasi: Annotated[
        list[str] | None,
        typer.Option(
            "--quasi-identifier",
            metavar="COLUMN",
            help="A column that may identify a row together with others; may be given again.",
        ),
    ] = None,
) -> None:
    """Look for names that pseudonymisation left. Exit status 1 if there are any."""
    with readable_errors():
        from textaug.core.columns import ColumnNames
        from textaug.core.markup import printable
        from textaug.evaluation.audit import audit as look

        found = look(
            read_source(original, None, reading),
            read_source(pseudonymised, None, reading),
            types=types,
            quasi_identifiers=quasi or (),
            card=published(pseudonymised),
            columns=ColumnNames.from_settings(columns.settings()),
        )
        out = stdout_console()
        for line in str(found).splitlines():
            out.print(printable(line), soft_wrap=True)
    if found.leaks:
        raise typer.Exit(1)


def published(source: str) -> str:
    """What a folder holds beside the data: its card, and the manifest of a run."""
    files = [Path(source, name) for name in ("README.md", "manifest.json")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
