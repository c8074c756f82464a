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
from textaug.cli.options import ColumnOptions, Copies, Encoders, Method, Reading, Source, Split
from textaug.cli.privacy import published


def preview(
    source: Source,
    method: Method,
    reading: Reading,
    columns: ColumnOptions,
    rows: Annotated[int, typer.Option("-n", "--rows", help="Number of rows to show.")] = 5,
    copies: Copies = 1,
    split: Split = "train",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write it as a page.")
    ] = None,
) -> None:
    """Show some rows before and after: mentions coloured, changes marked."""
    with readable_errors():
        from textaug.core.markup import printable

        data = read_source(source, split, reading)
        augmenter = build_augmenter(method, data, split, columns)
        out = stdout_console()
        out.print(
            "\n".join(map(printable, str(augmenter.schema(data, split)).splitlines())),
            soft_wrap=True,
        )
        out.print()
        shown = augmenter.preview(data, rows, copies, split)
        out.print(shown, soft_wrap=True)
        if html is not None:
            head = "<!doctype html><meta charset='utf-8'><title>textaug preview</title>"
            html.write_text(head + shown._repr_html_(), encoding="utf-8")


def convert(
    source: Source,
    reading: Reading,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Its name ends in .parquet, .jsonl, .csv, .conll"
        ),
    ],
    split: Split = "train",
) -> None:
    """Write a split of SOURCE as one file: a run's folder as CoNLL, a Doccano export as Parquet.

    In CoNLL the column of tokens comes first, and _ is a missing label.
    """
    with readable_errors():
        from io import BytesIO

        from textaug.io.write import check_format, write

        format = format_of(output)
        rows = read_source(source, split, reading)[split]
        check_format(rows.features, format)
        content = BytesIO()  # the file is written completely or not at all
        write(rows, content, format)
        output.write_bytes(content.getbuffer())
        stdout_console().print(f"{output}: {len(rows):,} rows", soft_wrap=True)


def report(
    before: Annotated[str, typer.Argument(help="The data set before; see textaug augment.")],
    after: Annotated[str, typer.Argument(help="The data set after, such as the folder of a run.")],
    reading: Reading,
    columns: ColumnOptions,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE")] = Path("report.html"),
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Also compare the meaning, with the offline MiniLM.")
    ] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Also look for names left by pseudonymisation.")
    ] = False,
    errors: Annotated[
        bool, typer.Option("--errors", help="Also look for labels of BEFORE that may be wrong.")
    ] = False,
    encoders: Encoders = None,
    split: Split = "train",
) -> None:
    """Write one self-contained page that compares the data before and after."""
    with readable_errors():
        from textaug.core.columns import ColumnNames
        from textaug.evaluation.report import measure
        from textaug.runs.card import totals
        from textaug.runs.folder import MANIFEST, read_manifest

        counts = None
        if (Path(after) / MANIFEST).exists():
            counts = totals(read_manifest(after)[1])
        old = read_source(before, split, reading)[split]
        new = read_source(after, split, reading)[split]
        sections = []
        if audit:
            from textaug.evaluation.audit import audit as look

            sections.append(look(old, new, card=published(after)).section())
        if errors:
            from textaug.evaluation.label_errors import label_errors

            found_errors = label_errors(old, model=encoders or None, **columns.settings())
            sections.append(found_errors.section())
        found = measure(
            old,
            new,
            names=(Path(before).name, Path(after).name),
            counts=counts,
            columns=ColumnNames.from_settings(columns.settings()),
            meaning=meaning,
            sections=sections,
        )
        output.write_text(found.html(), encoding="utf-8")
        stdout_console().print(
            f"{output}: {found.before.rows:,} rows before, {found.after.rows:,} after"
        )
