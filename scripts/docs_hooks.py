"""Hooks of MkDocs: files outside ``docs/`` as pages, links between the two, notebooks with outputs.

Notebooks are kept without outputs; they are executed where ``TEXTAUG_DOCS_EXECUTE`` is set, as
``make docs`` does.
"""

from __future__ import annotations

import os
import posixpath
import re
from itertools import compress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mkdocs.structure.files import File, Files

EXECUTE, INSTALL = "TEXTAUG_DOCS_EXECUTE", "install"  # a variable, and the tag of a cell
ROOT = Path(__file__).resolve().parent.parent
# Files of the repository, by their place in the site.
PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "RELEASING.md": "releasing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "measuring.md",
}
IMAGES = sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("benchmarks/results/*/results.png"))
_PLACES = {**PAGES, **{image: image for image in IMAGES}}
_LINK = re.compile(r"(\]\()([^)\s#:]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the files that are outside ``docs/``."""
    for source, place in _PLACES.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    if os.environ.get(EXECUTE):
        for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
            place = f"notebooks/{path.name}"
            files.remove(files.src_uris[place])
            files.append(File.generated(config, place, content=_executed(path)))
    return files


def _executed(path: Path) -> str:
    """A notebook with its outputs; its install line is shown and not run."""
    import nbclient
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    is_run = [INSTALL not in cell.metadata.get("tags", ()) for cell in notebook.cells]
    run = nbformat.from_dict({**notebook, "cells": list(compress(notebook.cells, is_run))})
    with TemporaryDirectory() as folder:
        there = {"metadata": {"path": folder}}
        nbclient.NotebookClient(run, timeout=1200, resources=there).execute()
    cells = iter(run.cells)
    notebook.cells = [
        next(cells) if ran else cell for cell, ran in zip(notebook.cells, is_run, strict=True)
    ]
    return str(nbformat.writes(notebook))


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let links lead to the place in the site of what they lead to in the repository."""
    here = page.file.src_uri
    source = next((name for name, place in PAGES.items() if place == here), f"docs/{here}")

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), link[2]))
        inside = target.removeprefix("docs/") if target.startswith("docs/") else None
        place = _PLACES.get(target, inside)
        if place is None:
            return link[0]
        moved_to = posixpath.relpath(place, posixpath.dirname(here) or ".")
        return f"{link[1]}{moved_to}{link[3]}"

    return _LINK.sub(moved, markdown)
