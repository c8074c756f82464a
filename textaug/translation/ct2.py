"""Translation with CTranslate2."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from textaug.models.batching import mind_forks, padded, run_in_batches
from textaug.translation.base import MORE_ROOM, ROOM, Translator, length_step

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class CTranslate2(Translator):
    """A Marian model (OPUS-MT) in CTranslate2, an engine made for fast translation.

    The checkpoint is converted once, into the folder ``textaug/ctranslate2`` of Hugging Face's
    cache (``HF_HOME``); no network is needed after that.

    Args:
        model: name on the hub, or folder.
        num_beams: beams of the search; at least ``n`` are used where ``n`` translations are asked.
        revision: branch, tag or commit on the hub.
        dtype: ``"auto"`` (8-bit integers on a CPU, float16 on a GPU), ``"float32"``,
            ``"bfloat16"`` or ``"float16"``. In float32 it finds what `transformers` finds; in 8
            bits now and then another word.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU, if there is one.
        rank: the worker's number, which chooses among several GPUs.
        batch_tokens: how many source tokens, padding counted, go through the model at a time.

    A text that is too long, or whose translation does not come to an end, has none, as with
    :class:`HFTranslator`. It cannot draw with seeds.

    Raises:
        ValueError: when translating, if seeds are given, or if CTranslate2 cannot hold the model.
        ModuleNotFoundError: when translating, if the package is not installed; the message has
            the command that installs it.
        OSError: when translating, if the model cannot be loaded.
    """

    model: str
    num_beams: int = 1
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    rank: int | None = None
    batch_tokens: int = 4096

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if seeds is not None:
            raise ValueError("CTranslate2 cannot draw with seeds; use the engine 'transformers'")
        import torch

        if not texts:
            return []
        translator, tokenizer, options = _ctranslate2(
            self.model, self.revision, self.dtype, self.device, self.rank
        )
        rows: list[list[int]] = tokenizer(list(texts), verbose=False)["input_ids"]
        longest = tokenizer.model_max_length
        possible = [i for i, row in enumerate(rows) if len(row) <= longest]

        def run(batch: list[int]) -> list[list[str]]:
            ids = [rows[possible[k]] for k in batch]
            rooms = [min(ROOM * padded(len(row)) + MORE_ROOM, longest - 1) for row in ids]
            try:
                found = translator.translate_batch(
                    [tokenizer.convert_ids_to_tokens(row) for row in ids],
                    beam_size=max(n, self.num_beams),
                    num_hypotheses=n,
                    max_decoding_length=max(rooms),
                    return_end_token=True,
                    **options,
                )
            except RuntimeError as error:
                if "out of memory" not in str(error):
                    raise
                raise torch.OutOfMemoryError(str(error)) from error  # a smaller batch will do
            return [
                [
                    tokenizer.decode(
                        tokenizer.convert_tokens_to_ids(tokens), skip_special_tokens=True
                    ).strip()
                    for tokens in one.hypotheses
                    if tokens[-1:] == [tokenizer.eos_token] and len(tokens) < room
                ]
                for one, room in zip(found, rooms, strict=True)
            ]

        new = run_in_batches(
            run,
            [len(rows[i]) for i in possible],
            self.batch_tokens // max(n, self.num_beams),
            length_step(max(n, self.num_beams)),
        )
        by_place = dict(zip(possible, new, strict=True))
        return [by_place.get(i, []) for i in range(len(texts))]


@lru_cache
def _ctranslate2(
    name: str, revision: str | None, dtype: str, device: str | None, rank: int | None
) -> tuple[Any, Any, dict[str, Any]]:
    """The engine, the tokenizer, and what the model's own settings ask of the search."""
    if find_spec("ctranslate2") is None:
        raise ModuleNotFoundError(
            "CTranslate2 is not installed: pip install 'textaug-nlp[ctranslate2]'"
        )
    import ctranslate2
    import torch
    from transformers import AutoTokenizer, GenerationConfig

    mind_forks()
    kind, _, number = (device or "").partition(":")
    gpus = ctranslate2.get_cuda_device_count()
    kind = kind or ("cuda" if gpus else "cpu")
    if dtype == "auto":
        dtype = "float16" if kind == "cuda" else "int8"
    folder = _converted(name, revision)
    engine = ctranslate2.Translator(
        str(folder),
        device=kind,
        device_index=int(number or (rank or 0) % max(gpus, 1)),
        compute_type=dtype,
        intra_threads=torch.get_num_threads(),
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    settings = GenerationConfig.from_pretrained(folder, local_files_only=True)
    options = {
        "no_repeat_ngram_size": settings.no_repeat_ngram_size or 0,
        "repetition_penalty": settings.repetition_penalty or 1,
        "min_decoding_length": settings.min_new_tokens or 1,
        "disable_unk": [tokenizer.unk_token_id] in (settings.bad_words_ids or []),
    }
    return engine, tokenizer, options


def _converted(name: str, revision: str | None) -> Path:
    """The folder with a model in CTranslate2's form, made on the first call."""
    from ctranslate2.converters import TransformersConverter
    from huggingface_hub.constants import HF_HOME
    from transformers import AutoTokenizer, GenerationConfig

    key = [name, revision or "main"]
    if Path(name).is_dir():  # which another model may have been saved into
        key = [str(Path(name).resolve())]
        key += [f"{p.name} {p.stat().st_mtime_ns}" for p in sorted(Path(name).iterdir())]
    digest = blake2b("\n".join(key).encode(), digest_size=8).hexdigest()
    folder = Path(HF_HOME) / "textaug" / "ctranslate2" / f"{Path(name).name}-{digest}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as temporary:
        new = Path(temporary) / "model"
        try:
            TransformersConverter(name, revision=revision).convert(str(new))
            AutoTokenizer.from_pretrained(name, revision=revision or "main").save_pretrained(new)
            settings = GenerationConfig.from_pretrained(name, revision=revision or "main")
        except OSError as error:
            raise OSError(
                f"cannot load {name!r} to convert it: pass the path of a folder made by "
                f"save_pretrained, or a name on a hub that can be reached ({error})"
            ) from error
        settings.save_pretrained(new)
        # Suddenly and whole, so that other workers see all of it or nothing.
        with suppress(FileExistsError, OSError):
            new.rename(folder)
    return folder
