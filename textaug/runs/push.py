"""A data set, or the folder of a run, on the hub: with its card, so that it loads by its name."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textaug.core.sources import data_of
from textaug.runs.card import header, textaug_version
from textaug.runs.folder import CARD, DATA, LOCK, UNFINISHED, RunError


def push(
    data: Any,
    name: str,
    *,
    private: bool = False,
    token: str | None = None,
    message: str = "Add data from textaug",
) -> str:
    """Put a data set on the hub, with its card, so that ``load_dataset(name)`` reads it.

    Args:
        data: the folder of a finished run of ``textaug augment``, whose card says how the data was
            made; or what :func:`textaug.load` takes, whose card gives rows and columns.
        name: of the data set on the hub, ``user/name``; made if it is not there.
        private: whether a new one is private.
        token: of the hub; default: that of ``hf auth login`` or ``HF_TOKEN``.
        message: of the commit.

    Returns:
        The address of the data set.

    Raises:
        RunError: (a ``ValueError``) if the folder's run is not finished, or the hub refuses.
    """
    if isinstance(data, (str, PathLike)) and (Path(data) / CARD).is_file():
        folder = Path(data)
        if (folder / UNFINISHED).exists():
            raise RunError(f"the run in {folder} is not finished; start its command again first")
        return _upload(folder, name, private, token, message)
    with TemporaryDirectory() as temporary:
        _write(data_of(data), Path(temporary), name)
        return _upload(Path(temporary), name, private, token, message)


def _write(data: Any, folder: Path, name: str) -> None:
    """A data set as Parquet files and a card."""
    splits = dict(data) if isinstance(data, Mapping) else {"train": data}
    (folder / DATA).mkdir()
    for split, rows in splits.items():
        rows.to_parquet(folder / DATA / f"{split}-00000-of-00001.parquet")
    features = next(iter(splits.values())).features
    rows_of_splits = ", ".join(f"`{split}` {len(rows):,} rows" for split, rows in splits.items())
    text = f"\n# {name}\n\nSplits: {rows_of_splits}. Written by textaug {textaug_version()}.\n"
    (folder / CARD).write_text(header(features, list(splits), csv=False) + text, encoding="utf-8")


def _upload(folder: Path, name: str, private: bool, token: str | None, message: str) -> str:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    api = HfApi(token=token)
    try:
        made = api.create_repo(name, repo_type="dataset", private=private, exist_ok=True)
        api.upload_folder(
            repo_id=made.repo_id,
            repo_type="dataset",
            folder_path=folder,
            commit_message=message,
            ignore_patterns=[LOCK],
        )
    except OfflineModeIsEnabled as error:
        raise RunError("the hub is switched off: unset HF_HUB_OFFLINE") from error
    except HfHubHTTPError as error:
        reason = str(error).strip().partition("\n")[0]
        raise RunError(
            f"the hub refuses {name!r}: {reason}. Log in (hf auth login, or HF_TOKEN), and give a "
            "name of your own: user/name"
        ) from error
    return f"{api.endpoint}/datasets/{made.repo_id}"
