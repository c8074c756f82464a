"""Load models: one object per process for each model."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from textaug.core.content import content_of
from textaug.core.validation import check_at_least_one
from textaug.models.batching import BATCH_TOKENS, FORKED, limit_threads_in_fork
from textaug.offline import GGUF_EXTRA, MASKED_LM, hub_is_reachable, masked_lm

logger = logging.getLogger("textaug")

MODELS_KEPT = 8  # in a process; back-translation needs two for each pivot
DTYPES = ("auto", "float32", "bfloat16", "float16")

# By class in transformers: the type of model and examples, for error messages.
_TYPES = {
    "AutoModelForMaskedLM": (
        "masked language model",
        "'bert-base-cased', 'roberta-base' or 'xlm-roberta-base'",
    ),
    "AutoModelForCausalLM": ("causal language model", "'gpt2' or 'HuggingFaceTB/SmolLM2-135M'"),
    "AutoModelForSeq2SeqLM": ("translation model", "'Helsinki-NLP/opus-mt-en-de'"),
    "AutoModelForTokenClassification": ("tagger", "'dslim/bert-base-NER'"),
    "AutoModelForSequenceClassification": (
        "classifier of sentences",
        "'distilbert-base-uncased-finetuned-sst-2-english'",
    ),
    "AutoModel": ("encoder", "'sentence-transformers/all-MiniLM-L6-v2'"),
}

Kept = TypeVar("Kept")
Wrapper = TypeVar("Wrapper")


@dataclass(frozen=True)
class ModelSpec:
    """Which model to load, in which number format, and on which device.

    Args:
        name: a folder made by ``save_pretrained``, a name on the model hub, ``"offline"``, the
            masked language model or sentence encoder of :mod:`textaug.offline`, or a GGUF file
            (``folder/model.gguf``, or ``owner/name/model.gguf`` on the hub).
        revision: branch, tag or commit on the hub; default: ``main``.
        dtype: ``"float32"``, ``"bfloat16"``, ``"float16"``, or ``"auto"``: bfloat16 on GPUs that
            have it, else float32 (on a CPU, half the bits do not halve the time).
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one, else the CPU.
        batch_tokens: sub-tokens, padding included, that go through the model at once.

    Raises:
        ValueError: for a ``dtype`` that is not listed, or ``batch_tokens`` below 1.
    """

    name: str
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    batch_tokens: int = BATCH_TOKENS

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype={self.dtype!r}: must be one of {', '.join(DTYPES)}")
        check_at_least_one(batch_tokens=self.batch_tokens)


def load(auto_class: str, model: ModelSpec | str, rank: int | None = None) -> tuple[Any, Any]:
    """A model and its tokenizer, loaded on the first call.

    Equal names, contents, revisions, number formats and devices give the same objects; the process
    keeps the :data:`MODELS_KEPT` models used last. In a forked worker (``map`` with ``num_proc``)
    torch is set to one thread. Weights are read from safetensors files only, and code that comes
    with a model is never run.

    Args:
        auto_class: the class in ``transformers``, such as ``"AutoModelForMaskedLM"``.
        model: a spec, or a name alone.
        rank: the worker's number, which selects one of several GPUs unless the spec has a device.

    Returns:
        The model, in evaluation mode, and the tokenizer.

    Raises:
        OSError: if the model is neither a folder nor on the hub, or the hub cannot be reached.
            Without a network, this takes seconds; models in the hub's cache are still found.
        ValueError: if the model is of another type, or lacks weights that this type needs.
            (``transformers`` would initialise those at random and only warn.)
        RuntimeError: in a forked worker whose parent has used CUDA, if the device is a GPU.

    Needs a model:

        model, tokenizer = load("AutoModelForMaskedLM", "bert-base-cased")
    """
    loaded = _loaded(auto_class, model, rank)
    return loaded.model, loaded.tokenizer


def load_as(
    wrapper: Callable[[Any, Any], Wrapper],
    auto_class: str,
    model: ModelSpec | str,
    rank: int | None = None,
) -> Wrapper:
    """``wrapper(model, tokenizer)`` of what :func:`load` returns, made once and kept with it."""
    loaded = _loaded(auto_class, model, rank)
    if wrapper not in loaded.wrappers:
        loaded.wrappers[wrapper] = wrapper(loaded.model, loaded.tokenizer)
    return loaded.wrappers[wrapper]  # type: ignore[no-any-return]


def keep(key: Hashable, make: Callable[[], Kept]) -> Kept:
    """The object kept under ``key``, else a new one from ``make``.

    Beyond :data:`MODELS_KEPT` objects the least recently used one is dropped.
    """
    if key in _dropped:
        _warn_of_reloads()
    value = _kept.pop(key, None)
    if value is None:
        value = make()
    _kept[key] = value  # as the most recently used one
    while len(_kept) > MODELS_KEPT:
        oldest = next(iter(_kept))
        _kept.pop(oldest, None)
        _dropped.add(oldest)
    return value  # type: ignore[no-any-return]


def forget_models() -> None:
    """Drop all models that the process keeps."""
    _kept.clear()
    _dropped.clear()
    _warn_of_reloads.cache_clear()


@cache  # a process warns once
def _warn_of_reloads() -> None:
    logger.warning(
        "more than %s models are in use, so some are loaded repeatedly; raise "
        "textaug.models.loading.MODELS_KEPT if memory allows",
        MODELS_KEPT,
    )


_kept: dict[Hashable, Any] = {}
_dropped: set[Hashable] = set()
# What a forked process got from its parent, and never frees: a CTranslate2 model waits for its
# threads then, and the forked process does not have them.
_inherited: list[Any] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _inherited.extend(_kept.values()))


@dataclass
class _Loaded:
    model: Any
    tokenizer: Any
    wrappers: dict[Any, Any] = field(default_factory=dict)


def _loaded(auto_class: str, model: ModelSpec | str, rank: int | None) -> _Loaded:
    where = _resolved(model, rank)
    key = (auto_class, content_of(where[0]), *where)
    return keep(key, lambda: _Loaded(*_load(auto_class, *where)))


def _resolved(model: ModelSpec | str, rank: int | None) -> tuple[str, str | None, str, str]:
    """Name, revision, number format and device, without defaults."""
    import torch

    limit_threads_in_fork()
    spec = ModelSpec(model) if isinstance(model, str) else model
    dtype, device = spec.dtype, spec.device
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
    return spec.name, spec.revision, dtype, device


def _load(
    auto_class: str, name: str, revision: str | None, dtype: str, device: str
) -> tuple[Any, Any]:
    import torch
    import transformers

    if (auto_class, name) == ("AutoModelForMaskedLM", MASKED_LM):
        return masked_lm(dtype, device)
    given, gguf = name, _gguf_file(name)
    if gguf:
        name = given.removesuffix(gguf).rstrip("/\\") or "."
    offline = not Path(name).is_dir() and not _is_on_hub(name)
    where: dict[str, Any] = {"revision": revision or "main", "local_files_only": offline}
    where |= {"trust_remote_code": False} | ({"gguf_file": gguf} if gguf else {})
    what, such_as = _TYPES.get(auto_class, (f"model for {auto_class}", "one of that type"))
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, **where)
        # The bar is for downloads; from a folder a model is there in a moment.
        with _without_bar() if Path(name).is_dir() and not gguf else nullcontext():
            model, report = getattr(transformers, auto_class).from_pretrained(
                name,
                **where,
                dtype=getattr(torch, dtype),
                use_safetensors=True,
                output_loading_info=True,
            )
    except ImportError as error:
        if not gguf:
            raise
        raise ModuleNotFoundError(f"{given!r} is a GGUF file, which needs {GGUF_EXTRA}") from error
    except OSError as error:
        if not offline:
            raise
        without_hub = f", or {MASKED_LM!r}" if auto_class == "AutoModelForMaskedLM" else ""
        raise OSError(
            f"cannot load {name!r}: it is not a folder here, the model hub cannot be reached, and "
            "the hub's local cache does not hold it (or not all of it); pass the path of a folder "
            f'made by save_pretrained{without_hub}, or run "hf download {name}" while there is a '
            "network"
        ) from error
    except ValueError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{name!r} cannot be used as a {what} ({reason}); pass one, such as {such_as}"
        ) from error
    missing = sorted(report["missing_keys"])
    if auto_class == "AutoModel":  # many encoders lack the pooler, which is not used here
        missing = [name for name in missing if not name.startswith("pooler.")]
    if missing:
        raise ValueError(
            f"{name!r} is not a {what}: it has no weights for {missing[0]} and {len(missing) - 1} "
            f"other parts; pass one that was trained as such, for instance {such_as}"
        )
    return model.to(device).eval(), tokenizer


@contextmanager
def _without_bar() -> Iterator[None]:
    from huggingface_hub import constants
    from huggingface_hub.utils.tqdm import progress_bar_states
    from transformers.utils import logging as bars

    # The switch of transformers is that of the hub too, which has one for each kind of bar.
    is_fixed = constants.HF_HUB_DISABLE_PROGRESS_BARS is not None
    if is_fixed or not bars.is_progress_bar_enabled():
        yield
        return
    states = dict(progress_bar_states)
    bars.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        bars.enable_progress_bar()  # type: ignore[no-untyped-call]
        progress_bar_states.clear()
        progress_bar_states.update(states)


def _gguf_file(name: str) -> str | None:
    """The file's name, where a model is a GGUF file."""
    return Path(name).name if name.endswith(".gguf") else None


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
