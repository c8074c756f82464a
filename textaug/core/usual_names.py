"""The usual names of columns and keys, from ``data/column_names.txt``."""

from __future__ import annotations

from pathlib import Path

_FILE = Path(__file__).parent.parent / "data" / "column_names.txt"


def _read() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            role, _, names = line.partition(":")
            found[role] = found.get(role, ()) + tuple(names.split())
    return found


USUAL_NAMES = _read()
# Label sets of single words, which cannot be types of mentions.
PARTS_OF_SPEECH = (frozenset(USUAL_NAMES["upos"]), frozenset(USUAL_NAMES["penn"]))
