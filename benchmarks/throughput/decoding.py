"""Where the time of a decoding step of transformers' ``generate`` goes."""

from __future__ import annotations

import argparse
from collections import Counter
from statistics import median
from time import perf_counter
from typing import Any

from .inputs import some_text
from .models import marian, padded
from .settings import OUTPUT_TOKENS

BATCH = 16


def decoding(options: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds for each generated token: inside the modules, and between them.

    What is between them is Python: the choice of the next token, the cache, the stopping rules.
    ``BackTranslation`` calls ``generate`` as it is, so it cannot have that back.
    """
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    folder = marian()[0]
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = tokenizer(some_text(BATCH)["text"][:])["input_ids"]
    ids, mask = padded(rows, model.config.pad_token_id, "cpu")
    parts = {
        "encoder": model.model.encoder,
        "decoder": model.model.decoder,
        "vocabulary": model.lm_head,
    }
    spent: Counter[str] = Counter()
    started: dict[str, float] = {}

    def watch(name: str, module: Any) -> None:
        module.register_forward_pre_hook(lambda *_: started.update({name: perf_counter()}))
        module.register_forward_hook(
            lambda *_: spent.update({name: perf_counter() - started[name]})
        )

    for name, module in parts.items():
        watch(name, module)
    rounds: list[dict[str, float]] = []
    for _ in range(options.rounds + 1):
        spent.clear()
        start = perf_counter()
        with torch.inference_mode():
            model.generate(
                input_ids=ids, attention_mask=mask, do_sample=False, num_beams=1,
                max_new_tokens=OUTPUT_TOKENS + 1,
            )  # fmt: skip
        took = perf_counter() - start
        each = {**spent, "between": took - sum(spent.values())}
        rounds.append({name: 1000 * seconds / OUTPUT_TOKENS for name, seconds in each.items()})
    return {
        "batch": BATCH,
        "ms_per_step": {name: median(one[name] for one in rounds[1:]) for name in rounds[0]},
    }
