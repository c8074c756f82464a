"""The JSON file of all results."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

import textaug
from textaug.core.content import content_of

from .arguments import Arguments

PACKAGES = ("torch", "transformers", "datasets", "evaluate", "seqeval", "scikit-learn")


def open_results(path: Path, arguments: Arguments) -> dict[str, Any]:
    """The results to continue, or new ones.

    Raises:
        ValueError: if the file holds results of other settings, or of files with other content.
    """
    settings = _with_contents(arguments.settings())
    if not path.exists():
        return {"settings": settings, "environment": environment(), "runs": [], "summary": []}
    results: dict[str, Any] = json.loads(path.read_text())
    before = results["settings"]
    other = [
        f"{name} was {before.get(name)!r}, is {settings.get(name)!r}"
        for name in dict.fromkeys([*settings, *before])
        if before.get(name) != settings.get(name)
    ]
    if other:
        raise ValueError(
            f"{path} holds results of other settings ({'; '.join(other)}); choose another "
            "--output_dir, or remove that file"
        )
    return results


def _with_contents(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with names and hashes of files and folders in place of their paths.

    A file may be moved. One with other content gives other results.
    """
    made: dict[str, Any] = {}
    for name, value in settings.items():
        made[name] = value
        if (name == "model" or name.endswith("_file")) and value and Path(value).exists():
            made[name] = Path(value).name
            made[f"{name}, content"] = content_of(value)
    return made


def save(path: Path, results: dict[str, Any]) -> None:
    """Write the results, completely or not at all."""
    new = path.with_suffix(".new")  # an interrupted write must not damage the old file
    new.write_text(json.dumps(results, indent=1) + "\n")
    new.replace(path)


def line(result: dict[str, Any]) -> str:
    """One result in one line."""
    seconds = result["seconds"]
    evaluation = f", {seconds['evaluate']:.0f} s evaluation" if "evaluate" in seconds else ""
    return (
        f"{result['size']} sentences, seed {result['seed']}, {result['arm']}: "
        f"F1 {100 * result['f1']:.1f} ({result['train_rows']} rows; {seconds['augment']:.1f} s "
        f"augmentation, {seconds['train']:.0f} s training{evaluation})"
    )


def environment() -> dict[str, Any]:
    """Machine, versions, commit and command line."""
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        cpu = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[0]
    return {
        "command": [_without_folder(sys.argv[0]), *map(_without_path, sys.argv[1:])],
        "time": time.strftime("%Y-%m-%d %H:%M:%S %z"),
        "commit": commit(),
        "machine": {
            "cpu": cpu,
            "cores": os.cpu_count(),
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
            "system": platform.platform(),
        },
        "versions": {
            "python": platform.python_version(),
            "textaug": textaug.__version__,
            **{name: version(name) for name in PACKAGES},
        },
    }


def _without_folder(script: str) -> str:
    """A script of this repository without the folder of this machine."""
    path, root = Path(script).resolve(), Path(__file__).resolve().parents[2]
    return str(path.relative_to(root)) if path.is_relative_to(root) else path.name


def _without_path(argument: str) -> str:
    """An argument; of a path only the name."""
    return Path(argument).name if os.sep in argument and Path(argument).exists() else argument


@cache
def commit() -> str | None:
    """The git commit that this runs from, with ``+`` if files differ from it.

    Results that a run writes beside the code make no difference. The variable ``COMMIT`` names it
    for a copy without git.
    """
    if given := os.environ.get("COMMIT"):
        return given

    def git(*arguments: str) -> str:
        root = Path(__file__).parents[2]
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "-uno", "--", ".", ":!benchmarks/results")
    return git("rev-parse", "HEAD") + ("+" if changed else "") or None
