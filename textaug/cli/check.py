"""``textaug check``: find label faults, and fix those that leave no choice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textaug.cli.console import format_of, read_source, readable_errors, stdout_console
from textaug.cli.options import (
    Config,
    FileFormat,
    Labels,
    Offsets,
    Revision,
    Source,
    TagsColumn,
    TokensColumn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets import Dataset

    from textaug.core.schema import Columns
    from textaug.evaluation.check import Problem


def check(
    source: Source,
    against: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="No row may be in it too; also a split of SOURCE."),
    ] = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a mended copy (.parquet, .jsonl, .csv or .conll) and, beside it, a list of "
            "each change. No label is guessed: the rest stays as it is and is listed too.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="No problem here; may be given again.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows shown of each kind; 0: all.")] = 10,
    split: Annotated[str | None, typer.Option(help="The split to check; default: all.")] = None,
    file_format: FileFormat = None,
    labels: Labels = None,
    offsets: Offsets = None,
    config: Config = None,
    revision: Revision = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    text_column: Annotated[str | None, typer.Option(help="Column of text; default: found.")] = None,
) -> None:
    """Find what is wrong with the labels, by row. Exit status 1 if anything is."""
    with readable_errors():
        from textaug.core.roles import find_columns
        from textaug.evaluation import check as checking
        from textaug.io.errors import SourceError

        reading = (file_format, labels, offsets, config, revision)
        try:
            data = read_source(source, split, *reading, strict=False)
        except SourceError as error:
            if not error.faults:
                raise
            _show_faults(error.faults, limit)
            raise typer.Exit(1) from error
        chosen = {split: data[split]} if split else dict(data)
        if fix is not None and len(chosen) > 1:
            raise ValueError(f"--fix mends one split: give --split ({', '.join(chosen)})")
        if fix is not None:
            format_of(fix)
        others = {}
        if against in data:
            others = {against: data[against]}
            chosen.pop(against, None)
        elif against is not None:
            others = dict(read_source(against, None, *reading, strict=False))
        found = 0
        for name, rows in chosen.items():
            problems = checking.check(
                rows,
                others.values(),
                tokens_column=tokens_column,
                tags_column=tags_column,
                text_column=text_column,
                ignore=ignore or [],
            )
            found += len(problems)
            _show_problems(f"split {name}, " if len(chosen) > 1 else "", problems, limit)
            if fix is not None:
                columns = find_columns(rows, tokens_column, tags_column, text_column)
                _write_fixed(fix, rows, problems, columns)
        total = sum(map(len, chosen.values()))
        if not found:
            stdout_console().print(f"{total:,} rows, nothing found")
    if found:
        raise typer.Exit(1)


def _show_faults(faults: Sequence[tuple[int, str]], limit: int) -> None:
    out = stdout_console()
    for row, text in faults[: limit or None]:
        out.print(f"row {row}: {text}", soft_wrap=True)
    if limit and len(faults) > limit:
        out.print(f"… and {len(faults) - limit:,} more (--limit 0 shows all)")
    out.print(f"{len(faults):,} rows cannot be read; mend them in the file, then check again")


def _show_problems(where: str, problems: Sequence[Problem], limit: int) -> None:
    from textaug.core.markup import printable

    out = stdout_console()
    by_kind: dict[str, list[Problem]] = {}
    for problem in problems:
        by_kind.setdefault(problem.kind, []).append(problem)
    for kind, found in by_kind.items():
        out.print(f"{kind} ({len(found):,})", style="bold")
        for problem in found[: limit or None]:
            line = f"  {where}row {problem.row}: {printable(problem.message)}"
            out.print(line, soft_wrap=True)
        if limit and len(found) > limit:
            out.print(f"  … and {len(found) - limit:,} more (--limit 0 shows all)")
    if problems:
        can = sum(problem.fix is not None for problem in problems)
        rows = len({problem.row for problem in problems})
        out.print(
            f"{where}{len(problems):,} problems in {rows:,} rows; --fix can mend {can:,} of them"
        )


def _write_fixed(path: Path, rows: Dataset, problems: Sequence[Problem], columns: Columns) -> None:
    from io import BytesIO

    from textaug.evaluation.repair import remaining, repaired
    from textaug.io.write import write

    content = BytesIO()
    fixed = repaired(rows, problems, columns)
    write(fixed, content, format_of(path))
    path.write_bytes(content.getbuffer())
    left = remaining(problems)
    changes = [problem for problem in problems if problem.fix is not None]
    listed = path.with_name(path.name + ".changes.jsonl")
    with listed.open("w", encoding="utf-8") as lines:
        for problem in changes:
            assert problem.fix is not None
            line = {"row": problem.row, "kind": problem.kind, "change": problem.fix.text}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        for problem in left:
            line = {"row": problem.row, "kind": problem.kind, "left": problem.message}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    stdout_console().print(
        f"{path}: {len(fixed):,} of {len(rows):,} rows, {len(changes):,} changes; "
        f"{len(left):,} problems are left for a person. All are listed in {listed}",
        soft_wrap=True,
    )
