"""Scores of whole sentences by models: vectors, similarity, surprisal.

A batch has only sentences of one padded length, so no result depends on the other sentences (on a
GPU, its last bits can).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from textaug import offline
from textaug.core.example import Example
from textaug.models.batching import run_in_batches
from textaug.models.encoding import Encoded, Encoder
from textaug.models.loading import ModelSpec, load_as
from textaug.models.masked_lm import logits_at

OFFLINE = ModelSpec(offline.MASKED_LM)


def vectors(texts: Sequence[str], model: ModelSpec = OFFLINE, rank: int | None = None) -> list[Any]:
    """A vector of length 1 for each text: the mean over its sub-tokens, as MiniLM was trained.

    Only the part of a text that fits into the model's window counts. The model is any encoder, or
    ``"offline"``: ``all-MiniLM-L6-v2`` from an installed package.

    >>> one, two, other = vectors(["A man slept.", "Some man was asleep.", "Oil prices fell."])
    >>> float(one @ two) > 0.5 > float(one @ other)
    True
    """
    import torch

    if model.name == offline.MASKED_LM:
        model = replace(model, name=offline.encoder())
    encoder = load_as(Encoder, "AutoModel", model, rank)
    if not texts:
        return []
    rows = encoder.text_ids(texts)

    @torch.inference_mode()
    def run(batch: list[int]) -> list[Any]:
        ids, mask = encoder.tensors([rows[i] for i in batch])
        hidden = encoder.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weights = mask.unsqueeze(-1).float()
        mean = (hidden * weights).sum(1) / weights.sum(1)
        return list(torch.nn.functional.normalize(mean, dim=-1).cpu())

    return run_in_batches(run, [len(row) for row in rows], model.batch_tokens)


def similarities(
    before: Sequence[Example],
    after: Sequence[Example],
    model: ModelSpec = OFFLINE,
    rank: int | None = None,
) -> list[float]:
    """The cosine of the :func:`vectors` of each pair of examples, -1..1.

    >>> old = Example.from_text("The shares fell.")
    >>> near, far = (Example.from_text(f"The {word} fell.") for word in ("stocks", "children"))
    >>> one, other = similarities([old, old], [near, far])
    >>> one > 0.6 > other
    True
    """
    texts = list(dict.fromkeys(example.text for example in (*before, *after)))
    vector = dict(zip(texts, vectors(texts, model, rank), strict=True))
    return [
        float(vector[old.text] @ vector[new.text]) for old, new in zip(before, after, strict=True)
    ]


def surprisals(
    examples: Sequence[Example],
    model: ModelSpec = OFFLINE,
    causal: bool = False,
    rank: int | None = None,
) -> list[float]:
    """The mean surprisal of each example's words, in nats; ``exp`` gives perplexity.

    A masked language model gives the pseudo-log-likelihood of Salazar et al. (2020), "Masked
    Language Model Scoring": every sub-token is masked in turn, together with those of the same word
    to its right, which is fairer to rare words (Kauf & Ivanova 2023). A sentence of *n* sub-tokens
    costs *n* passes; with a causal model it costs one.

    Args:
        examples: long ones are split, see :meth:`~textaug.models.encoding.Encoder.encode`.
        model: a masked or causal language model; ``"offline"`` is the small masked one.
        causal: whether the model is a causal one.
        rank: the worker's number.

    >>> good = Example(("The", "minister", "told", "reporters", "that", "prices", "fell", "."))
    >>> bad = Example(("The", "minister", "banana", "reporters", "that", "prices", "fell", "."))
    >>> one, other = surprisals([good, bad])
    >>> one + 1 < other
    True
    """
    encoder: Encoder
    if causal:
        encoder = load_as(_CausalEncoder, "AutoModelForCausalLM", model, rank)
    else:
        encoder = load_as(Encoder, "AutoModelForMaskedLM", model, rank)
    encoded = encoder.encode(examples)
    log_likelihoods = _causal if causal else _masked
    totals, counts = [0.0] * len(examples), [0] * len(examples)
    for row, total in zip(
        encoded, log_likelihoods(encoder, encoded, model.batch_tokens), strict=True
    ):
        totals[row.example] += total
        counts[row.example] += len(set(row.words) - {-1})
    return [-total / max(1, n) for total, n in zip(totals, counts, strict=True)]


class _CausalEncoder(Encoder):
    """Puts the start token before each text, so that the first word is scored too."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        if not self.before and tokenizer.bos_token_id is not None:
            self.before = [tokenizer.bos_token_id]
            self.size -= 1


def _masked(encoder: Encoder, encoded: Sequence[Encoded], batch_tokens: int) -> list[float]:
    import torch

    mask_id = encoder.tokenizer.mask_token_id
    rows, positions, targets, sources = [], [], [], []
    for number, (_, ids, words) in enumerate(encoded):
        for at, word in enumerate(words):
            if word >= 0:
                masked = [
                    mask_id if i >= at and other == word else token
                    for i, (token, other) in enumerate(zip(ids, words, strict=True))
                ]
                rows.append(masked)
                positions.append(at)
                targets.append(ids[at])
                sources.append(number)

    @torch.inference_mode()
    def run(batch: list[int]) -> list[float]:
        ids, mask = encoder.tensors([rows[i] for i in batch])
        where = [(row, positions[i]) for row, i in enumerate(batch)]
        log_p = logits_at(encoder.model, ids, mask, where).float().log_softmax(-1)
        picked: list[float] = log_p[range(len(batch)), [targets[i] for i in batch]].tolist()
        return picked

    totals = [0.0] * len(encoded)
    found = run_in_batches(run, [len(row) for row in rows], batch_tokens)
    for number, value in zip(sources, found, strict=True):
        totals[number] += value
    return totals


def _causal(encoder: Encoder, encoded: Sequence[Encoded], batch_tokens: int) -> list[float]:
    import torch

    full = [i for i, row in enumerate(encoded) if row.ids]  # a model cannot run without tokens
    rows = [encoded[i] for i in full]

    @torch.inference_mode()
    def run(batch: list[int]) -> list[float]:
        ids, mask = encoder.tensors([rows[i].ids for i in batch])
        log_p = encoder.model(input_ids=ids, attention_mask=mask).logits.float().log_softmax(-1)
        picked = log_p[:, :-1].gather(2, ids[:, 1:, None]).squeeze(2).cpu()
        results = []
        for row, i in enumerate(batch):
            # Without a start token, the first token of the text is not scored.
            scored = [at - 1 for at, word in enumerate(rows[i].words) if word >= 0 and at > 0]
            results.append(picked[row, scored].sum().item())
        return results

    found = run_in_batches(run, [len(row.ids) for row in rows], batch_tokens)
    totals = dict(zip(full, found, strict=True))
    return [totals.get(i, 0.0) for i in range(len(encoded))]
