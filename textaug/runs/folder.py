"""The folder of a run: manifest, lock, shards."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

MANIFEST, CARD, DATA, UNFINISHED = "manifest.json", "README.md", "data", ".unfinished"
TEMPORARY = ".tmp"
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


# The folder


@contextmanager
def locked_folder(folder: Path) -> Iterator[int]:
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


def resume_run(folder: Path, wanted: Mapping[str, Any]) -> dict[str, Shard]:
    """The shards that are there, whole and made with these settings; the rest is cleared away."""
    for stale in (*folder.glob(f"*{TEMPORARY}"), *folder.glob(f"{UNFINISHED}/*{TEMPORARY}")):
        if stale.name.removesuffix(TEMPORARY) in (MANIFEST, CARD) or stale.parent != folder:
            stale.unlink()
    if not any(folder.iterdir()):
        save_manifest(folder, wanted, {})
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


def write_atomically(path: Path, content: bytes | memoryview) -> None:
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
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Write the entries of a folder to the disk."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def save_manifest(folder: Path, settings: Mapping[str, Any], shards: Mapping[str, Shard]) -> None:
    """Write the manifest whole or not at all."""
    manifest = {
        "settings": dict(settings),
        "shards": {name: asdict(shards[name]) for name in sorted(shards)},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    write_atomically(folder / MANIFEST, text.encode("utf-8", "backslashreplace") + b"\n")
