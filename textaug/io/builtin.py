"""The small corpus that comes with this package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textaug.io.conll import load_conll

if TYPE_CHECKING:
    from datasets import DatasetDict

CORPUS = Path(__file__).parents[1] / "data" / "corpus"


def builtin_corpus() -> DatasetDict:
    """The small corpus that comes with this package: English, PER, ORG, LOC and MISC, IOB2.

    Returns:
        Splits ``train``, ``validation`` and ``test`` with columns ``tokens`` and ``ner_tags``.
    """
    return load_conll({name: CORPUS / f"{name}.conll" for name in ("train", "validation", "test")})
