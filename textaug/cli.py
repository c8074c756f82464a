"""``textaug``: augment, look, check and report from a shell. Thin over the library.

Errors are one plain message and exit status 2; ``check`` exits with 1 where it found something.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasets import Dataset, DatasetDict

    from textaug.augmenter import Augmenter
    from textaug.check import Columns, Problem

app = typer.Typer(
    help="More labelled text, with every label still right.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

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


def main() -> None:
    """Run the command line."""
    app()


# Each command


@app.command()
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
    with _plain_errors():
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from textaug import shards
        from textaug.balance import balanced as balance

        data = _read(source, split, file_format, labels, offsets, config, revision)
        columns = {
            "target": target,
            "tokens_column": tokens_column,
            "tags_column": tags_column,
            "text_column": text_column or None,
        }
        augmenter = _augmenter(
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
            console=_errors(),
            transient=True,
        ) as progress:
            bar = progress.add_task("Augmenting", total=None)
            made = shards.augment(
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
        out = _out()
        out.print(f"{before:,} rows became {rows:,}, in {len(made):,} shards: {output}")
        for reason, n in sorted(shards.totals(made).items()):
            out.print(f"  {reason}: {n:,}")


@app.command()
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
    with _plain_errors():
        data = _read(source, split, file_format, labels, offsets, config, revision)
        augmenter = _augmenter(
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
        _out().print(shown, soft_wrap=True)
        if html is not None:
            head = "<!doctype html><meta charset='utf-8'><title>textaug preview</title>"
            html.write_text(head + shown._repr_html_(), encoding="utf-8")


@app.command()
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
    with _plain_errors():
        from textaug import check as checking
        from textaug.formats import SourceError

        reading = (file_format, labels, offsets, config, revision)
        try:
            data = _read(source, split, *reading, strict=False)
        except SourceError as error:
            if not error.faults:
                raise
            _show_faults(error.faults, limit)
            raise typer.Exit(1) from error
        chosen = {split: data[split]} if split else dict(data)
        if fix is not None and len(chosen) > 1:
            raise ValueError(f"--fix mends one split: give --split ({', '.join(chosen)})")
        if fix is not None:
            _file_format(fix)
        others = {}
        if against in data:
            others = {against: data[against]}
            chosen.pop(against, None)
        elif against is not None:
            others = dict(_read(against, None, *reading, strict=False))
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
                columns = checking.find_columns(rows, tokens_column, tags_column, text_column)
                _write_fixed(fix, rows, problems, columns)
        total = sum(map(len, chosen.values()))
        if not found:
            _out().print(f"{total:,} rows, nothing found")
    if found:
        raise typer.Exit(1)


def _show_faults(faults: Sequence[tuple[int, str]], limit: int) -> None:
    out = _out()
    for row, text in faults[: limit or None]:
        out.print(f"row {row}: {text}", soft_wrap=True)
    if limit and len(faults) > limit:
        out.print(f"… and {len(faults) - limit:,} more (--limit 0 shows all)")
    out.print(f"{len(faults):,} rows cannot be read; mend them in the file, then check again")


def _show_problems(where: str, problems: Sequence[Problem], limit: int) -> None:
    from textaug.preview import printable

    out = _out()
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
        can = sum(problem.mend is not None for problem in problems)
        rows = len({problem.row for problem in problems})
        out.print(
            f"{where}{len(problems):,} problems in {rows:,} rows; --fix can mend {can:,} of them"
        )


def _write_fixed(path: Path, rows: Dataset, problems: Sequence[Problem], columns: Columns) -> None:
    from io import BytesIO

    from textaug.check import mended, unmended
    from textaug.formats import write

    content = BytesIO()
    fixed = mended(rows, problems, columns)
    write(fixed, content, _file_format(path))
    path.write_bytes(content.getbuffer())
    left = unmended(problems)
    changes = [problem for problem in problems if problem.mend is not None]
    listed = path.with_name(path.name + ".changes.jsonl")
    with listed.open("w", encoding="utf-8") as lines:
        for problem in changes:
            assert problem.mend is not None
            line = {"row": problem.row, "kind": problem.kind, "change": problem.mend.text}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
        for problem in left:
            line = {"row": problem.row, "kind": problem.kind, "left": problem.message}
            lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    _out().print(
        f"{path}: {len(fixed):,} of {len(rows):,} rows, {len(changes):,} changes; "
        f"{len(left):,} problems are left for a person. All are listed in {listed}",
        soft_wrap=True,
    )


@app.command()
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
    with _plain_errors():
        from io import BytesIO

        from textaug.formats import write

        kind = _file_format(output)
        rows = _read(source, split, file_format, labels, offsets, config, revision)[split]
        content = BytesIO()  # whole or not at all
        write(rows, content, kind)
        output.write_bytes(content.getbuffer())
        _out().print(f"{output}: {len(rows):,} rows", soft_wrap=True)


@app.command()
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
    with _plain_errors():
        from textaug import shards
        from textaug.columns import ColumnNames
        from textaug.report import measure

        reading = (file_format, labels, offsets, config, revision)
        made: dict[str, shards.Shard] | None = None
        if (Path(after) / shards.MANIFEST).exists():
            _, made = shards.read_manifest(after)
        found = measure(
            _read(before, split, *reading)[split],
            _read(after, split, *reading)[split],
            names=(Path(before).name, Path(after).name),
            counts=None if made is None else shards.totals(made),
            columns=ColumnNames(
                tokens_column, tags_column, tuple(text_column) if text_column else None
            ),
            meaning=meaning,
        )
        output.write_text(found.html(), encoding="utf-8")
        _out().print(f"{output}: {found.before.rows:,} rows before, {found.after.rows:,} after")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What the user can mend, as one message and exit status 2."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the processes are the parallelism
    logger = logging.getLogger("textaug")
    handler = RichHandler(console=_errors(), show_time=False, show_path=False, show_level=False)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        import datasets

        datasets.disable_progress_bars()
        yield
    except (ValueError, OSError, ModuleNotFoundError, MemoryError) as error:
        _errors().print(f"Error: {error or 'out of memory'}", soft_wrap=True)
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in _FULL:
            _errors().print("Finished shards stay; the same command goes on where it stopped.")
        raise typer.Exit(2) from error
    finally:
        logger.removeHandler(handler)
        logger.propagate = True


def _out() -> Console:
    # Nothing from the data is taken for markup, an emoji's name or a link.
    return Console(highlight=False, markup=False, emoji=False)


def _errors() -> Console:
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def _read(
    source: str,
    split: str | None,
    file_format: str | None,
    labels: str | None,
    offsets: str | None,
    config: str | None,
    revision: str | None,
    strict: bool = True,
) -> DatasetDict:
    from textaug.formats import read

    data = read(
        source,
        format=file_format,
        split=split or "train",
        labels=labels.split(",") if labels else None,
        offsets=offsets,
        config=config,
        revision=revision,
        strict=strict,
    )
    if split is not None and split not in data:
        raise ValueError(
            f"there is no split {split!r} in {source}; the splits are {', '.join(data)}"
        )
    return data


def _file_format(path: Path) -> str:
    from textaug.formats import WRITTEN

    if path.suffix[1:] not in WRITTEN:
        raise ValueError(f"{path}: its name must end in .{', .'.join(WRITTEN)}")
    return path.suffix[1:]


def _augmenter(
    specs: Sequence[str],
    compose: bool,
    where: Sequence[str],
    tries: int,
    data: DatasetDict,
    split: str,
    seed: int,
    **settings: Any,
) -> Augmenter:
    from textaug.compose import Compose, OneOf
    from textaug.specs import build, build_filter

    train: Dataset = data[split]
    made = [build(spec, train, seed, **settings) for spec in specs]
    augmenter = made[0]
    if len(made) > 1:
        augmenter = (Compose if compose else OneOf)(made, seed=seed, **settings)
    if not where:
        return augmenter
    return augmenter.where(*(build_filter(spec, train) for spec in where), tries=tries)


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


if __name__ == "__main__":
    main()
