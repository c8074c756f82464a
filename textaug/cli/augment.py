"""``textaug augment``: augmented copies of a data set, into a folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textaug.cli.console import build_augmenter, read_source, readable_errors, stdout_console
from textaug.cli.options import ColumnOptions, Copies, Method, Reading, Source, Split
from textaug.cli.output import Target, rows_done, show_counts, show_plan, stoppable

if TYPE_CHECKING:
    from datasets import DatasetDict

    from textaug.pipeline.balance import Balance
    from textaug.runs.folder import Shard

# They do not change the output.
NOT_IN_CARD = ("source", "output", "num_proc", "batch_size", "dry_run", "push_to_hub")


def augment(
    ctx: typer.Context,
    source: Source,
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR|FILE",
            help="New folder, or that of a run; or a file whose name ends in .parquet, .jsonl, "
            ".csv or .conll, for the augmented split.",
        ),
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
    batch_size: Annotated[int, typer.Option(help="Rows per call of the augmenter.")] = 250,
    shard_size: Annotated[
        int | None, typer.Option(help="Rows of SOURCE in a shard; default: 1000 or more.")
    ] = None,
    format: Annotated[
        str, typer.Option(help="Of the files in a folder: parquet, jsonl or csv.")
    ] = "parquet",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and write nothing.")
    ] = False,
    push_to_hub: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Also put the folder on the hub, as user/name."),
    ] = None,
) -> None:
    """Write SOURCE and augmented copies of it into a folder that load_dataset reads, or a file.

    An interrupted run resumes where it stopped when it is started again with the same command.
    """
    with readable_errors():
        target = Target.of(output, source, format, push_to_hub)
        data = read_source(source, split, reading)
        augmenter = build_augmenter(method, data, split, columns, provenance_column=provenance)
        number = _copies(data, copies, columns, split) if balanced else copies
        if dry_run:
            show_plan(data, augmenter, split, number, keep_original, target)
            return
        with stoppable(target), rows_done() as progress:
            shards = run(
                target.splits(data, split, augmenter),
                augmenter,
                target.folder,
                copies=number,
                keep_original=keep_original,
                split=split,
                format=target.format_in_folder,
                shard_size=shard_size,
                batch_size=batch_size,
                num_proc=num_proc,
                source=_name(source),
                settings=_settings(method, columns, provenance),
                command=_command(ctx),
                progress=progress,
            )
        target.finish(split)
        show_counts(shards, split, output)
        if push_to_hub is not None:
            from textaug.runs.push import push

            stdout_console().print(push(output, push_to_hub), soft_wrap=True)


def run(*arguments: Any, **settings: Any) -> dict[str, Shard]:
    """:func:`textaug.runs.run.augment`, imported when it is needed."""
    from textaug.runs.run import augment as start

    return start(*arguments, **settings)


def _copies(data: DatasetDict, copies: int, columns: ColumnOptions, split: str) -> Balance:
    from textaug.pipeline.balance import balanced as balance

    return balance(data, copies, columns.tags_column, split)


def _settings(method: Method, columns: ColumnOptions, provenance: str | None) -> dict[str, Any]:
    """The settings that a resumed run must share."""
    from textaug.runs.card import without_folders

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
    from textaug.runs.card import without_folders

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
