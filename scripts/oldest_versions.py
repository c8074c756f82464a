"""Prints the oldest versions that pyproject.toml allows, as a constraints file for pip.

    python scripts/oldest_versions.py > oldest.txt

``make test-oldest`` installs the package with them and runs the tests. Pip chooses the versions
of packages that ``pyproject.toml`` does not name.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
# Not required by name: pandas 3 is newer than most of these versions, and `datasets` before 5.2
# cannot read class labels from CSV with it.
ALSO = ("pandas<3",)
REQUIREMENT = re.compile(r"(?P<name>[\w-]+)(?:\[[\w,]+\])?>=(?P<version>[\d.]+)")


def oldest(project: dict[str, object]) -> dict[str, str]:
    """The lower bound of every requirement of a ``[project]`` table, extras included.

    Raises:
        ValueError: if a requirement has no lower bound, or two different ones.

    >>> oldest({"dependencies": ["torch>=2.4"], "optional-dependencies": {"ray": ["ray[data]>=2"]}})
    {'torch': '2.4', 'ray': '2'}
    """
    extras: dict[str, list[str]] = project["optional-dependencies"]
    versions: dict[str, str] = {}
    for requirement in [*project["dependencies"], *(one for e in extras.values() for one in e)]:
        found = REQUIREMENT.match(requirement)
        if found is None:
            raise ValueError(f"{requirement!r} in pyproject.toml has no lower bound")
        name, version = found["name"], found["version"]
        if versions.setdefault(name, version) != version:
            raise ValueError(f"{name} has two lower bounds, {versions[name]} and {version}")
    return versions


def main() -> None:
    """Print one constraint per line."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    versions = [f"{name}=={version}" for name, version in sorted(oldest(project).items())]
    print(*versions, *ALSO, sep="\n")


if __name__ == "__main__":
    main()
