"""The folder of a run: manifest, lock, shards."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

MANIFEST, CARD, DATA, UNFINISHED = "manifest.json", "README.md", "data", ".unfinished"
TEMPORARY = ".tmp"
LOCK = ".lock"
LOCK_TIMEOUT = 5.0  # seconds; the workers of a killed run need a moment to end


class RunError(ValueError):
    """A run that cannot start or resume, for a reason that the user can change."""


@dataclass(frozen=True)
class Shard:
    """A finished shard.

    Attributes:
        rows: number of rows in it.
        source_rows: number of rows of the source that it was made from.
        sha256: of the file.
        counts: outcomes of the copies, as in ``augmenter.counts``.
    """

    rows: int
    source_rows: int
    sha256: str
    counts: dict[str, int]


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


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lock the folder for this run. The lock ends with the process, even if it is killed."""
    lock = FileLock(folder / LOCK, timeout=LOCK_TIMEOUT)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(
            f"another run is working in {folder}; wait, or give another folder"
        ) from None
    try:
        yield
    finally:
        # Deleted before the release, so that a process that waits for it locks a new file.
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()


def resume_run(folder: Path, wanted: Mapping[str, Any]) -> dict[str, Shard]:
    """The complete shards of an earlier run with the same settings; the rest is deleted."""
    for stale in (*folder.glob(f"*{TEMPORARY}"), *folder.glob(f"{UNFINISHED}/*{TEMPORARY}")):
        if stale.name.removesuffix(TEMPORARY) in (MANIFEST, CARD) or stale.parent != folder:
            stale.unlink()
    if not any(path.name != LOCK for path in folder.iterdir()):
        save_manifest(folder, wanted, {})
        (folder / UNFINISHED).mkdir()
        return {}
    if not (folder / MANIFEST).exists():
        raise RunError(f"{folder} is not empty and holds no run; give a new folder")
    settings, shards = read_manifest(folder)
    different = [
        name
        for name in dict.fromkeys([*wanted, *settings])
        if settings.get(name) != wanted.get(name)
    ]
    if different:
        raise RunError(_refusal(folder, settings, wanted, different))
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
    folder: Path, old: Mapping[str, Any], new: Mapping[str, Any], different: Sequence[str]
) -> str:
    if different == ["content"]:
        return (
            f"{folder} holds a run on other data: the content of {old['source']} has changed "
            "since; give a new folder"
        )
    # These follow from other settings, which are named instead, if any of them differ.
    derived = ("content", "augmenter_hash", "augmenter")
    told = [name for name in different if name not in derived]
    told = told or [name for name in different if name == "augmenter"]
    changes = "; ".join(
        f"{name} was {_shown(old.get(name))} and is now {_shown(new.get(name))}" for name in told
    )
    if not told:
        changes = "the words, sentences or model of the augmenter differ"
    return f"{folder} holds a run with other settings: {changes}. Use those, or give a new folder"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(str, value)) or "none"
    return "not given" if value is None else str(value)


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file completely or not at all."""
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)  # if a full disk stopped the writing
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Write the entries of a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def save_manifest(folder: Path, settings: Mapping[str, Any], shards: Mapping[str, Shard]) -> None:
    """Write the manifest completely or not at all."""
    manifest = {
        "settings": dict(settings),
        "shards": {name: asdict(shards[name]) for name in sorted(shards)},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    write_atomically(folder / MANIFEST, text.encode("utf-8", "backslashreplace") + b"\n")
