"""The options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Source = Annotated[
    str,
    typer.Argument(
        help="A CoNLL, JSON, JSON Lines, CSV or Parquet file (also as Doccano, Prodigy, Label "
        "Studio and Argilla export them), a folder, a data set on the hub, or 'builtin'.",
        show_default=False,
    ),
]
With = Annotated[
    list[str],
    typer.Option(
        "--with",
        metavar="NAME[:KEY=VALUE,...]",
        help="default (for names in English), synonyms, noise, masked-lm, back-translation, "
        "mentions, label-wise, shuffle, segments, joining, case, nominals or melm, such as "
        "noise:p=0.05; a+b applies both. Given several times, one is drawn for each copy.",
        show_default=False,
    ),
]
Compose = Annotated[bool, typer.Option("--compose", help="Apply all --with to every copy.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="NAME[:KEY=VALUE,...]",
        help="Keep a copy only if it passes: novelty, unlabelled-names, similarity, perplexity or "
        "teacher, such as novelty:maximum=0.9; may be given again.",
    ),
]
Tries = Annotated[int, typer.Option(help="How often a copy that --where turns down is drawn.")]
Seed = Annotated[int, typer.Option(help="Same seed, same output.")]
Split = Annotated[str, typer.Option(help="The split to work on; what a file's rows are called.")]
FileFormat = Annotated[
    str | None,
    typer.Option("--from", metavar="FORMAT", help="conll, json, csv or parquet; default: by name."),
]
Labels = Annotated[
    str | None, typer.Option(help="Names of integer labels in their order: O,B-PER,I-PER.")
]
Offsets = Annotated[
    str | None, typer.Option(help="What character offsets count: characters or utf-16.")
]
Config = Annotated[str | None, typer.Option(help="Configuration of a data set on the hub.")]
Revision = Annotated[str | None, typer.Option(help="Revision of a data set on the hub.")]
TokensColumn = Annotated[str | None, typer.Option(help="Column of words; default: found.")]
TagsColumn = Annotated[str | None, typer.Option(help="Column of tags; default: found.")]
TextColumn = Annotated[list[str] | None, typer.Option(help="Column of text; may be given again.")]
Target = Annotated[str, typer.Option(help="What may change: context, mentions or all.")]
