"""``textaug``: augment, preview, convert, check, audit and report from a shell.

Errors are one plain message and exit status 2; ``check`` and ``audit`` exit with 1
if they found a problem.
"""

from __future__ import annotations

import signal

import typer

from textaug.cli.answers import answers
from textaug.cli.augment import augment
from textaug.cli.check import check
from textaug.cli.inspect import convert, preview, report
from textaug.cli.options import METHODS, unpacked
from textaug.cli.privacy import audit

app = typer.Typer(
    help="More labelled text, with every label still right.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

for command, epilog in (
    (augment, METHODS),
    (preview, METHODS),
    (convert, None),
    (check, None),
    (audit, None),
    (report, None),
    (answers, None),
):
    app.command(epilog=epilog)(unpacked(command))


def main() -> None:
    """Run the command line."""
    # `kill` ends a run as Ctrl-C does: calls of a language model that are under way are waited for.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()
