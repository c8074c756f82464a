"""A data set expanded piece by piece into a folder: a run that is cut off goes on where it stopped.

The folder of a run, from its first moment on::

    README.md       the data set card; until the end it says that the run is not finished
    manifest.json   the settings, and for every finished shard its rows, counts and checksum
    .unfinished/    the shards so far; the last step of a run renames it to data/

A file is written under another name, forced to the disk and then renamed, so that it is whole or
not there. Each row is augmented by itself (see :class:`~textaug.Augmenter`), and so a shard is the
same whenever, and in whichever process, it is made: however often a run is killed and started
again, its last byte is that of a run that was left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.augmenter import Augmenter
from textaug.core.expander import Expander
from textaug.core.state import VERSION
from textaug.io.write import check_format
from textaug.pipeline.balance import Balance
from textaug.runs.card import card, textaug_version, unfinished_card
from textaug.runs.folder import (
    CARD,
    DATA,
    UNFINISHED,
    RunError,
    Shard,
    locked_folder,
    resume_run,
    save_manifest,
    sync_folder,
    write_atomically,
)
from textaug.runs.workers import Job, Task, make_shards
from textaug.specs import outline

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features


# What `load_dataset` reads whole from a folder; of CoNLL it would leave out the tags.
FORMATS = ("parquet", "jsonl", "csv")
# Rows of the source in a shard: enough for few files, few enough to lose little work.
SHARD_SIZE = 1000
MOST_SHARDS = 1000
_NAME = re.compile(r"\w+")


def augment(
    data: DatasetDict,
    augmenter: Augmenter,
    folder: str | Path,
    *,
    copies: int | Balance = 1,
    keep_original: bool = True,
    split: str = "train",
    format: str = "parquet",
    shard_size: int | None = None,
    batch_size: int = 1000,
    num_proc: int = 1,
    source: str = "a data set",
    settings: Mapping[str, Any] | None = None,
    command: str | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Shard]:
    """Expand a split into a folder that ``load_dataset`` reads, or go on where a run stopped.

    Args:
        data: the splits; ``split`` is expanded (see :func:`textaug.expand`), the others are copied.
        augmenter: what makes the copies.
        folder: an empty or new folder, or one of an earlier run with the same settings.
        copies: how many for each row, at least 1, or what :func:`textaug.balanced` makes.
        keep_original: whether the rows themselves stay.
        split: which split to expand.
        format: of the shards: ``parquet``, ``jsonl`` or ``csv``.
        shard_size: rows of the source in a shard; default: 1,000, or as many more as it takes to
            have at most 1,000 shards.
        batch_size: rows handed to the augmenter at a time; it never changes the result.
        num_proc: worker processes; it never changes the result.
        source: what the data set is called in its card.
        settings: further settings that a run must share with the one that it goes on with.
        command: how to start the run again, for the card.
        progress: called with the number of finished shards and of all.

    Returns:
        The shards by file name. The counts of all survive a restart.

    Raises:
        RunError: if the folder holds something else, or a run with other settings or other data;
            if another run is at work there; if a row is damaged, or a worker was killed.
        ValueError: if the format cannot hold a column.
        OSError: if the disk is full. Everything finished stays; the same call goes on with it.

    >>> import tempfile
    >>> from datasets import Dataset, DatasetDict, load_dataset
    >>> from textaug import NoiseInjection
    >>> data = DatasetDict({"train": Dataset.from_dict({"text": ["Shares fell on Friday."] * 9})})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     shards = augment(data, NoiseInjection(seed=1), folder, copies=2, shard_size=5)
    >>> {name: shard.rows for name, shard in shards.items()}
    {'train-00000-of-00002.parquet': 15, 'train-00001-of-00002.parquet': 12}
    """
    if split not in data:
        raise RunError(f"there is no split {split!r}; the splits are {', '.join(data)}")
    for name in data:
        if not _NAME.fullmatch(name):  # it becomes part of a file's name
            raise RunError(f"split {name!r}: a split's name has letters, digits and _ only")
    if format not in FORMATS:
        raise RunError(f"format {format!r}: choose from {', '.join(FORMATS)}")
    for name, value in (("shard_size", shard_size or 1), ("batch_size", batch_size)):
        if value < 1:
            raise RunError(f"{name}={value}: must be at least 1")
    if num_proc < 1:
        raise RunError(f"num_proc={num_proc}: must be at least 1")
    folder = Path(folder)
    size = shard_size or max(SHARD_SIZE, -(-max(map(len, data.values())) // MOST_SHARDS))
    features = _features(data[split].features, augmenter.provenance_column)
    check_format(features, format)
    schema = augmenter.schema(data, split).check()
    expander = Expander(augmenter, copies, keep_original, data[split].features, schema)
    job = Job(data, features, expander, split, format, batch_size, folder)
    tasks = _tasks(data, size, format)
    wanted = {
        **(settings or {}),
        "source": source,
        "split": split,
        "copies": copies if isinstance(copies, int) else repr(copies),
        "keep_original": keep_original,
        "format": format,
        "shard_size": size,
        "augmenter": outline(augmenter),
        "augmenter_hash": _hash(augmenter),
        "content": fingerprint(data),
        "textaug": f"{textaug_version()}, output version {VERSION}",
    }
    folder.mkdir(parents=True, exist_ok=True)
    with locked_folder(folder) as lock:
        done = resume_run(folder, json.loads(json.dumps(wanted)))
        if not done:
            write_atomically(folder / CARD, unfinished_card(job, command).encode())
        progress(len(done), len(tasks))
        missing = [task for task in tasks if task.name not in done]
        for name, shard in make_shards(job, missing, num_proc, lock):
            done[name] = shard
            save_manifest(folder, wanted, done)
            progress(len(done), len(tasks))
        done = {task.name: done[task.name] for task in tasks}
        write_atomically(folder / CARD, card(job.features, done, wanted, command).encode())
        if (folder / UNFINISHED).exists():
            (folder / UNFINISHED).rename(folder / DATA)
            sync_folder(folder)
    return done


def fingerprint(data: DatasetDict) -> str:
    """A hash of what a data set holds: names, features, every value. Not of how it is stored."""
    import pyarrow as pa

    digest = blake2b(digest_size=16)
    for name, rows in data.items():
        digest.update(f"{name}\x1f{len(rows)}\x1f{rows.features!r}\x1f".encode())
        for table in rows.with_format("arrow").iter(SHARD_SIZE):
            # Taken row by row, so that nothing is left of where the rows were stored.
            every = pa.array(range(len(table)))
            plain = table.combine_chunks().take(every).replace_schema_metadata(None)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, plain.schema) as stream:
                stream.write_table(plain)
            digest.update(sink.getvalue())
    return digest.hexdigest()


def _hash(augmenter: Augmenter) -> str:
    from datasets.fingerprint import Hasher

    return str(Hasher.hash(augmenter))


def _features(features: Features, provenance: str | None) -> Features:
    from datasets import Value

    features = features.copy()
    if provenance:
        features.setdefault(provenance, Value("string"))
    return features


def _tasks(data: Mapping[str, Dataset], size: int, format: str) -> list[Task]:
    tasks = []
    for split, rows in data.items():
        number = -(-len(rows) // size) or 1
        for i in range(number):
            name = f"{split}-{i:05d}-of-{number:05d}.{format}"
            tasks.append(Task(name, split, i * size, min((i + 1) * size, len(rows))))
    return tasks
