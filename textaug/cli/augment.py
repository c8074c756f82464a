"""``textaug augment``: augmented copies of a data set, into a folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from textaug.cli.console import (
    build_augmenter,
    read_source,
    readable_errors,
    stderr_console,
    stdout_console,
)
from textaug.cli.options import ColumnOptions, Copies, Method, Reading, Source, Split
from textaug.runs.card import totals, without_folders

NOT_IN_CARD = ("source", "output", "num_proc", "batch_size")  # they do not change the output


def augment(
    ctx: typer.Context,
    source: Source,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="New folder, or that of a run.")
    ],
    method: Method,
    reading: Reading,
    columns: ColumnOptions,
    copies: Copies = 1,
    balanced: Annotated[
        bool,
        typer.Option("--balanced", help="This many for rows with a rare type, fewer for others."),
    ] = False,
    keep_original: Annotated[bool, typer.Option(help="Whether the rows themselves stay.")] = True,
    provenance: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="New column with the augmenter of each row."),
    ] = None,
    split: Split = "train",
    num_proc: Annotated[int, typer.Option(help="Worker processes.")] = 1,
    batch_size: Annotated[int, typer.Option(help="Rows per call of the augmenter.")] = 1000,
    shard_size: Annotated[
        int | None, typer.Option(help="Rows of SOURCE in a shard; default: 1000 or more.")
    ] = None,
    format: Annotated[str, typer.Option(help="Of the output: parquet, jsonl or csv.")] = "parquet",
) -> None:
    """Write SOURCE and augmented copies of it into a folder that load_dataset reads.

    An interrupted run resumes where it stopped when it is started again with the same command.
    """
    with readable_errors():
        from textaug.pipeline.balance import balanced as balance
        from textaug.runs.run import augment as run

        data = read_source(source, split, reading)
        augmenter = build_augmenter(method, data, split, columns, provenance_column=provenance)
        with _progress_bar() as progress:
            shards = run(
                data,
                augmenter,
                output,
                copies=balance(data, copies, columns.tags_column, split) if balanced else copies,
                keep_original=keep_original,
                split=split,
                format=format,
                shard_size=shard_size,
                batch_size=batch_size,
                num_proc=num_proc,
                source=_name(source),
                settings=_settings(method, columns, provenance),
                command=_command(ctx),
                progress=progress,
            )
        before = sum(shard.source_rows for shard in shards.values())
        after = sum(shard.rows for shard in shards.values())
        out = stdout_console()
        out.print(f"{before:,} rows became {after:,}, in {len(shards):,} shards: {output}")
        for reason, n in sorted(totals(shards).items()):
            out.print(f"  {reason}: {n:,}")


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar; gives the function that sets the finished shards and all shards."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), "shards",
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=stderr_console(), transient=True) as progress:
        bar = progress.add_task("Augmenting", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


def _settings(method: Method, columns: ColumnOptions, provenance: str | None) -> dict[str, Any]:
    """The settings that a resumed run must share."""
    filters: dict[str, Any] = {}
    if method.where:
        filters = {"where": [*map(without_folders, method.where)], "tries": method.tries}
    return {
        "with": [*map(without_folders, method.specs)],
        "compose": method.compose,
        **filters,
        "seed": method.seed,
        "provenance": provenance,
        "target": method.target,
        **columns.settings(),
    }


def _command(ctx: typer.Context) -> str:
    """The command of a run for its card, without paths of this machine."""
    words = ["textaug", "augment", _name(ctx.params["source"]), "-o", "DIR"]
    for option in ctx.command.params:
        given = ctx.get_parameter_source(option.name)
        if option.name in NOT_IN_CARD or given is None or given.name == "DEFAULT":
            continue
        value = ctx.params[option.name]
        if isinstance(value, bool):
            words.append(option.opts[0] if value else option.secondary_opts[0])
        else:
            for item in value if isinstance(value, list) else [value]:
                words += [option.opts[0], without_folders(str(item))]
    return shlex.join(words)


def _name(source: str) -> str:
    """A file or folder without the folders that it is in; else the name of a data set."""
    path = Path(source)
    return path.resolve().name if path.exists() else source
