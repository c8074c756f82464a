"""A data set expanded shard by shard into a folder; an interrupted run resumes where it stopped.

The folder of a run, from its start::

    README.md       the data set card; until the end it says that the run is not finished
    manifest.json   the settings, and for every finished shard its rows, counts and checksum
    .unfinished/    the shards so far; the last step of a run renames it to data/
    .lock           while a run works in the folder

A file is written under a temporary name, forced to the disk and then renamed, so that it is
complete or absent. The augmentation of a row does not depend on other rows (see
:class:`~textaug.Augmenter`), so a run that was killed and resumed ends with the same bytes as one
that was not.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.augmenter import Augmenter
from textaug.core.expander import Copies, Expander
from textaug.core.splits import same_features
from textaug.core.state import VERSION
from textaug.io.write import check_format
from textaug.pipeline.balance import Balance
from textaug.pipeline.expand import expanded_features
from textaug.runs.card import (
    card,
    empty_splits,
    textaug_version,
    unfinished_card,
    without_folders,
)
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
from textaug.runs.workers import RunSpec, ShardSpec, write_shards
from textaug.specs import outline

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


logger = logging.getLogger("textaug")

FORMATS = ("parquet", "jsonl", "csv")  # from CoNLL, `load_dataset` would not read the tags
SHARD_SIZE = 1000  # rows of the source: few files, and little work lost if a run is killed
MAX_SHARDS = 1000
_SPLIT_NAME = re.compile(r"\w+")


def augment(
    data: DatasetDict,
    augmenter: Augmenter,
    folder: str | Path,
    *,
    copies: Copies = 1,
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
    """Expand a split into a folder that ``load_dataset`` reads, or resume an interrupted run.

    Args:
        data: the splits; ``split`` is expanded (see :func:`textaug.expand`), the others are copied.
            All get the same class labels, matched by name (see
            :func:`~textaug.core.splits.same_features`); a split without rows is left out.
        augmenter: makes the copies.
        folder: an empty or new folder, or that of an earlier run with the same settings.
        copies: number of copies of each row, or a function to it; see :func:`textaug.expand`.
        keep_original: whether the rows themselves stay.
        split: which split to expand.
        format: of the shards: ``parquet``, ``jsonl`` or ``csv``.
        shard_size: rows of the source in a shard; default: 1,000, or more if there would be
            more than 1,000 shards.
        batch_size: rows per call of the augmenter; it never changes the result.
        num_proc: worker processes; it never changes the result.
        source: name of the data set in its card.
        settings: further settings that a resumed run must share.
        command: the command that resumes the run, for the card.
        progress: called after every batch with the number of rows of the source that are done, in
            finished shards of interrupted runs too, and of all of them.

    Returns:
        The shards by file name, with those of interrupted runs.

    Raises:
        RunError: if the folder holds something else, or a run with other settings or other data;
            if another run works there; if a row is damaged, or a worker was killed.
        ValueError: if the format cannot hold a column, or the splits have different columns.
        OSError: if the disk is full. Finished shards are kept; the same call resumes the run.

    >>> import tempfile
    >>> from datasets import Dataset, DatasetDict, load_dataset
    >>> from textaug import NoiseInjection
    >>> data = DatasetDict({"train": Dataset.from_dict({"text": ["Shares fell on Friday."] * 9})})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     shards = augment(data, NoiseInjection(seed=1), folder, copies=2, shard_size=5)
    >>> {name: shard.rows for name, shard in shards.items()}
    {'train-00000-of-00002.parquet': 15, 'train-00001-of-00002.parquet': 12}
    """
    numbers = {"shard_size": shard_size, "batch_size": batch_size, "num_proc": num_proc}
    _check_arguments(data, split, format, numbers)
    provenance = augmenter.provenance_column
    _check_provenance(data, provenance)
    size = shard_size or max(SHARD_SIZE, -(-max(map(len, data.values())) // MAX_SHARDS))
    wanted = {
        **(settings or {}),
        "source": source,
        "split": split,
        "copies": copies if isinstance(copies, int) else _copies_name(copies),
        "keep_original": keep_original,
        "format": format,
        "shard_size": size,
        "augmenter": without_folders(outline(augmenter)),
        "augmenter_hash": _hash(augmenter),
        "content": fingerprint(data),
        "textaug": f"{textaug_version()}, output version {VERSION}",
        **({"all_splits": True} if augmenter.replaces_rows else {}),
    }
    splits = same_features(data, split, optional=() if provenance is None else (provenance,))
    features = expanded_features(splits[split].features, augmenter)
    check_format(features, format)
    schema = augmenter.schema(splits, split).check()
    run = RunSpec(
        splits,
        features,
        Expander(augmenter, copies, keep_original, splits[split].features, schema),
        split,
        format,
        batch_size,
        Path(folder),
    )
    return _write(run, _shards(data, size, format), wanted, num_proc, command, progress)


def _check_arguments(
    data: DatasetDict, split: str, format: str, numbers: Mapping[str, int | None]
) -> None:
    from datasets import Dataset

    if split not in data:
        raise RunError(f"there is no split {split!r}; the splits are {', '.join(data)}")
    for name, rows in data.items():
        if not isinstance(rows, Dataset):
            raise TypeError(f"split {name!r} must be a datasets.Dataset, not {type(rows).__name__}")
        if not _SPLIT_NAME.fullmatch(name):  # it becomes part of a file name
            raise RunError(f"split {name!r}: a split's name has letters, digits and _ only")
    if not len(data[split]):
        raise RunError(f"split {split!r} has no rows")
    if format not in FORMATS:
        raise RunError(f"format {format!r}: choose from {', '.join(FORMATS)}")
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise RunError(f"{name}={value}: must be at least 1")


def _check_provenance(data: DatasetDict, column: str | None) -> None:
    for name, rows in data.items():
        feature = rows.features.get(column)
        if feature is not None and getattr(feature, "dtype", "") not in ("string", "large_string"):
            raise RunError(
                f"column {column!r} of split {name!r} is {feature!r}, and provenance is text; "
                "give the provenance column another name"
            )


def _write(
    run: RunSpec,
    shards: Sequence[ShardSpec],
    wanted: Mapping[str, Any],
    num_proc: int,
    command: str | None,
    progress: Callable[[int, int], None],
) -> dict[str, Shard]:
    """Write the missing shards, with the manifest after each one, and at the end the card."""
    folder = run.folder
    folder.mkdir(parents=True, exist_ok=True)
    with locked_folder(folder):
        done = resume_run(folder, json.loads(json.dumps(wanted)))
        if not done:
            write_atomically(folder / CARD, unfinished_card(run, command).encode())
        rows = sum(map(len, run.data.values()))
        finished = sum(shard.source_rows for shard in done.values())

        def tick(more: int) -> None:
            nonlocal finished
            finished += more
            progress(finished, rows)

        tick(0)
        missing = [shard for shard in shards if shard.name not in done]
        for name, written in write_shards(run, missing, num_proc, tick):
            done[name] = written
            save_manifest(folder, wanted, done)
        done = {shard.name: done[shard.name] for shard in shards}
        text = card(run.features, list(run.data), done, wanted, command)
        write_atomically(folder / CARD, text.encode())
        if (folder / UNFINISHED).exists():
            (folder / UNFINISHED).rename(folder / DATA)
            sync_folder(folder)
    for split in empty_splits(run.data, done):
        logger.warning("split %r has no rows and is left out of %s", split, folder)
    return done


def fingerprint(data: DatasetDict) -> str:
    """A hash of the content of a data set (names, features, every value), not of its storage."""
    import pyarrow as pa

    digest = blake2b(digest_size=16)
    for name, rows in data.items():
        digest.update(f"{name}\x1f{len(rows)}\x1f{rows.features!r}\x1f".encode())
        for table in rows.with_format("arrow").iter(SHARD_SIZE):
            # `take` copies, so that offsets and chunks of the storage make no difference.
            rows_of_table = pa.array(range(len(table)))
            plain = table.combine_chunks().take(rows_of_table).replace_schema_metadata(None)
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, plain.schema) as stream:
                stream.write_table(plain)
            digest.update(sink.getvalue())
    return digest.hexdigest()


def _hash(value: Any) -> str:
    from datasets.fingerprint import Hasher

    return str(Hasher.hash(value))


def _copies_name(copies: Callable[..., int]) -> str:
    """A name for a function of `copies` that is the same in every process."""
    if isinstance(copies, Balance):
        return repr(copies)
    return f"{getattr(copies, '__name__', type(copies).__name__)} ({_hash(copies)})"


def _shards(data: Mapping[str, Dataset], size: int, format: str) -> list[ShardSpec]:
    shards = []
    for split, rows in data.items():
        number = -(-len(rows) // size)
        for i in range(number):
            name = f"{split}-{i:05d}-of-{number:05d}.{format}"
            shards.append(ShardSpec(name, split, i * size, min((i + 1) * size, len(rows))))
    return shards
