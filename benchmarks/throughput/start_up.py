"""The time that ``import textaug`` takes."""

from __future__ import annotations

import argparse
import subprocess
import sys
from statistics import median
from typing import Any

from .settings import ROOT
from .timing import in_turns


def import_time(options: argparse.Namespace) -> dict[str, Any]:
    """Importing textaug, over starting Python."""

    def start(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)

    heavy = "('torch', 'transformers', 'datasets', 'nltk', 'pandas', 'pyarrow')"
    seconds = in_turns(
        {
            "python": lambda: start("pass"),
            "import": lambda: start(
                f"import sys, textaug; assert not set({heavy}) & set(sys.modules)"
            ),
        },
        options.rounds,
        "import",
    )
    took = [a - b for a, b in zip(seconds["import"], seconds["python"], strict=True)]
    return {"seconds": median(took), "all": took}
