"""The processes that write the shards of a run."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
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
from textaug.core.splits import name_rows
from textaug.io.write import write
from textaug.runs.folder import DATA, UNFINISHED, RunError, Shard, write_atomically

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features


@dataclass(frozen=True)
class ShardSpec:
    """A shard to write: its file name, and the rows of the source that it is made from."""

    name: str
    split: str
    start: int
    stop: int


@dataclass(frozen=True)
class RunSpec:
    """What every worker needs to write a shard."""

    data: DatasetDict
    features: Features
    expander: Expander
    split: str
    format: str
    batch_size: int
    folder: Path


POLL = 0.3  # seconds between two looks at how far the workers are
Tick = Callable[[int], None]  # is told the number of rows of the source that were just done

_worker: tuple[RunSpec, int, Tick]  # the run, the rank of this worker process, and its tick
_is_working = _is_ended = False  # whether this worker is at a shard; whether SIGTERM came


def write_shards(
    run: RunSpec, shards: Sequence[ShardSpec], num_proc: int, tick: Tick
) -> Iterator[tuple[str, Shard]]:
    """Write the shards, in this process or in workers, and yield each as it is finished.

    ``tick`` is called in this process, after every batch.
    """
    if num_proc == 1:
        for shard in shards:
            yield shard.name, _write_shard(run, shard, None, tick)
        return
    context = multiprocessing.get_context()
    ranks = context.SimpleQueue()
    counter = context.Value("q", 0)  # rows that the workers have done
    for rank in range(num_proc):
        ranks.put(rank)
    with ProcessPoolExecutor(num_proc, context, _start_worker, (run, ranks, counter)) as pool:
        try:
            futures = {pool.submit(_work, shard): shard for shard in shards}
            waiting, told = set(futures), 0
            while waiting:
                done, waiting = wait_for(waiting, POLL, FIRST_COMPLETED)
                told, before = counter.value, told
                tick(told - before)
                for future in done:
                    yield futures[future].name, future.result()
        except BrokenProcessPool:
            raise RunError(
                "a worker process was killed, perhaps because memory ran out; the same command "
                "resumes where it stopped (fewer workers or smaller batches need less memory)"
            ) from None
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _start_worker(run: RunSpec, ranks: Any, counter: Any) -> None:
    global _worker
    signal.signal(signal.SIGTERM, _end)
    Thread(target=_end_with_parent, daemon=True).start()

    def tick(rows: int) -> None:
        with counter.get_lock():
            counter.value += rows

    _worker = (run, ranks.get(), tick)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _end(*_: Any) -> None:
    """End this worker on SIGTERM; calls of a language model that are under way are waited for."""
    global _is_ended
    if not _is_working:
        os._exit(1)
    _is_ended = True
    raise KeyboardInterrupt


def _work(shard: ShardSpec) -> Shard:
    global _is_working
    run, rank, tick = _worker
    _is_working = True
    try:
        return _write_shard(run, shard, rank, tick)
    finally:
        _is_working = False
        if _is_ended:  # the pool would take the exception for a result, and wait for the next one
            os._exit(1)


def _write_shard(run: RunSpec, shard: ShardSpec, rank: int | None, tick: Tick) -> Shard:
    from datasets import Dataset, DatasetInfo

    rows = run.data[shard.split].select(range(shard.start, shard.stop))
    augmenter = run.expander.augmenter
    augmenter.counts.clear()
    is_expanded = shard.split == run.split or augmenter.replaces_rows
    if is_expanded:
        table = _expanded(run, shard, rows, rank, tick)
    else:
        table = _copied(run, rows)
        tick(len(rows))
    # With no fingerprint given, `datasets` would hash the whole table, for a cache not used here.
    made = Dataset(table, info=DatasetInfo(features=run.features), fingerprint=shard.name)
    content = BytesIO()
    write(made, content, run.format)
    home = run.folder / DATA
    write_atomically(
        (home if home.exists() else run.folder / UNFINISHED) / shard.name, content.getbuffer()
    )
    return Shard(
        rows=len(made),
        source_rows=len(rows),
        sha256=sha256(content.getbuffer()).hexdigest(),
        counts={reason: n for reason, n in sorted(augmenter.counts.items()) if n},
    )


def _expanded(run: RunSpec, shard: ShardSpec, rows: Dataset, rank: int | None, tick: Tick) -> Any:
    import pyarrow as pa

    schema = run.features.arrow_schema
    tables = [schema.empty_table()]
    start = shard.start
    for batch in rows.with_format("arrow").iter(run.batch_size):
        try:
            columns = run.expander(batch.to_pydict(), rank)
        except ValueError as error:
            message = name_rows(str(error), shard.split, start)
            if message == str(error):  # an error of the batch, not of one row
                last = start + len(batch) - 1
                message = f"rows {start} to {last} of split {shard.split!r}: {message}"
            raise RunError(f"{message}. textaug check names every damaged row") from error
        tables.append(pa.Table.from_pydict(columns, schema=schema))
        start += len(batch)
        tick(len(batch))
    return pa.concat_tables(tables).combine_chunks()


def _copied(run: RunSpec, rows: Dataset) -> Any:
    import pyarrow as pa

    table = rows.with_format("arrow")[:]
    for name in run.features:
        if name not in table.column_names:  # the provenance column
            table = table.append_column(name, pa.array([ORIGINAL] * len(rows), pa.string()))
    return table.select(list(run.features)).cast(run.features.arrow_schema)
