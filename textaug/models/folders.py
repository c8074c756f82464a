"""Folders that are made once, even if a process is killed while it makes one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """``folder``, filled by ``make`` if it does not exist yet.

    One process makes it, under a file lock, and others wait. It gets its name when it is complete;
    files of a killed process are removed by the next one.

    Args:
        folder: its parent is created if it is missing.
        make: writes into the empty folder that it is given.
    """
    from filelock import FileLock

    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{folder.name}")
    lock = folder.with_name(f".{folder.name}.lock")
    with FileLock(lock):
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            try:
                make(unfinished)
                unfinished.rename(folder)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    # Not needed once the folder exists: processes that wait for the lock will find the folder.
    lock.unlink(missing_ok=True)
    return folder
