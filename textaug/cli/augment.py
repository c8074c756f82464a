"""``textaug augment``: augmented copies of a data set, into a folder."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from textaug.cli.console import (
    build_augmenter,
    read_source,
    readable_errors,
    stderr_console,
    stdout_console,
)
from textaug.cli.options import (
    Compose,
    Config,
    FileFormat,
    Labels,
    Offsets,
    Revision,
    Seed,
    Source,
    Split,
    TagsColumn,
    Target,
    TextColumn,
    TokensColumn,
    Tries,
    Where,
    With,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


# Each command


def augment(
    source: Source,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="New folder, or that of a run.")
    ],
    specs: With,
    compose: Compose = False,
    where: Where = None,
    tries: Tries = 3,
    copies: Annotated[int, typer.Option(help="Copies of each row.")] = 1,
    balanced: Annotated[
        bool, typer.Option("--balanced", help="So many where a type is rare, fewer elsewhere.")
    ] = False,
    seed: Seed = 0,
    keep_original: Annotated[bool, typer.Option(help="Whether the rows themselves stay.")] = True,
    provenance: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Column that says what made a row.")
    ] = None,
    target: Target = "context",
    split: Split = "train",
    num_proc: Annotated[int, typer.Option(help="Worker processes.")] = 1,
    batch_size: Annotated[int, typer.Option(help="Rows handed over at a time.")] = 1000,
    shard_size: Annotated[
        int | None, typer.Option(help="Rows of SOURCE in a shard; default: 1000 or more.")
    ] = None,
    format: Annotated[str, typer.Option(help="Of the output: parquet, jsonl or csv.")] = "parquet",
    file_format: FileFormat = None,
    labels: Labels = None,
    offsets: Offsets = None,
    config: Config = None,
    revision: Revision = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    text_column: TextColumn = None,
) -> None:
    """Write SOURCE and augmented copies of it into a folder that load_dataset reads.

    A run that was cut off goes on where it stopped when it is started again with the same command.
    """
    with readable_errors():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from textaug.pipeline.balance import balanced as balance
        from textaug.runs.card import totals
        from textaug.runs.run import augment as run

        data = read_source(source, split, file_format, labels, offsets, config, revision)
        columns = {
            "target": target,
            "tokens_column": tokens_column,
            "tags_column": tags_column,
            "text_column": text_column or None,
        }
        augmenter = build_augmenter(
            specs,
            compose,
            where or [],
            tries,
            data,
            split,
            seed,
            provenance_column=provenance,
            **columns,
        )
        settings = {
            "with": specs,
            "compose": compose,
            **({"where": where, "tries": tries} if where else {}),
            "seed": seed,
            "provenance": provenance,
            **columns,
        }
        with Progress(
            "{task.description}",
            BarColumn(),
            MofNCompleteColumn(),
            "shards",
            TimeRemainingColumn(),
            console=stderr_console(),
            transient=True,
        ) as progress:
            bar = progress.add_task("Augmenting", total=None)
            made = run(
                data,
                augmenter,
                output,
                copies=balance(data, copies, tags_column, split) if balanced else copies,
                keep_original=keep_original,
                split=split,
                format=format,
                shard_size=shard_size,
                batch_size=batch_size,
                num_proc=num_proc,
                source=Path(source).name,
                settings=settings,
                command=_command(
                    source,
                    specs,
                    {
                        "--compose": compose,
                        "--where": where,
                        "--tries": tries if where else None,
                        "--copies": copies,
                        "--balanced": balanced,
                        "--seed": seed,
                        "--no-keep-original": not keep_original,
                        "--provenance": provenance,
                        "--target": target if target != "context" else None,
                        "--split": split if split != "train" else None,
                        "--format": format if format != "parquet" else None,
                        "--shard-size": shard_size,
                        "--from": file_format,
                        "--labels": labels,
                        "--offsets": offsets,
                        "--config": config,
                        "--revision": revision,
                        "--tokens-column": tokens_column,
                        "--tags-column": tags_column,
                        "--text-column": text_column,
                    },
                ),
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        rows = sum(shard.rows for shard in made.values())
        before = sum(shard.source_rows for shard in made.values())
        out = stdout_console()
        out.print(f"{before:,} rows became {rows:,}, in {len(made):,} shards: {output}")
        for reason, n in sorted(totals(made).items()):
            out.print(f"  {reason}: {n:,}")


def _command(source: str, specs: Sequence[str], options: dict[str, Any]) -> str:
    """The command of a run for its card: no path of this machine, nothing that does not matter."""
    words = ["textaug", "augment", Path(source).name if Path(source).exists() else source]
    words += ["-o", "DIR"]
    for spec in specs:
        words += ["--with", spec]
    for name, value in options.items():
        if value is True:
            words.append(name)
        elif value is not None and value is not False:
            for item in value if isinstance(value, list) else [value]:
                words += [name, str(item)]
    return shlex.join(words)
