"""Tables of the benchmarks in the README."""

from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def into_readme(name: str, table: str, readme: Path = README) -> None:
    """Put a table between the two marks of its benchmark, if the README has them."""
    text = readme.read_text()
    before, start, rest = text.partition(f"<!-- written by {name} -->")
    _, end, after = rest.partition(f"<!-- end of {name} -->")
    if start and end:
        readme.write_text(f"{before}{start}\n{table}\n{end}{after}")
