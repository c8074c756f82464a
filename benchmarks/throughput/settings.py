"""Folders, and the sizes that several sections share."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CONLL = Path(
    os.environ.get("CONLL_TRAIN", ROOT.parent / "shared" / "data" / "conll2003" / "eng.train")
)
WORK = ROOT / "runs" / "throughput"
RESULTS = ROOT / "benchmarks" / "results" / "throughput"

COPYING = "copying map"  # the least work of a function for `map`
SHARE = 0.1  # of the words are changed, in every library
OUTPUT_TOKENS = 24  # of every translation by a model with random weights
