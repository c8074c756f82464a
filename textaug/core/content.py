"""A hash of a model's files: a retrained model in the same folder counts as another model."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from textaug import offline

# A trainer's optimizer and generator states: large, and never read here.
_IGNORED = {".pt", ".pth"}


def content_of(path: str | Path) -> str | None:
    """A hash of the names and contents of the files in a folder, or of one file; else ``None``.

    Subfolders are ignored, as ``from_pretrained`` does not read them. A file is read once in a
    process, and again only if its size or modification time changes. ``"offline"`` stands for the
    models of :mod:`textaug.offline` (``None`` if their package is not installed).
    """
    folder, more = Path(path), []
    if path == offline.MASKED_LM:
        if not offline.has_encoder():
            return None
        folder, more = Path(offline.encoder()), [offline.MASKED_LM_FILE, offline.WORD_TAGS_FILE]
    if not folder.exists():
        return None
    files = sorted(folder.iterdir()) if folder.is_dir() else [folder]
    digest = hashlib.blake2b(digest_size=16)
    for file in [*files, *more]:
        if file.is_file() and file.suffix not in _IGNORED:
            stat = file.stat()
            content = _digest(str(file.absolute()), stat.st_mtime_ns, stat.st_size)
            digest.update(f"{file.name}\0{stat.st_size}\0{content}\0".encode(errors="replace"))
    return digest.hexdigest()


@lru_cache(maxsize=4096)
def _digest(path: str, mtime_ns: int, size: int) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
