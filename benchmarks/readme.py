"""Tables of the benchmarks in the README and in the pages of ``docs/``."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def into_readme(name: str, table: str, root: Path = ROOT) -> None:
    """Put a table between the two marks of its benchmark, on each page that has them."""
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md"))]:
        text = page.read_text()
        before, start, rest = text.partition(f"<!-- written by {name} -->")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        if start and end:
            page.write_text(f"{before}{start}\n{table.rstrip()}\n\n{end}{after}")
