"""Hooks of MkDocs: files outside ``docs/`` as pages, and links between the two."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

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
    return files


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
