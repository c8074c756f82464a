"""``textaug preview``, ``convert`` and ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from textaug.cli.console import (
    build_augmenter,
    format_of,
    read_source,
    readable_errors,
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


def preview(
    source: Source,
    specs: With,
    compose: Compose = False,
    where: Where = None,
    tries: Tries = 3,
    rows: Annotated[int, typer.Option("-n", "--rows", help="How many rows to show.")] = 5,
    copies: Annotated[int, typer.Option(help="Copies of each row.")] = 1,
    seed: Seed = 0,
    target: Target = "context",
    split: Split = "train",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write it as a page.")
    ] = None,
    file_format: FileFormat = None,
    labels: Labels = None,
    offsets: Offsets = None,
    config: Config = None,
    revision: Revision = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    text_column: TextColumn = None,
) -> None:
    """Show some rows before and after: mentions coloured, changes marked."""
    with readable_errors():
        data = read_source(source, split, file_format, labels, offsets, config, revision)
        augmenter = build_augmenter(
            specs,
            compose,
            where or [],
            tries,
            data,
            split,
            seed,
            target=target,
            tokens_column=tokens_column,
            tags_column=tags_column,
            text_column=text_column or None,
        )
        shown = augmenter.preview(data, rows, copies, split)
        stdout_console().print(shown, soft_wrap=True)
        if html is not None:
            head = "<!doctype html><meta charset='utf-8'><title>textaug preview</title>"
            html.write_text(head + shown._repr_html_(), encoding="utf-8")


def convert(
    source: Source,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Its name ends in .parquet, .jsonl, .csv, .conll"
        ),
    ],
    split: Split = "train",
    file_format: FileFormat = None,
    labels: Labels = None,
    offsets: Offsets = None,
    config: Config = None,
    revision: Revision = None,
) -> None:
    """Write a split of SOURCE as one file: a run's folder as CoNLL, a Doccano export as Parquet.

    In CoNLL the column of words comes first, and _ stands for an open label.
    """
    with readable_errors():
        from io import BytesIO

        from textaug.io.write import write

        kind = format_of(output)
        rows = read_source(source, split, file_format, labels, offsets, config, revision)[split]
        content = BytesIO()  # whole or not at all
        write(rows, content, kind)
        output.write_bytes(content.getbuffer())
        stdout_console().print(f"{output}: {len(rows):,} rows", soft_wrap=True)


def report(
    before: Annotated[str, typer.Argument(help="The data set before; see textaug augment.")],
    after: Annotated[str, typer.Argument(help="The data set after, such as the folder of a run.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")] = Path("report.html"),
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Also compare in meaning, by the offline MiniLM.")
    ] = False,
    split: Split = "train",
    file_format: FileFormat = None,
    labels: Labels = None,
    offsets: Offsets = None,
    config: Config = None,
    revision: Revision = None,
    tokens_column: TokensColumn = None,
    tags_column: TagsColumn = None,
    text_column: TextColumn = None,
) -> None:
    """Write one self-contained page about what augmentation did."""
    with readable_errors():
        from textaug.core.columns import ColumnNames
        from textaug.evaluation.report import measure
        from textaug.runs.card import totals
        from textaug.runs.folder import MANIFEST, Shard, read_manifest

        reading = (file_format, labels, offsets, config, revision)
        made: dict[str, Shard] | None = None
        if (Path(after) / MANIFEST).exists():
            _, made = read_manifest(after)
        found = measure(
            read_source(before, split, *reading)[split],
            read_source(after, split, *reading)[split],
            names=(Path(before).name, Path(after).name),
            counts=None if made is None else totals(made),
            columns=ColumnNames(
                tokens_column, tags_column, tuple(text_column) if text_column else None
            ),
            meaning=meaning,
        )
        output.write_text(found.html(), encoding="utf-8")
        stdout_console().print(
            f"{output}: {found.before.rows:,} rows before, {found.after.rows:,} after"
        )
