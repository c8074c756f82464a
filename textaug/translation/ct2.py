"""Translation with CTranslate2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from textaug.core.content import content_of
from textaug.models.batching import limit_threads_in_fork
from textaug.models.folders import made_once
from textaug.models.loading import ModelSpec, keep
from textaug.translation.base import ModelTranslator, longest_translation

# CTranslate2 is given this many times the tokens of a batch: it sorts the texts by their lengths,
# and makes the batches itself, for all cores.
BATCHES = 16
# In a batch of one core: with more, its cache is too small.
OF_A_CORE = 1024  # tokens


@dataclass(frozen=True)
class CTranslate2(ModelTranslator):
    """A Marian model (OPUS-MT) in CTranslate2, a runtime for fast translation.

    The checkpoint is converted once, into the folder ``textaug/ctranslate2`` of Hugging Face's
    cache (``HF_HOME``); no network is needed after that.

    Args:
        dtype: ``"auto"`` (8-bit integers on a CPU, float16 on a GPU), ``"float32"``,
            ``"bfloat16"`` or ``"float16"``. In float32 it gives the translations of
            `transformers`; in 8 bits single words can differ.

    The other arguments are those of :class:`~textaug.translation.base.ModelTranslator`. Sampling
    with seeds is not supported.

    Raises:
        ValueError: when translating, if seeds are given, or if CTranslate2 cannot hold the model.
        ModuleNotFoundError: when translating, if the package is not installed; the message has
            the command that installs it.
        OSError: when translating, if the model cannot be loaded.
    """

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if seeds is not None:
            raise ValueError("CTranslate2 cannot sample with seeds; use the engine 'transformers'")
        import torch

        if not texts:
            return []
        translator, tokenizer, options = load_ctranslate2(self.spec, self.rank)
        rows: list[list[int]] = tokenizer(list(texts), verbose=False)["input_ids"]
        longest = tokenizer.model_max_length

        def run(batch: list[int]) -> list[list[str]]:
            ids = [rows[i] for i in batch]
            workers, beams = translator.num_translators, max(n, self.num_beams)
            most = max(1, self.batch_tokens // beams)
            share = -(-sum(map(len, ids)) // workers)
            limits = [longest_translation(len(row), longest) for row in ids]
            try:
                found = translator.translate_batch(
                    [tokenizer.convert_ids_to_tokens(row) for row in ids],
                    beam_size=beams,
                    num_hypotheses=n,
                    max_decoding_length=max(limits),
                    max_batch_size=min(share, most, OF_A_CORE) if workers > 1 else most,
                    batch_type="tokens",
                    return_end_token=True,
                    **options,
                )
            except RuntimeError as error:
                if "out of memory" not in str(error):
                    raise
                raise torch.OutOfMemoryError(str(error)) from error  # a smaller batch may fit
            return [
                [
                    tokenizer.decode(
                        tokenizer.convert_tokens_to_ids(tokens), skip_special_tokens=True
                    ).strip()
                    for tokens in one.hypotheses
                    if tokens[-1:] == [tokenizer.eos_token] and len(tokens) < limit
                ]
                for one, limit in zip(found, limits, strict=True)
            ]

        return self._run(run, rows, n, longest, BATCHES * self.batch_tokens)


def load_ctranslate2(model: ModelSpec, rank: int | None) -> tuple[Any, Any, dict[str, Any]]:
    """The translator, its tokenizer, and the model's own settings for the search."""
    key = ("ctranslate2", content_of(model.name), model, rank)
    return keep(key, lambda: _load(model, rank))


def _load(model: ModelSpec, rank: int | None) -> tuple[Any, Any, dict[str, Any]]:
    if find_spec("ctranslate2") is None:
        raise ModuleNotFoundError(
            "CTranslate2 is not installed: pip install 'textaug-nlp[ctranslate2]'"
        )
    import ctranslate2
    import torch
    from transformers import AutoTokenizer, GenerationConfig

    limit_threads_in_fork()
    device_type, _, number = (model.device or "").partition(":")
    gpus = ctranslate2.get_cuda_device_count()
    device_type = device_type or ("cuda" if gpus else "cpu")
    dtype = model.dtype
    if dtype == "auto":
        dtype = "float16" if device_type == "cuda" else "int8"
    folder = _converted(model.name, model.revision)
    translator = ctranslate2.Translator(
        str(folder),
        device=device_type,
        device_index=int(number or (rank or 0) % max(gpus, 1)),
        compute_type=dtype,
        # Texts at the same time, each on one core, are faster than one text on all cores.
        inter_threads=1 if device_type == "cuda" else torch.get_num_threads(),
        intra_threads=1,
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    settings = GenerationConfig.from_pretrained(folder, local_files_only=True)
    options = {
        "no_repeat_ngram_size": settings.no_repeat_ngram_size or 0,
        "repetition_penalty": settings.repetition_penalty or 1,
        "min_decoding_length": settings.min_new_tokens or 1,
        "disable_unk": [tokenizer.unk_token_id] in (settings.bad_words_ids or []),
    }
    return translator, tokenizer, options


def _converted(name: str, revision: str | None) -> Path:
    """The folder with the converted model, made on the first call."""
    from ctranslate2.converters import TransformersConverter
    from huggingface_hub.constants import HF_HOME
    from transformers import AutoTokenizer, GenerationConfig

    def convert(folder: Path) -> None:
        try:
            TransformersConverter(name, revision=revision).convert(str(folder), force=True)
            AutoTokenizer.from_pretrained(name, revision=revision or "main").save_pretrained(folder)
            settings = GenerationConfig.from_pretrained(name, revision=revision or "main")
        except OSError as error:
            raise OSError(
                f"cannot load {name!r} to convert it: pass the path of a folder made by "
                f"save_pretrained, or a name on a hub that can be reached ({error})"
            ) from error
        settings.save_pretrained(folder)

    key = content_of(name) or f"{name}\n{revision or 'main'}"
    digest = blake2b(key.encode(), digest_size=8).hexdigest()
    parent = Path(HF_HOME) / "textaug" / "ctranslate2"
    return made_once(parent / f"{Path(name).name}-{digest}", convert)
