"""Where ``textaug augment`` writes, how far it is, and what it made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.cli.console import is_file_name, stderr_console, stdout_console

if TYPE_CHECKING:
    from datasets import DatasetDict

    from textaug.core.augmenter import Augmenter
    from textaug.core.expander import Copies
    from textaug.runs.folder import Shard


@dataclass(frozen=True)
class Target:
    """A folder, or a file that is written from the folder of a run when the run has finished.

    Attributes:
        output: as it was given.
        folder: of the run; beside a file, a hidden one that is deleted at the end.
        format: of the output.
    """

    output: Path
    folder: Path
    format: str

    @classmethod
    def of(cls, output: Path, source: str, format: str, push_to_hub: str | None) -> Target:
        """The target of an output name.

        Raises:
            ValueError: if a file would overwrite the source, or cannot go to the hub.
        """
        if not is_file_name(output) or output.is_dir():
            return cls(output, output, format)
        if push_to_hub is not None:
            raise ValueError(f"{output} is a file; --push-to-hub needs a folder (-o DIR)")
        if output.exists() and Path(source).exists() and output.samefile(source):
            raise ValueError(f"{output} is the source itself; give another file")
        return cls(output, output.with_name(f".{output.name}.run"), output.suffix[1:])

    @property
    def is_file(self) -> bool:
        """Whether one file is written."""
        return self.folder != self.output

    @property
    def format_in_folder(self) -> str:
        """The format of the shards."""
        return "parquet" if self.is_file else self.format

    def splits(self, data: DatasetDict, split: str, augmenter: Augmenter) -> DatasetDict:
        """The splits that are written; a format that cannot hold them is an error."""
        from datasets import DatasetDict

        from textaug.io.write import check_format

        if not self.is_file:
            return data
        check_format(data[split].features, self.format)
        return DatasetDict({split: data[split]})

    def finish(self, split: str) -> None:
        """Write the file, completely or not at all, and delete the folder of its run."""
        if not self.is_file:
            return
        import pyarrow as pa
        import pyarrow.parquet as pq
        from datasets import Dataset, DatasetInfo, Features

        from textaug.io.write import write
        from textaug.runs.folder import DATA

        parts = [pq.read_table(path) for path in sorted((self.folder / DATA).glob(f"{split}-*"))]
        info = DatasetInfo(features=Features.from_arrow_schema(parts[0].schema))
        temporary = self.folder / self.output.name
        # With no fingerprint given, `datasets` would hash the whole table.
        made = Dataset(pa.concat_tables(parts), info, fingerprint=split)
        with temporary.open("wb") as file:
            write(made, file, self.format)
        temporary.replace(self.output)
        shutil.rmtree(self.folder)


@contextmanager
def rows_done() -> Iterator[Callable[[int, int], None]]:
    """A progress bar; gives the function that sets the finished rows and all rows."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), "rows",
               TimeRemainingColumn(), "left")  # fmt: skip
    with Progress(*columns, console=stderr_console(), transient=True) as progress:
        bar = progress.add_task("Augmenting", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)


@contextmanager
def stoppable(target: Target) -> Iterator[None]:
    """Say after Ctrl-C what is kept."""
    try:
        yield
    except KeyboardInterrupt as error:
        from textaug.runs.folder import UNFINISHED, RunError, read_manifest

        try:
            shards = read_manifest(target.folder)[1]
        except RunError:
            shards = {}
        rows = sum(shard.source_rows for shard in shards.values())
        home = target.folder / UNFINISHED
        kept = f"The copies of {rows:,} rows are kept in {home}" if rows else "Nothing is kept"
        raise KeyboardInterrupt(
            f"Stopped. {kept}; the same command {'goes on from there' if rows else 'starts again'}."
        ) from error


def show_counts(shards: Mapping[str, Shard], split: str, output: Path) -> None:
    """How many rows became how many, and what became of the copies."""
    from textaug.runs.card import rows_of, totals

    before, after = rows_of(shards, "source_rows"), rows_of(shards, "rows")
    out = stdout_console()
    out.print(f"{before[split]:,} rows became {after[split]:,}: {output}", soft_wrap=True)
    for reason, n in sorted(totals(shards).items()):
        out.print(f"  {reason}: {n:,}")
    others = [f"{name} ({after[name]:,} rows)" for name in after if name != split]
    if others:
        out.print(f"  other splits: {', '.join(others)}")


def show_plan(
    data: DatasetDict,
    augmenter: Augmenter,
    split: str,
    copies: Copies,
    keep_original: bool,
    target: Target,
) -> None:
    """What a run would do: rows, copies, the role of each column, what is left out."""
    from textaug.core.markup import printable
    from textaug.io.write import left_out
    from textaug.pipeline.expand import wanted
    from textaug.specs import outline

    rows, number = data[split], wanted(data[split], copies)
    out = stdout_console()

    def show(line: str) -> None:
        out.print(printable(line), soft_wrap=True)

    for line in str(augmenter.schema(data, split).check()).splitlines():
        show(line)
    show("")
    show(f"augmenter: {outline(augmenter)}")
    kept = len(rows) if keep_original else 0
    show(
        f"rows of split {split}: {len(rows):,}; with at most {number:,} copies there would be at "
        f"most {kept + number:,}"
    )
    others: list[Any] = [f"{name} ({len(each):,})" for name, each in data.items() if name != split]
    if others:
        how = "left out of a file" if target.is_file else "stay as they are"
        show(f"other splits {how}: {', '.join(others)}")
    columns = left_out(rows.features, target.format)
    show(f"columns left out by {target.format}: {', '.join(columns) or 'none'}")
    show("copies left out: those that are unchanged, equal to another, or of uncertain labels")
    show(f"would be written to: {target.output} (--dry-run: nothing was)")
