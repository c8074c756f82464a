"""The processes that make the shards of a run."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from textaug.core.columns import ORIGINAL
from textaug.core.expander import Expander
from textaug.io.write import write
from textaug.runs.folder import DATA, UNFINISHED, RunError, Shard, write_atomically

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features


@dataclass(frozen=True)
class Task:
    """A shard to make."""

    name: str
    split: str
    start: int
    stop: int


@dataclass(frozen=True)
class Job:
    """What every worker needs to make a shard."""

    data: DatasetDict
    features: Features
    expander: Expander
    split: str
    format: str
    batch_size: int
    folder: Path


# The work


_here: tuple[Job, int]  # of a worker process


def make_shards(
    job: Job, tasks: list[Task], num_proc: int, lock: int
) -> Iterator[tuple[str, Shard]]:
    """Make the shards, in this process or in workers, and yield each as it is finished."""
    if num_proc == 1:
        for task in tasks:
            yield task.name, _make(job, task, None)
        return
    context = multiprocessing.get_context()
    ranks = context.SimpleQueue()
    for rank in range(num_proc):
        ranks.put(rank)
    with ProcessPoolExecutor(num_proc, context, _begin, (job, ranks, lock)) as pool:
        try:
            futures = {pool.submit(_work, task): task for task in tasks}
            for future in as_completed(futures):
                yield futures[future].name, future.result()
        except BrokenProcessPool:
            raise RunError(
                "a worker process was killed, for lack of memory maybe; the same command goes on "
                "where it stopped (fewer workers or smaller batches need less memory)"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin(job: Job, ranks: Any, lock: int) -> None:
    global _here
    if multiprocessing.get_start_method() == "fork":
        os.close(lock)  # held by the run alone
    _here = (job, ranks.get())
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _work(task: Task) -> Shard:
    return _make(_here[0], task, _here[1])


def _make(job: Job, task: Task, rank: int | None) -> Shard:
    """Make a shard and write it."""
    from datasets import Dataset, DatasetInfo

    rows = job.data[task.split].select(range(task.start, task.stop))
    augmenter = job.expander.augmenter
    augmenter.counts.clear()
    table = _expanded(job, task, rows, rank) if task.split == job.split else _copied(job, rows)
    counts = augmenter.counts if task.split == job.split else {}
    made = Dataset(table, info=DatasetInfo(features=job.features))
    content = BytesIO()
    write(made, content, job.format, is_checked=True)
    home = job.folder / DATA
    write_atomically(
        (home if home.exists() else job.folder / UNFINISHED) / task.name, content.getbuffer()
    )
    return Shard(
        rows=len(made),
        source_rows=len(rows),
        sha256=sha256(content.getbuffer()).hexdigest(),
        counts={reason: n for reason, n in sorted(counts.items()) if n},
    )


def _expanded(job: Job, task: Task, rows: Dataset, rank: int | None) -> Any:
    import pyarrow as pa

    schema = job.features.arrow_schema
    tables = [schema.empty_table()]
    start = task.start
    for batch in rows.with_format("arrow").iter(job.batch_size):
        try:
            columns = job.expander(batch.to_pydict(), rank)
        except ValueError as error:
            last = start + len(batch) - 1
            raise RunError(
                f"in rows {start:,} to {last:,} of split {task.split!r} (the first is 0): {error}. "
                "textaug check names every such row"
            ) from error
        tables.append(pa.Table.from_pydict(columns, schema=schema))
        start += len(batch)
    return pa.concat_tables(tables).combine_chunks()


def _copied(job: Job, rows: Dataset) -> Any:
    import pyarrow as pa

    table = rows.with_format("arrow")[:]
    for name in job.features:
        if name not in table.column_names:  # where rows came from
            table = table.append_column(name, pa.array([ORIGINAL] * len(rows), pa.string()))
    return table.select(list(job.features)).cast(job.features.arrow_schema)
