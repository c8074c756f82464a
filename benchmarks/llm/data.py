"""Sentences to measure on."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from textaug.corpora import load_conll


def sample(path: Path, number: int) -> Any:
    """Sentences of the file, drawn with a fixed seed."""
    rows = load_conll(path)
    rows = rows["train"] if isinstance(rows, dict) else rows
    return rows.select(sorted(Random(18).sample(range(len(rows)), number)))
