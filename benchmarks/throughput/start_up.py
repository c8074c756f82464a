"""The time until textaug is there: imports, the help of the shell, the first sentence."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from .settings import ROOT
from .timing import in_turns

HEAVY = ("torch", "transformers", "datasets", "nltk", "pandas", "pyarrow")
FIRST = "from textaug import SynonymReplacement; SynonymReplacement({})('Shares fell on Friday.')"
PROGRAMS = {
    "python": ("-c", "pass"),
    "`import textaug`": ("-c", f"import sys, textaug; assert not set({HEAVY}) & set(sys.modules)"),
    "`textaug --help`": (str(Path(sys.executable).with_name("textaug")), "--help"),
    "the first synonym, `context=False`": ("-c", FIRST.format("context=False")),
    "the first synonym": ("-c", FIRST.format("")),
    "`import torch`, and BERT of transformers": (
        "-c",
        "import torch; from transformers import BertModel",
    ),
}


def start_up(options: argparse.Namespace) -> dict[str, Any]:
    """Seconds of each program, over those of starting Python."""

    def start(arguments: Sequence[str]) -> None:
        command = [sys.executable, *arguments]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)

    arms: dict[str, Any] = {name: lambda a=a: start(a) for name, a in PROGRAMS.items()}
    seconds = in_turns(arms, options.rounds, "start")
    python = seconds.pop("python")
    took = {
        name: [a - b for a, b in zip(each, python, strict=True)] for name, each in seconds.items()
    }
    return {"seconds": {name: median(each) for name, each in took.items()}, "all": took}
