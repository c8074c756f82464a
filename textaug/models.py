"""Loading models and running them in batches, for every method that has one.

Knows no method: what goes into a model and what is read from it is its caller's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from textaug.offline import MASKED_LM, hub_is_reachable, masked_lm

DTYPES = ("auto", "float32", "bfloat16", "float16")
# Lengths are rounded up to a multiple of this, see `batches`.
LENGTH_STEP = 8  # tokens

FORKED = (
    "CUDA was used in the parent process before map(num_proc=...) forked this one, which cannot "
    "use it any more; call map with num_proc in a process in which nothing has run on a GPU yet "
    "(torch.cuda.is_available() counts too), or without num_proc"
)

_IMPORTED_IN = os.getpid()

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

Result = TypeVar("Result")


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


def encode_words(tokenizer: Any, words: Sequence[str]) -> list[list[int]]:
    """The sub-word tokens of each word, as it stands inside a text.

    A blank before the word makes it a word of its own for every kind of tokenizer, as
    ``is_split_into_words`` does, which not all of them have. Lone surrogates are replaced, since
    tokenizers written in Rust cannot take them. "[MASK]" in a text is text.
    """
    if not words:
        return []
    texts = [f" {word}".encode("utf-8", "replace").decode("utf-8") for word in words]
    encoded = tokenizer(
        texts,
        add_special_tokens=False,
        split_special_tokens=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )
    ids: list[list[int]] = encoded["input_ids"]
    return ids


def window(model: Any, tokenizer: Any) -> int:
    """How many sub-word tokens the model takes at once."""
    from torch.nn import Embedding

    sizes = [tokenizer.model_max_length, model.config.max_position_embeddings]
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and isinstance(module, Embedding):
            # RoBERTa and its kin count positions from the padding id on, and lose those before.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            sizes.append(module.num_embeddings - lost)
    return int(min(sizes))


def mind_forks() -> None:
    """Set torch to one thread in a forked worker, where its threads did not come along."""
    import torch

    if os.getpid() != _IMPORTED_IN:
        # Waiting for threads that are not there hangs for ever.
        torch.set_num_threads(1)


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


def padded(length: int, step: int = LENGTH_STEP) -> int:
    """``length`` rounded up to a multiple of ``step``."""
    return -(-length // step) * step


def batches(lengths: Sequence[int], budget: int, step: int = LENGTH_STEP) -> list[list[int]]:
    """Group sequences so that each group, padded, stays within a budget of tokens.

    Only sequences with the same padded length go together. So what a sequence is padded to does
    not depend on its neighbours, and neither does its result: padding it differently changes the
    last bits of what comes out, the number of rows does not (on a CPU, in the same number format).

    Args:
        lengths: one number of tokens for each sequence.
        budget: rows times padded length, at most; a sequence that is longer goes alone.
        step: lengths are rounded up to a multiple of this many tokens.

    Returns:
        Lists of indices into ``lengths``, the longest first, so that what does not fit into the
        memory shows at once.

    >>> batches([3, 20, 5, 8, 2], budget=24)
    [[1], [3, 2, 0], [4]]
    """
    groups: dict[int, list[int]] = {}
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        groups.setdefault(padded(lengths[i], step), []).append(i)
    result = []
    for length in sorted(groups, reverse=True):
        group, rows = groups[length], max(1, budget // max(1, length))
        result += [group[i : i + rows] for i in range(0, len(group), rows)]
    return result


def run_in_batches(
    function: Callable[[list[int]], Sequence[Result]],
    lengths: Sequence[int],
    budget: int,
    step: int = LENGTH_STEP,
) -> list[Result]:
    """Run a model over sequences batch by batch, and put the results back into order.

    When the GPU's memory runs out, this batch and all that wait are halved, and it goes on.

    Args:
        function: takes the indices of a batch, as :func:`batches` makes them, and returns one
            result for each.
        lengths: the number of tokens of each sequence.
        budget: padded tokens in a batch, at most.
        step: lengths are rounded up to a multiple of this many tokens.

    Returns:
        One result for each sequence.

    Raises:
        torch.OutOfMemoryError: if one sequence alone does not fit.

    >>> run_in_batches(lambda batch: [10 * i for i in batch], [5, 40, 7], budget=64)
    [0, 10, 20]
    """
    import torch

    mind_forks()
    results: dict[int, Result] = {}
    waiting = batches(lengths, budget, step)
    while waiting:
        batch = waiting[0]
        output: Sequence[Result] | None = None
        try:
            output = function(batch)
        except torch.cuda.OutOfMemoryError:
            if len(batch) == 1:
                raise
        except RuntimeError as error:  # of a model that the parent had loaded
            if "CUDA in forked subprocess" not in str(error):
                raise
            raise RuntimeError(FORKED) from error
        if output is None:  # out of the "except", where the failed tensors would still be held
            torch.cuda.empty_cache()
            waiting = [half for batch in waiting for half in _halves(batch)]
        else:
            results.update(zip(waiting.pop(0), output, strict=True))
    return [results[i] for i in range(len(lengths))]


def _halves(batch: list[int]) -> list[list[int]]:
    middle = (len(batch) + 1) // 2
    return [half for half in (batch[:middle], batch[middle:]) if half]
