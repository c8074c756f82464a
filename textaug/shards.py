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

import fcntl
import json
import multiprocessing
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import blake2b, sha256
from io import BytesIO
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from textaug.augmenter import ORIGINAL, VERSION, Augmenter
from textaug.balance import Balance
from textaug.expand import Expander
from textaug.formats import check_format, write
from textaug.specs import outline

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

# What `load_dataset` reads whole from a folder; of CoNLL it would leave out the tags.
FORMATS = ("parquet", "jsonl", "csv")
MANIFEST, CARD, DATA, UNFINISHED = "manifest.json", "README.md", "data", ".unfinished"
TEMPORARY = ".tmp"
# Rows of the source in a shard: enough for few files, few enough to lose little work.
SHARD_SIZE = 1000
MOST_SHARDS = 1000
_NAME = re.compile(r"\w+")
LOCK_PATIENCE = 5.0  # seconds, for the workers of a killed run to end


class RunError(ValueError):
    """A run that cannot start, or cannot go on; for the user to mend."""


@dataclass(frozen=True)
class Shard:
    """What is known of a finished shard.

    Attributes:
        rows: how many it holds.
        source_rows: of how many it was made.
        sha256: of the file.
        counts: what became of the copies, as in ``augmenter.counts``.
    """

    rows: int
    source_rows: int
    sha256: str
    counts: dict[str, int]


@dataclass(frozen=True)
class _Task:
    """A shard to make."""

    name: str
    split: str
    start: int
    stop: int


@dataclass(frozen=True)
class _Job:
    """What every worker needs to make a shard."""

    data: DatasetDict
    features: Features
    expander: Expander
    split: str
    format: str
    batch_size: int
    folder: Path


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
    expander = Expander(augmenter, copies, keep_original, data[split].features)
    job = _Job(data, features, expander, split, format, batch_size, folder)
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
        "textaug": f"{_version()}, output version {VERSION}",
    }
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder) as lock:
        done = _resume(folder, json.loads(json.dumps(wanted)))
        if not done:
            _save(folder / CARD, _unfinished_card(job, command).encode())
        progress(len(done), len(tasks))
        missing = [task for task in tasks if task.name not in done]
        for name, shard in _made(job, missing, num_proc, lock):
            done[name] = shard
            _save_manifest(folder, wanted, done)
            progress(len(done), len(tasks))
        done = {task.name: done[task.name] for task in tasks}
        _save(folder / CARD, card(job.features, done, wanted, command).encode())
        if (folder / UNFINISHED).exists():
            (folder / UNFINISHED).rename(folder / DATA)
            _sync(folder)
    return done


def read_manifest(folder: str | Path) -> tuple[dict[str, Any], dict[str, Shard]]:
    """The settings of a run and its finished shards.

    Raises:
        RunError: if the folder holds no run of ``textaug augment``.
    """
    path = Path(folder) / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        shards = {name: Shard(**shard) for name, shard in manifest["shards"].items()}
        return dict(manifest["settings"]), shards
    except FileNotFoundError:
        raise RunError(f"{folder} was not made by textaug augment") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RunError(f"{path} is not a manifest of textaug augment") from error


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


def totals(shards: Mapping[str, Shard]) -> Counter[str]:
    """The counts of all shards together."""
    return sum((Counter(shard.counts) for shard in shards.values()), Counter())


def _version() -> str:
    from textaug import __version__

    return __version__


def _hash(augmenter: Augmenter) -> str:
    from datasets.fingerprint import Hasher

    return str(Hasher.hash(augmenter))


def _features(features: Features, provenance: str | None) -> Features:
    from datasets import Value

    features = features.copy()
    if provenance:
        features.setdefault(provenance, Value("string"))
    return features


def _tasks(data: Mapping[str, Dataset], size: int, format: str) -> list[_Task]:
    tasks = []
    for split, rows in data.items():
        number = -(-len(rows) // size) or 1
        for i in range(number):
            name = f"{split}-{i:05d}-of-{number:05d}.{format}"
            tasks.append(_Task(name, split, i * size, min((i + 1) * size, len(rows))))
    return tasks


# The folder


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The folder for this run alone. The lock goes with the process, however it ends."""
    lock = os.open(folder, os.O_RDONLY)
    try:
        give_up = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise RunError(f"another run is at work in {folder}") from None
                time.sleep(0.05)
        yield lock
    finally:
        os.close(lock)


def _resume(folder: Path, wanted: Mapping[str, Any]) -> dict[str, Shard]:
    """The shards that are there, whole and made with these settings; the rest is cleared away."""
    for stale in (*folder.glob(f"*{TEMPORARY}"), *folder.glob(f"{UNFINISHED}/*{TEMPORARY}")):
        if stale.name.removesuffix(TEMPORARY) in (MANIFEST, CARD) or stale.parent != folder:
            stale.unlink()
    if not any(folder.iterdir()):
        _save_manifest(folder, wanted, {})
        (folder / UNFINISHED).mkdir()
        return {}
    if not (folder / MANIFEST).exists():
        raise RunError(f"{folder} is not empty and holds no run; give a new folder")
    settings, shards = read_manifest(folder)
    different = [name for name in (*wanted, *settings) if settings.get(name) != wanted.get(name)]
    if different:
        raise RunError(_refusal(folder, settings, wanted, list(dict.fromkeys(different))))
    home = folder / DATA
    if not home.exists():
        home = folder / UNFINISHED
        home.mkdir(exist_ok=True)
    return {
        name: shard
        for name, shard in shards.items()
        if (home / name).exists() and sha256((home / name).read_bytes()).hexdigest() == shard.sha256
    }


def _refusal(
    folder: Path, old: Mapping[str, Any], new: Mapping[str, Any], different: list[str]
) -> str:
    if different == ["content"]:
        return (
            f"{folder} holds a run on other data: the content of {old['source']} has changed "
            "since; give a new folder"
        )
    told = [name for name in different if name not in ("content", "augmenter", "augmenter_hash")]
    changes = "; ".join(
        f"{name} was {_shown(old.get(name))} and is now {_shown(new.get(name))}"
        for name in told or [name for name in different if name != "content"]
    )
    return f"{folder} holds a run with other settings: {changes}. Give those, or a new folder"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "not given" if value is None else str(value)


def _save(path: Path, content: bytes | memoryview) -> None:
    """Write a file whole or not at all."""
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # what a full disk left of it
    _sync(path.parent)


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _save_manifest(folder: Path, settings: Mapping[str, Any], shards: Mapping[str, Shard]) -> None:
    manifest = {
        "settings": dict(settings),
        "shards": {name: asdict(shards[name]) for name in sorted(shards)},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    _save(folder / MANIFEST, text.encode("utf-8", "backslashreplace") + b"\n")


# The work


def _made(job: _Job, tasks: list[_Task], num_proc: int, lock: int) -> Iterator[tuple[str, Shard]]:
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


_here: tuple[_Job, int]  # of a worker process


def _begin(job: _Job, ranks: Any, lock: int) -> None:
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


def _work(task: _Task) -> Shard:
    return _make(_here[0], task, _here[1])


def _make(job: _Job, task: _Task, rank: int | None) -> Shard:
    """Make a shard and write it."""
    from datasets import Dataset, DatasetInfo

    rows = job.data[task.split].select(range(task.start, task.stop))
    augmenter = job.expander.augmenter
    augmenter.counts.clear()
    table = _expanded(job, task, rows, rank) if task.split == job.split else _copied(job, rows)
    counts = augmenter.counts if task.split == job.split else {}
    made = Dataset(table, info=DatasetInfo(features=job.features))
    content = BytesIO()
    write(made, content, job.format)
    home = job.folder / DATA
    _save((home if home.exists() else job.folder / UNFINISHED) / task.name, content.getbuffer())
    return Shard(
        rows=len(made),
        source_rows=len(rows),
        sha256=sha256(content.getbuffer()).hexdigest(),
        counts={reason: n for reason, n in sorted(counts.items()) if n},
    )


def _expanded(job: _Job, task: _Task, rows: Dataset, rank: int | None) -> Any:
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


def _copied(job: _Job, rows: Dataset) -> Any:
    import pyarrow as pa

    table = rows.with_format("arrow")[:]
    for name in job.features:
        if name not in table.column_names:  # where rows came from
            table = table.append_column(name, pa.array([ORIGINAL] * len(rows), pa.string()))
    return table.select(list(job.features)).cast(job.features.arrow_schema)


# The card


def _header(features: Features, names: list[str], csv: bool, content: str = "") -> str:
    import yaml

    config: dict[str, Any] = {
        "config_name": "default",
        "data_files": [{"split": name, "path": f"{DATA}/{name}-*"} for name in names],
    }
    if content:
        # `load_dataset` keeps a cache by the folder's name and this header alone: without this,
        # it would give back what another folder of the same name once held.
        config["description"] = f"content {content}"
    if csv:
        config["keep_default_na"] = False  # "NA" is a word
    info: dict[str, Any] = {"features": features._to_yaml_list()}
    header = {"configs": [config], "dataset_info": info, "tags": ["textaug"]}
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True)}---\n"


def _unfinished_card(job: _Job, command: str | None) -> str:
    again = f" Start it again:\n\n```\n{command}\n```\n" if command else "\n"
    return (
        _header(job.features, list(job.data), job.format == "csv")
        + f"\nThe run of `textaug augment` that makes this data set is not finished.{again}"
    )


def card(
    features: Features,
    shards: Mapping[str, Shard],
    settings: Mapping[str, Any],
    command: str | None = None,
) -> str:
    """The data set card of a finished run, with what ``load_dataset`` needs and how it was made."""
    rows: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for name, shard in shards.items():
        split = name.rpartition("-of-")[0].rpartition("-")[0]
        rows[split] += shard.rows
        before[split] += shard.source_rows
    split = settings["split"]
    digest = blake2b("".join(s.sha256 for s in shards.values()).encode(), digest_size=16)
    lines = [
        _header(features, list(rows), settings["format"] == "csv", digest.hexdigest()),
        f"# {_inline(settings['source'])}, augmented",
        "",
        f"Split `{split}`: {rows[split]:,} rows, made of {before[split]:,} by "
        f"textaug {_version()}. "
        + (
            "Each row is followed by its augmented copies."
            if settings["keep_original"]
            else "The rows that they were made of are not in it."
        ),
    ]
    others = [f"`{name}` ({n:,} rows)" for name, n in rows.items() if name != split]
    if others:
        lines.append(f"\nAs they were: {', '.join(others)}.")
    if command:
        lines += ["", "```", command, "```"]
    lines += ["", "The augmenter:", "", "```python", settings["augmenter"], "```", ""]
    lines += ["| what became of the copies | how many |", "|:--|--:|"]
    lines += [f"| {_inline(reason)} | {n:,} |" for reason, n in sorted(totals(shards).items())]
    lines += ["", "A label was never guessed: a copy whose labels were not certain was left out."]
    return "\n".join(lines) + "\n"


def _inline(text: str) -> str:
    """Text that does nothing in Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#|!" else c for c in " ".join(text.split()))
