"""Mentions that are probably labelled wrong, for ``textaug check --errors``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textaug.cli.console import stdout_console
from textaug.cli.options import ColumnOptions

if TYPE_CHECKING:
    from datasets import Dataset


def show_label_errors(
    rows: Dataset,
    columns: ColumnOptions,
    folds: int,
    encoders: list[str] | None,
    limit: int,
    path: Path | None,
    tool: str,
) -> None:
    """Print the surest errors, and write all of them into a file if there is one."""
    from textaug.core.markup import printable
    from textaug.evaluation.label_errors import FORMS, label_errors

    if tool not in FORMS:
        raise ValueError(f"--tool {tool}: choose from {', '.join(FORMS)}")
    found = label_errors(rows, folds=folds, model=encoders or None, **columns.settings())
    out = stdout_console()
    out.print(f"labels that may be wrong ({len(found):,}), the surest first", style="bold")
    for error in found[: limit or None]:
        out.print(f"  row {error.row}: {printable(error.message)}", soft_wrap=True)
    if limit and len(found) > limit:
        out.print(f"  … and {len(found) - limit:,} more (--limit 0 shows all)")
    if path is not None:
        lines = [f"{line}\n" for line in found.json_lines(tool)]
        path.write_text("".join(lines), encoding="utf-8")
        out.print(f"{path}: {len(lines):,} lines", soft_wrap=True)
