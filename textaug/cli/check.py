"""``textaug check``: find faults in labels, and make the certain fixes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from textaug.cli.console import format_of, read_source, readable_errors, stdout_console
from textaug.cli.errors import show_label_errors
from textaug.cli.options import ColumnOptions, Encoders, Reading, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasets import Dataset, DatasetDict

    from textaug.core.schema import Columns
    from textaug.evaluation.problems import Problem


def check(
    source: Source,
    reading: Reading,
    columns: ColumnOptions,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE", help="Data, or a split of SOURCE, that must not share a row with it."
        ),
    ] = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a corrected copy (.parquet, .jsonl, .csv or .conll) and, next to it, a "
            "list of the changes. No label is guessed: other problems stay and are listed too.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="A kind of problem to leave out; may be given again."),
    ] = None,
    errors: Annotated[
        bool,
        typer.Option(
            "--errors",
            help="Also look for mentions that are probably labelled wrong, by taggers trained on "
            "other rows. They take no part in --fix and in the exit status.",
        ),
    ] = False,
    errors_to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write these as JSON Lines; implies --errors."),
    ] = None,
    tool: Annotated[
        str, typer.Option(help="Form of that file: plain, doccano, label-studio or argilla.")
    ] = "plain",
    folds: Annotated[int, typer.Option(help="Taggers trained for --errors.")] = 5,
    encoders: Encoders = None,
    limit: Annotated[int, typer.Option(help="Rows shown of each kind; 0: all.")] = 10,
    split: Annotated[str | None, typer.Option(help="The split to check; default: all.")] = None,
) -> None:
    """Find faults in the labels, by row. Exit status 1 if there are any.

    A name that has another type in other rows is shown too, but may be right (a town and its club)
    and does not count.
    """
    with readable_errors():
        from textaug.core.columns import JUDGED, LABEL_SOURCE
        from textaug.core.finding import find_columns
        from textaug.evaluation.check import check as find_problems
        from textaug.evaluation.problems import HINTS

        data = _read_or_show_faults(source, split, reading, limit)
        chosen = {split: data[split]} if split else dict(data)
        if errors_to is not None and len(chosen) > 1:
            raise ValueError(f"--errors-to writes one split: give --split ({', '.join(chosen)})")
        if fix is not None and len(chosen) > 1:
            raise ValueError(f"--fix corrects one split: give --split ({', '.join(chosen)})")
        if fix is not None:
            format_of(fix)
        if against in data:
            others = [data[against]]
            chosen.pop(against, None)
        else:
            others = _splits_of(against, reading)
        text_column = columns.text_column[0] if columns.text_column else None
        names = (columns.tokens_column, columns.tags_column, text_column)
        found = hints = 0
        for name, rows in chosen.items():
            problems = find_problems(
                rows,
                others,
                tokens_column=columns.tokens_column,
                tags_column=columns.tags_column,
                text_column=text_column,
                ignore=ignore or [],
            )
            found += sum(problem.kind not in HINTS for problem in problems)
            hints += sum(problem.kind in HINTS for problem in problems)
            judged = rows[LABEL_SOURCE][:].count(JUDGED) if LABEL_SOURCE in rows.features else 0
            if judged:
                by = f"{judged:,} of {len(rows):,} rows were labelled by self-training"
                stdout_console().print(f"{by}, which may be wrong")
            _show_problems(f"split {name}, " if len(chosen) > 1 else "", problems, limit)
            if errors or errors_to is not None:
                show_label_errors(rows, columns, folds, encoders, limit, errors_to, tool)
            if fix is not None:
                _write_fixed(fix, rows, problems, find_columns(rows, *names))
        if not found:
            total = sum(map(len, chosen.values()))
            passed = f"{total:,} rows, " + ("no faults" if hints else "nothing found")
            may_be = f"; {hints:,} mentions to look at, which may be right" if hints else ""
            stdout_console().print(passed + may_be)
    if found:
        raise typer.Exit(1)


def _read_or_show_faults(
    source: str, split: str | None, reading: Reading, limit: int
) -> DatasetDict:
    from textaug.io.errors import SourceError

    try:
        return read_source(source, split, reading, strict=False)
    except SourceError as error:
        if not error.faults:
            raise
        _show_faults(error.faults, limit)
        raise typer.Exit(1) from error


def _splits_of(source: str | None, reading: Reading) -> list[Dataset]:
    return [] if source is None else [*read_source(source, None, reading, strict=False).values()]


def _show_faults(faults: Sequence[tuple[int, str]], limit: int) -> None:
    out = stdout_console()
    for row, text in faults[: limit or None]:
        out.print(f"row {row}: {text}", soft_wrap=True)
    _show_rest(len(faults), limit)
    out.print(f"{len(faults):,} rows cannot be read; fix them in the file, then check again")


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
        _show_rest(len(found), limit, indent="  ")
    if problems:
        certain = sum(problem.fix is not None for problem in problems)
        rows = len({problem.row for problem in problems})
        summary = f"{where}{len(problems):,} problems in {rows:,} rows"
        out.print(f"{summary}; --fix corrects {certain:,} of them")


def _show_rest(found: int, limit: int, indent: str = "") -> None:
    if limit and found > limit:
        stdout_console().print(f"{indent}… and {found - limit:,} more (--limit 0 shows all)")


def _write_fixed(path: Path, rows: Dataset, problems: Sequence[Problem], columns: Columns) -> None:
    from io import BytesIO

    from textaug.evaluation.repair import remaining, repaired
    from textaug.io.write import check_format, write

    content = BytesIO()
    fixed = repaired(rows, problems, columns)
    check_format(fixed.features, format_of(path))
    write(fixed, content, format_of(path))
    path.write_bytes(content.getbuffer())
    left = remaining(problems)
    changes = [(problem, problem.fix.text) for problem in problems if problem.fix is not None]
    lines = [{"row": p.row, "kind": p.kind, "change": change} for p, change in changes]
    lines += [{"row": p.row, "kind": p.kind, "left": p.message} for p in left]
    listed = path.with_name(path.name + ".changes.jsonl")
    listed.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    stdout_console().print(
        f"{path}: {len(fixed):,} of {len(rows):,} rows, {len(changes):,} changes; "
        f"{len(left):,} problems are left for a person. All are listed in {listed}",
        soft_wrap=True,
    )
