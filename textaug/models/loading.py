"""Loading models and running them in batches, for every method that has one.

Knows no method: what goes into a model and what is read from it is its caller's business.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from textaug.models.batching import FORKED, mind_forks
from textaug.offline import MASKED_LM, hub_is_reachable, masked_lm

DTYPES = ("auto", "float32", "bfloat16", "float16")

# By class, what such a model is called and which ones will do: for the error messages.
_KINDS = {
    "AutoModelForMaskedLM": (
        "masked language model",
        "'bert-base-cased', 'roberta-base' or 'xlm-roberta-base'",
    ),
    "AutoModelForCausalLM": ("causal language model", "'gpt2' or 'HuggingFaceTB/SmolLM2-135M'"),
    "AutoModelForSeq2SeqLM": ("translation model", "'Helsinki-NLP/opus-mt-en-de'"),
    "AutoModelForTokenClassification": ("tagger", "'dslim/bert-base-NER'"),
    "AutoModel": ("encoder", "'sentence-transformers/all-MiniLM-L6-v2'"),
}


def load(
    kind: str,
    name: str,
    revision: str | None = None,
    dtype: str = "auto",
    device: str | None = None,
    rank: int | None = None,
) -> tuple[Any, Any]:
    """A model and its tokenizer, loaded on the first call and kept for the process.

    Whoever asks for the same name, revision, number format and device gets the same objects. In
    a forked worker (``map`` with ``num_proc``) torch is set to one thread.
    Weights are read from safetensors files only, and code that comes with a model is never run.

    Args:
        kind: the class in ``transformers`` that loads it, such as ``"AutoModelForMaskedLM"``.
        name: a folder made by ``save_pretrained``, a name on the model hub, or for a masked
            language model ``"offline"``, the one of :func:`textaug.offline.masked_lm`.
        revision: branch, tag or commit on the hub; default: ``main``.
        dtype: ``"float32"``, ``"bfloat16"``, ``"float16"``, or ``"auto"``: bfloat16 on GPUs that
            have it, else float32 (on a CPU, half the bits is not half the time).
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one, else the CPU.
        rank: the worker's number, which chooses among several GPUs where ``device`` does not.

    Returns:
        The model, in evaluation mode, and the tokenizer.

    Raises:
        OSError: if there is no such model here or on the hub, or the hub cannot be reached. With
            no network that takes seconds; what the hub's cache holds is still found.
        ValueError: if the model is of another kind, or lacks weights that this kind needs.
            (``transformers`` would draw those at random and only warn.)
        RuntimeError: in a forked worker whose parent has used CUDA, if it is to go to a GPU.

    Needs a model:

        model, tokenizer = load("AutoModelForMaskedLM", "bert-base-cased")
    """
    import torch

    mind_forks()
    if device is None:
        count = torch.cuda.device_count()
        device = f"cuda:{(rank or 0) % count}" if count else "cpu"
    if torch.device(device).type == "cuda" and torch.cuda._is_in_bad_fork():
        raise RuntimeError(FORKED)
    if dtype == "auto":
        half = torch.device(device).type == "cuda" and torch.cuda.is_bf16_supported(
            including_emulation=False
        )
        dtype = "bfloat16" if half else "float32"
    return _load(kind, name, revision, dtype, device)


@cache
def _load(kind: str, name: str, revision: str | None, dtype: str, device: str) -> tuple[Any, Any]:
    import torch
    import transformers

    if (kind, name) == ("AutoModelForMaskedLM", MASKED_LM):
        return masked_lm(dtype, device)
    offline = not Path(name).is_dir() and not _is_on_hub(name)
    where = {"revision": revision or "main", "local_files_only": offline}
    where["trust_remote_code"] = False
    what, such_as = _KINDS.get(kind, (f"model for {kind}", "one of that kind"))
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, **where)
        model, report = getattr(transformers, kind).from_pretrained(
            name,
            **where,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            output_loading_info=True,
        )
    except OSError as error:
        if not offline:
            raise
        without_hub = f", or {MASKED_LM!r}" if kind == "AutoModelForMaskedLM" else ""
        raise OSError(
            f"cannot load {name!r}: it is no folder here, the model hub cannot be reached, and the "
            "hub's local cache does not hold it (or not all of it); pass the path of a folder made "
            f'by save_pretrained{without_hub}, or run "hf download {name}" while there is a network'
        ) from error
    except ValueError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{name!r} cannot be used as a {what} ({reason}); pass one, such as {such_as}"
        ) from error
    missing = sorted(report["missing_keys"])
    if kind == "AutoModel":  # many encoders come without the pooler, which nothing here reads
        missing = [name for name in missing if not name.startswith("pooler.")]
    if missing:
        raise ValueError(
            f"{name!r} is no {what}: it has no weights for {missing[0]} and {len(missing) - 1} "
            f"other parts; pass one that was trained as such, for instance {such_as}"
        )
    return model.to(device).eval(), tokenizer


def _is_on_hub(name: str) -> bool:
    """Whether a hub can be asked for this name."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise OSError(
            f"{name!r} is neither a folder nor a model's name on the hub; pass one of them"
        ) from error
    return hub_is_reachable()
