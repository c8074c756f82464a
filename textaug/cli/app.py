"""``textaug``: augment, preview, convert, check, audit and report from a shell.

Errors are one plain message and exit status 2; ``check`` and ``audit`` exit with 1
if they found a problem.
"""

from __future__ import annotations

import signal
from typing import Annotated

import typer

from textaug.cli.answers import answers
from textaug.cli.augment import augment
from textaug.cli.check import check
from textaug.cli.inspect import convert, preview, report
from textaug.cli.options import TakesMethod, unpacked
from textaug.cli.privacy import audit

app = typer.Typer(
    help="More labelled text, with every label still right.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _show_version(is_asked: bool) -> None:
    if is_asked:
        from textaug import __version__

        typer.echo(f"textaug {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """More labelled text, with every label still right."""


for command in (augment, preview):
    app.command(cls=TakesMethod)(unpacked(command))
for other in (convert, check, audit, report, answers):
    app.command()(unpacked(other))


def main() -> None:
    """Run the command line."""
    # `kill` ends a run as Ctrl-C does: calls of a language model that are under way are waited for.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
