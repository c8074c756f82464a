"""What models say of whole sentences: tags, losses, vectors, surprise.

For filters and descriptions. Sentences go through a model together, those of one padded length
side by side (:func:`textaug.models.batches`), so that no result depends on its neighbours (on a
GPU its last bits can). Models are loaded on first use by :func:`textaug.models.load` and shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from textaug import offline
from textaug.core.example import Example
from textaug.models import batching, loading
from textaug.models.batching import BATCH_TOKENS
from textaug.models.encoding import Encoder
from textaug.models.masked_lm import logits_at


def vectors(
    texts: Sequence[str],
    name: str = offline.MASKED_LM,
    revision: str | None = None,
    dtype: str = "auto",
    device: str | None = None,
    rank: int | None = None,
    batch_tokens: int = BATCH_TOKENS,
) -> list[Any]:
    """A vector of length 1 for each text: the mean over its sub-tokens, as MiniLM was trained.

    Args:
        texts: what does not fit into the model's window is left out.
        name: any encoder, or ``"offline"``: ``all-MiniLM-L6-v2`` out of a package.
        revision: as for the others of ``textaug.models.loading.load``.
        dtype: number format.
        device: where to run.
        rank: the worker's number.
        batch_tokens: padded sub-tokens at once.

    >>> one, two, other = vectors(["A man slept.", "Some man was asleep.", "Oil prices fell."])
    >>> float(one @ two) > 0.5 > float(one @ other)
    True
    """
    import torch

    path = offline.encoder() if name == offline.MASKED_LM else name
    model, tokenizer = loading.load("AutoModel", path, revision, dtype, device, rank)
    encoder = _encoder("AutoModel", path, revision, dtype, device, rank)
    if not texts:
        return []
    rows = tokenizer(
        [text.encode("utf-8", "replace").decode("utf-8") for text in texts],  # lone surrogates
        truncation=True,
        max_length=encoder.room + len(encoder.before) + len(encoder.after),
        split_special_tokens=True,
        verbose=False,
    )["input_ids"]

    @torch.inference_mode()
    def run(batch: list[int]) -> list[Any]:
        ids, mask = encoder.tensors([rows[i] for i in batch])
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weights = mask.unsqueeze(-1).float()
        mean = (hidden * weights).sum(1) / weights.sum(1)
        return list(torch.nn.functional.normalize(mean, dim=-1).cpu())

    return batching.run_in_batches(run, [len(row) for row in rows], batch_tokens)


@cache
def _encoder(kind: str, *where: Any) -> Encoder:
    encoder = Encoder(*loading.load(kind, *where))
    start = encoder.tokenizer.bos_token_id
    if kind == "AutoModelForCausalLM" and not encoder.before and start is not None:
        encoder.before = [start]  # so that the first word is judged too
        encoder.room -= 1
    return encoder


def surprisals(
    examples: Sequence[Example],
    name: str = offline.MASKED_LM,
    causal: bool = False,
    revision: str | None = None,
    dtype: str = "auto",
    device: str | None = None,
    rank: int | None = None,
    batch_tokens: int = BATCH_TOKENS,
) -> list[float]:
    """How surprising each example is: the mean of its words, in nats. ``exp`` gives perplexity.

    What does not fit into the model's window is left out. By a masked language model it is the
    pseudo-log-likelihood of Salazar et al. (2020), "Masked Language Model Scoring": every sub-token
    is masked in turn, and with it those of the same word to its right, as Kauf & Ivanova (2023)
    showed to be fairer to rare words. So a sentence of *n* sub-tokens costs *n* passes. By a causal
    one (``causal=True``) it costs one.

    Args:
        examples: sentences.
        name: a masked or causal language model; ``"offline"`` is the small masked one.
        causal: whether the model is a causal one.
        revision: as for the others of ``textaug.models.loading.load``.
        dtype: number format.
        device: where to run.
        rank: the worker's number.
        batch_tokens: padded sub-tokens at once.

    >>> good = Example(("The", "minister", "told", "reporters", "that", "prices", "fell", "."))
    >>> bad = Example(("The", "minister", "banana", "reporters", "that", "prices", "fell", "."))
    >>> one, other = surprisals([good, bad])
    >>> one + 1 < other
    True
    """
    kind = "AutoModelForCausalLM" if causal else "AutoModelForMaskedLM"
    encoder = _encoder(kind, name, revision, dtype, device, rank)
    encoded = encoder.encode(examples)
    log_likelihoods = _causal if causal else _masked
    totals = log_likelihoods(encoder, encoded, batch_tokens)
    words = [len({word for word in owners if word >= 0}) for _, owners, _ in encoded]
    return [-total / max(1, n) for total, n in zip(totals, words, strict=True)]


def _masked(
    encoder: Encoder, encoded: Sequence[tuple[list[int], list[int], bool]], batch_tokens: int
) -> list[float]:
    import torch

    model, mask_id = encoder.model, encoder.tokenizer.mask_token_id
    rows, places, targets, sources = [], [], [], []
    for number, (ids, owners, _) in enumerate(encoded):
        for at, word in enumerate(owners):
            if word >= 0:
                masked = [
                    mask_id if i >= at and owner == word else token
                    for i, (token, owner) in enumerate(zip(ids, owners, strict=True))
                ]
                rows.append(masked)
                places.append(at)
                targets.append(ids[at])
                sources.append(number)

    @torch.inference_mode()
    def run(batch: list[int]) -> list[float]:
        ids, mask = encoder.tensors([rows[i] for i in batch])
        logits = logits_at(model, ids, mask, [(row, places[i]) for row, i in enumerate(batch)])
        scores = logits.float().log_softmax(-1)
        picked: list[float] = scores[range(len(batch)), [targets[i] for i in batch]].tolist()
        return picked

    totals = [0.0] * len(encoded)
    found = batching.run_in_batches(run, [len(row) for row in rows], batch_tokens)
    for number, value in zip(sources, found, strict=True):
        totals[number] += value
    return totals


def _causal(
    encoder: Encoder, encoded: Sequence[tuple[list[int], list[int], bool]], batch_tokens: int
) -> list[float]:
    import torch

    rows = [ids for ids, _, _ in encoded]

    @torch.inference_mode()
    def run(batch: list[int]) -> list[float]:
        ids, mask = encoder.tensors([rows[i] for i in batch])
        scores = encoder.model(input_ids=ids, attention_mask=mask).logits.float().log_softmax(-1)
        picked = scores[:, :-1].gather(2, ids[:, 1:, None]).squeeze(2).cpu()
        results = []
        for row, i in enumerate(batch):
            # With no token to start from, the first one of the text is given and not judged.
            judged = [at - 1 for at, word in enumerate(encoded[i][1]) if word >= 0 and at > 0]
            results.append(picked[row, judged].sum().item())
        return results

    # An empty row is nothing that a model could run on.
    full = [i for i, row in enumerate(rows) if row]
    found = batching.run_in_batches(
        lambda batch: run([full[i] for i in batch]), [len(rows[i]) for i in full], batch_tokens
    )
    totals = dict(zip(full, found, strict=True))
    return [totals.get(i, 0.0) for i in range(len(rows))]
