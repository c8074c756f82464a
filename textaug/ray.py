"""Augmentation on more than one machine, with Ray Data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from textaug.core.augmenter import Augmenter
from textaug.core.expander import Copies, Expander
from textaug.core.splits import name_rows
from textaug.pipeline.expand import expanded_features, log_missing, wanted

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Dataset, Features


_ROW_NUMBER = "__textaug_row"
EXTRA = "pip install 'textaug-nlp[ray]'"


class _Worker:
    """One actor, with the augmenter and the model that it loads on first use."""

    def __init__(self, expander: Expander, before: Features, after: Features) -> None:
        import datasets

        datasets.disable_progress_bars()
        self.expander = expander
        self.before = before
        self.after = after

    def __call__(self, table: pa.Table) -> pa.Table:
        import datasets

        start = table[_ROW_NUMBER][0].as_py() if len(table) else 0
        table = datasets.table.InMemoryTable(table.drop_columns(_ROW_NUMBER))
        info = datasets.DatasetInfo(features=self.before)
        # With no fingerprints given, `datasets` would hash the whole table, and the model.
        rows = datasets.Dataset(table, info, fingerprint="before")
        try:
            made = rows.map(
                self.expander,
                batched=True,
                batch_size=None,
                features=self.after,
                keep_in_memory=True,
                load_from_cache_file=False,
                new_fingerprint="after",
            )
        except ValueError as error:
            raise ValueError(name_rows(str(error), None, start)) from error
        return made.data.table


def expand(
    dataset: Dataset,
    augmenter: Augmenter,
    copies: Copies = 1,
    *,
    keep_original: bool = True,
    batch_size: int = 1000,
    workers: int | None = None,
    num_cpus: float = 1,
    num_gpus: float = 0,
) -> Dataset:
    """Expand a data set on a Ray cluster: each row, followed by ``copies`` augmented ones.

    The same rows in the same order as from :func:`textaug.expand` on one machine. Each worker is
    an actor that loads its model once; batches travel as Arrow tables. If a worker dies, another
    one repeats its batch, with the same result.

    It uses the cluster that the process is connected to; ``ray.init(address="auto")`` connects to
    one; otherwise Ray starts one on this machine. Every machine needs the same versions of
    textaug and its models, and a model's folder under the same path. The README has the
    size from which a cluster is faster.

    Args:
        dataset: one split. It is sent to the workers, and their results are sent back.
        augmenter: makes the copies.
        copies: number of copies of each row, or a function to it; see :func:`textaug.expand`.
        keep_original: whether the rows themselves stay.
        batch_size: rows sent to a worker at a time; it never changes the result, except as the
            augmenter itself documents for GPUs.
        workers: number of actors; default: as many as the cluster's CPUs and GPUs allow.
        num_cpus: CPUs for each worker. A model uses as many threads as its worker has CPUs.
        num_gpus: GPUs for each worker; with 0.5 two workers share one.

    Returns:
        A ``Dataset`` with the same features, class labels included. It is in a temporary file that
        is deleted when the process ends; ``save_to_disk`` or ``to_parquet`` keeps it. Copies that
        could not be made are left out, and their number is logged.

    Raises:
        TypeError: for anything but a ``Dataset``.
        ModuleNotFoundError: without the extra ``ray``, with the command that installs it.
        ValueError: if ``copies`` is less than 1, or the cluster cannot hold one worker.
        ray.exceptions.RayTaskError: if a row is damaged; it is a ``ValueError`` too, whose message
            names the row, counted from 0, and the column.

    On a cluster::

        ray.init(address="auto")
        bigger = textaug.ray.expand(train, MaskedLMSubstitution("bert-base-cased"), num_gpus=1)
    """
    from datasets import Dataset

    try:
        import ray
        import ray.data
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"Ray Data is not installed: {EXTRA}") from error

    if not isinstance(dataset, Dataset):
        raise TypeError(f"expected a datasets.Dataset (one split), got {type(dataset).__name__}")
    expander = Expander(augmenter, copies, keep_original)
    after = expanded_features(dataset.features, augmenter)
    if not ray.is_initialized():
        ray.init()
    resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    capacity = _capacity(resources, num_cpus, num_gpus)
    starts = range(0, max(1, len(dataset)), batch_size)  # without rows: one empty batch
    tables = [_numbered(dataset, start, start + batch_size) for start in starts]
    with _context(ray.data.DataContext.get_current()):
        made = ray.data.from_arrow(tables).map_batches(
            _Worker,
            fn_constructor_args=(expander, dataset.features, after),
            batch_format="pyarrow",
            batch_size=batch_size,  # Ray requires it with GPUs
            zero_copy_batch=True,
            compute=ray.data.ActorPoolStrategy(size=min(workers or capacity, len(starts))),
            num_cpus=num_cpus,
            num_gpus=num_gpus,
        )
        result = _collected(made, after)
    made_copies = len(result) - len(dataset) * keep_original
    log_missing(augmenter, wanted(dataset, copies), made_copies)
    return result


def _numbered(dataset: Dataset, start: int, stop: int) -> pa.Table:
    """Rows of a data set as a table, with their numbers, for errors."""
    import pyarrow as pa

    table = dataset.with_format("arrow")[start:stop]
    return table.append_column(_ROW_NUMBER, pa.array(range(start, start + len(table)), pa.int64()))


@contextmanager
def _context(context: Any) -> Iterator[None]:
    """Let Ray Data keep the order of the rows, and raise a worker's error as itself."""
    options = context.execution_options
    before = options.preserve_order, context.raise_original_map_exception
    options.preserve_order = context.raise_original_map_exception = True
    try:
        yield
    finally:
        options.preserve_order, context.raise_original_map_exception = before


def _capacity(resources: dict[str, float], num_cpus: float, num_gpus: float) -> int:
    """How many workers fit into a cluster."""
    capacity = min(
        int(resources.get(resource, 0) / each)
        for resource, each in (("CPU", num_cpus), ("GPU", num_gpus))
        if each
    )
    if capacity < 1:
        raise ValueError(
            f"no worker with num_cpus={num_cpus} and num_gpus={num_gpus} fits into this cluster of "
            f"{resources.get('CPU', 0):g} CPUs and {resources.get('GPU', 0):g} GPUs"
        )
    return capacity


def _collected(made: Any, features: Features) -> Dataset:
    """A Ray data set as a ``Dataset`` in a file, so that it may be larger than the memory."""
    from pathlib import Path
    from tempfile import mkdtemp

    from datasets import Dataset
    from datasets.arrow_writer import ArrowWriter
    from datasets.fingerprint import get_temporary_cache_files_directory

    path = Path(mkdtemp(dir=get_temporary_cache_files_directory())) / "expanded.arrow"
    with ArrowWriter(features=features, path=str(path)) as writer:
        for table in made.iter_batches(batch_format="pyarrow", batch_size=None):
            writer.write_table(table)
        writer.finalize()
    return Dataset.from_file(str(path))
