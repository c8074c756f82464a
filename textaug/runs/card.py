"""The data set card of a run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from textaug.runs.folder import DATA, Shard
from textaug.runs.workers import RunSpec

if TYPE_CHECKING:
    from datasets import Features

# The folders of an absolute path in quotes, or after "=" in a name with arguments.
_FOLDERS = re.compile(
    r"""(?<=')/(?:[^']*/)?(?=[^/'])|(?<=")/(?:[^"]*/)?(?=[^/"])"""
    r"""|(?<==)/(?:(?:(?!,\w+=)[^'"+|])*/)?(?=[^/'"+|])"""
)


def totals(shards: Mapping[str, Shard]) -> Counter[str]:
    """The counts of all shards together."""
    return sum((Counter(shard.counts) for shard in shards.values()), Counter())


def textaug_version() -> str:
    """The version of this library."""
    from textaug import __version__

    return __version__


def header(features: Features, names: list[str], csv: bool, content: str = "") -> str:
    """The header of a card: which files are which split, and the features."""
    import yaml

    config: dict[str, Any] = {
        "config_name": "default",
        "data_files": [{"split": name, "path": f"{DATA}/{name}-*"} for name in names],
    }
    if content:
        # The cache of `load_dataset` identifies a folder by its name and this header: without this
        # line it would return the content of an earlier folder with the same name.
        config["description"] = f"content {content}"
    if csv:
        config["keep_default_na"] = False  # "NA" is a word
    info: dict[str, Any] = {"features": features._to_yaml_list()}
    header = {"configs": [config], "dataset_info": info, "tags": ["textaug"]}
    return f"---\n{yaml.safe_dump(header, sort_keys=False, allow_unicode=True)}---\n"


def unfinished_card(run: RunSpec, command: str | None) -> str:
    """The card of a run that has not finished."""
    again = f" Start it again:\n\n```\n{command}\n```\n" if command else "\n"
    return (
        header(run.features, [n for n in run.data if len(run.data[n])], run.format == "csv")
        + f"\nThe run of `textaug augment` that makes this data set is not finished.{again}"
    )


def card(
    features: Features,
    splits: Sequence[str],
    shards: Mapping[str, Shard],
    settings: Mapping[str, Any],
    command: str | None = None,
) -> str:
    """The data set card of a finished run: what ``load_dataset`` needs, and how it was made."""
    rows, before = rows_of(shards, "rows"), rows_of(shards, "source_rows")
    split = settings["split"]
    digest = blake2b("".join(s.sha256 for s in shards.values()).encode(), digest_size=16)
    names = [name for name in splits if rows[name]]
    lines = [
        header(features, names, settings["format"] == "csv", digest.hexdigest()),
        f"# {_inline(settings['source'])}, augmented",
        "",
        f"Split `{split}`: {rows[split]:,} rows, made from {before[split]:,} by "
        f"textaug {textaug_version()}. "
        + (
            "Each row is followed by its augmented copies."
            if settings["keep_original"]
            else "The rows that it was made from are not in it."
        ),
    ]
    others = [f"`{name}` ({rows[name]:,} rows)" for name in names if name != split]
    if others:
        how = "Likewise" if settings.get("all_splits") else "Unchanged"
        lines.append(f"\n{how}: {', '.join(others)}.")
    if empty := empty_splits(splits, shards):
        lines.append(f"\nLeft out, without rows: {', '.join(f'`{name}`' for name in empty)}.")
    if command:
        lines += ["", "```", command, "```"]
    lines += ["", "The augmenter:", "", "```python", settings["augmenter"], "```", ""]
    lines += ["| outcome of the copies | number |", "|:--|--:|"]
    lines += [f"| {_inline(reason)} | {n:,} |" for reason, n in sorted(totals(shards).items())]
    lines += ["", "A label was never guessed: a copy whose labels were not certain was left out."]
    return "\n".join(lines) + "\n"


def empty_splits(splits: Iterable[str], shards: Mapping[str, Shard]) -> list[str]:
    """The splits without a row, which ``load_dataset`` cannot load."""
    rows = rows_of(shards, "rows")
    return [name for name in splits if not rows[name]]


def without_folders(text: str) -> str:
    """An augmenter, or its name and arguments, with only the last part of each absolute path.

    >>> without_folders("masked-lm:model=/home/ann/bert,p=0.1")
    'masked-lm:model=…/bert,p=0.1'
    """
    return _FOLDERS.sub("…/", text)


def rows_of(shards: Mapping[str, Shard], which: str) -> Counter[str]:
    """The ``rows`` of each split, or the ``source_rows`` that they were made from."""
    rows: Counter[str] = Counter()
    for name, shard in shards.items():
        rows[name.rpartition("-of-")[0].rpartition("-")[0]] += getattr(shard, which)
    return rows


def _inline(text: str) -> str:
    """Text on one line, with the characters escaped that mean something in Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#|!" else c for c in " ".join(text.split()))
