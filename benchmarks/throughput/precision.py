"""Masked language models in bfloat16 on a CPU: time over the bare float32 forward, and quality."""

from __future__ import annotations

import argparse
from random import Random
from typing import Any

from .floor import BUDGETS, forwards, over_bare
from .inputs import mapped, recorded, some_sentences
from .models import batches, masked_lm, padded
from .timing import best_of

MASKED = 0.15  # share of the words, for the top-1 of masked words


def precision(options: argparse.Namespace) -> dict[str, Any]:
    """For each size: the augmenter in bfloat16 over the bare forward in float32; top-1 of both."""
    results = {}
    for size in ("minilm", "base"):
        number = 32 if options.quick else 400 if size == "minilm" else 64
        results[f"masked LM in bfloat16, {size}"] = _over_float32(options, size, number)
        options.save(results)
    quality = {dtype: _top_1(dtype, 20 if options.quick else 2_000) for dtype in DTYPES}
    return {**results, "top-1": quality}


DTYPES = ("float32", "bfloat16")


def _over_float32(options: argparse.Namespace, size: str, number: int) -> dict[str, Any]:
    from textaug import MaskedLMSubstitution
    from textaug.models import masked_lm as module
    from textaug.models.loading import ModelSpec, load

    data, folder = some_sentences(number), masked_lm(size)
    settings: dict[str, Any] = {"device": "cpu", "batch_tokens": options.tokens}
    with recorded(module, "logits_at") as calls:
        mapped(data, MaskedLMSubstitution(folder, **settings), batch_size=len(data))
    model, tokenizer = load("AutoModelForMaskedLM", ModelSpec(folder, None, "float32", "cpu"))
    _, bare = forwards(calls, model, tokenizer, "cpu")
    forward = best_of({budget: lambda b=budget: bare(b) for budget in BUDGETS})
    half = MaskedLMSubstitution(folder, dtype="bfloat16", **settings)
    name = "masked LM in bfloat16"
    return {"model": size, **over_bare(name, half, data, "forward", forward, options.rounds)}


def _top_1(dtype: str, number: int) -> dict[str, float]:
    """How often the offline model finds a masked word of one sub-token, in this number format."""
    import torch

    from textaug.models import masked_lm as module
    from textaug.models.loading import ModelSpec, load

    model, tokenizer = load("AutoModelForMaskedLM", ModelSpec("offline", None, dtype, "cpu"))
    rng = Random(0)
    rows, wanted = [], []
    for words in some_sentences(number)["tokens"]:
        encoded = tokenizer(words, is_split_into_words=True)
        owners = encoded.word_ids()
        whole = [
            at for at, word in enumerate(owners) if word is not None and owners.count(word) == 1
        ]
        ids = list(encoded["input_ids"])
        chosen = [at for at in whole if rng.random() < MASKED]
        wanted.append({at: ids[at] for at in chosen})
        rows.append(
            [tokenizer.mask_token_id if at in chosen else one for at, one in enumerate(ids)]
        )
    right = total = 0
    with torch.inference_mode():
        for batch in batches(rows, 4_096):
            ids, mask = padded([rows[i] for i in batch], tokenizer.pad_token_id, model.device)
            at = [(k, column) for k, i in enumerate(batch) for column in wanted[i]]
            if not at:
                continue
            found = module.logits_at(model, ids, mask, at).argmax(-1).tolist()
            truth = [one for i in batch for one in wanted[i].values()]
            right += sum(a == b for a, b in zip(found, truth, strict=True))
            total += len(truth)
    return {"share": right / total, "words": total}
