"""What models say of whole sentences: tags, losses, vectors, surprise.

For filters and descriptions. Sentences go through a model together, those of one padded length
side by side (:func:`textaug.models.batches`), so that no result depends on its neighbours (on a
GPU its last bits can). Models are loaded on first use by :func:`textaug.models.load` and shared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from textaug import models, offline
from textaug import tags as tag_schemes
from textaug.example import Example, Span
from textaug.masked_lm import logits_at

BATCH_TOKENS = 4096

Result = TypeVar("Result")


class _Encoder:
    """Words as a model takes them, and which of its inputs belong to which word."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        around = tokenizer("a")["input_ids"]
        inner = tokenizer("a", add_special_tokens=False)["input_ids"]
        at = next(i for i in range(len(around)) if around[i : i + len(inner)] == inner)
        self.before, self.after = around[:at], around[at + len(inner) :]
        self.room = models.window(model, tokenizer) - len(self.before) - len(self.after)
        self.padding = tokenizer.pad_token_id or 0  # masked out, so that any will do

    def encode(self, examples: Sequence[Example]) -> list[tuple[list[int], list[int], bool]]:
        """For each example the ids, the word that each stands for (else -1), whether all fit."""
        words = list(dict.fromkeys(word for example in examples for word in example.tokens))
        pieces = dict(zip(words, models.encode_words(self.tokenizer, words), strict=True))
        encoded = []
        for example in examples:
            units = [(i, n) for n, word in enumerate(example.tokens) for i in pieces[word]]
            shown = units[: self.room]
            ids = [*self.before, *(i for i, _ in shown), *self.after]
            owners = [-1] * len(self.before) + [n for _, n in shown] + [-1] * len(self.after)
            encoded.append((ids, owners, shown == units))
        return encoded

    def tensors(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """Ids and attention mask of a batch of rows that all have the same padded length."""
        import torch

        length = models.padded(max(map(len, rows)))
        ids = [[*row, *[self.padding] * (length - len(row))] for row in rows]
        mask = [[1] * len(row) + [0] * (length - len(row)) for row in rows]
        device = self.model.device
        return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


class Tagger(_Encoder):
    """A model for token classification; a word's first sub-token bears its label.

    Args:
        model: an ``AutoModelForTokenClassification`` with names for its labels.
        tokenizer: its tokenizer.

    Attributes:
        labels: the names of its labels.
        types: the types of mentions among them.

    Raises:
        ValueError: if the names of its labels stand for no mentions.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        self.labels: list[str] = [name for _, name in sorted(model.config.id2label.items())]
        self.types = {span.label for name in self.labels for span in tag_schemes.to_spans([name])}
        if not self.types:
            raise ValueError(
                f"the labels of this tagger are {', '.join(self.labels)}, and none is one of a "
                "mention, such as 'B-PER'; save it with id2label=dict(enumerate(label_names))"
            )
        self.scheme = tag_schemes.family(tuple(self.labels))
        if self.scheme == "IOB":
            whole = set(tag_schemes.complete(self.labels)) <= set(self.labels)
            self.scheme = "IOB2" if whole else "IOB1"  # which seldom needs a "B-"
        self._ids = {name: i for i, name in enumerate(self.labels)}

    def check(self, examples: Sequence[Example]) -> None:
        """Raise a ValueError where an example has a type of mention that is unknown here."""
        for example in examples:
            for span in example.spans:
                if span.label not in self.types:
                    raise ValueError(
                        f"{example.text[:60]!r} has a mention of type {span.label!r}, and the "
                        f"tagger knows {', '.join(sorted(self.types))}; pass one that was trained "
                        "on the types of this data set"
                    )

    def spans(
        self, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS
    ) -> list[tuple[Span, ...] | None]:
        """The mentions found in each example; ``None`` for one longer than the model's window."""

        def read(example: Example, scores: Any, firsts: Sequence[int], fits: bool) -> Any:
            if not fits:
                return None
            found = ["O"] * len(example.tokens)
            for word, label in zip(firsts, scores.argmax(-1).tolist(), strict=True):
                found[word] = self.labels[label]
            return tag_schemes.to_spans(found)

        return self._run(examples, read, batch_tokens)

    def losses(self, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS) -> list[float]:
        """The mean cross entropy of each example's labels, over the words that fit; in nats.

        Labels of ``B-`` and ``I-`` are taken to be IOB2 where every type has both, else IOB1.
        """

        def read(example: Example, scores: Any, firsts: Sequence[int], fits: bool) -> float:
            tags = tag_schemes.from_spans(example.spans, len(example.tokens), self.scheme)
            wanted = [
                (at, self._ids[tag]) for at, w in enumerate(firsts) if (tag := tags[w]) in self._ids
            ]
            picked: list[float] = [scores[at, label].item() for at, label in wanted]
            return -sum(picked) / max(1, len(picked))

        return self._run(examples, read, batch_tokens)

    def _run(
        self,
        examples: Sequence[Example],
        read: Callable[[Example, Any, Sequence[int], bool], Result],
        batch_tokens: int,
    ) -> list[Result]:
        """Ask ``read`` about each example, with the log-probabilities of its words' labels."""
        import torch

        self.check(examples)
        encoded = self.encode(examples)

        @torch.inference_mode()
        def run(batch: list[int]) -> list[Result]:
            ids, mask = self.tensors([encoded[i][0] for i in batch])
            logits = self.model(input_ids=ids, attention_mask=mask).logits
            scores = logits.float().log_softmax(-1).cpu()
            results = []
            for row, i in enumerate(batch):
                _, owners, fits = encoded[i]
                places = {word: at for at, word in reversed(list(enumerate(owners))) if word >= 0}
                firsts = sorted(places)
                here = scores[row, [places[word] for word in firsts]]
                results.append(read(examples[i], here, firsts, fits))
            return results

        return models.run_in_batches(run, [len(ids) for ids, _, _ in encoded], batch_tokens)


@cache
def tagger(
    name: str,
    revision: str | None = None,
    dtype: str = "auto",
    device: str | None = None,
    rank: int | None = None,
) -> Tagger:
    """The tagger of that name, loaded once; arguments and errors of ``textaug.models.load``."""
    loaded = models.load("AutoModelForTokenClassification", name, revision, dtype, device, rank)
    return Tagger(*loaded)


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
        revision: as for the others of ``textaug.models.load``.
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
    model, tokenizer = models.load("AutoModel", path, revision, dtype, device, rank)
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

    return models.run_in_batches(run, [len(row) for row in rows], batch_tokens)


@cache
def _encoder(kind: str, *where: Any) -> _Encoder:
    encoder = _Encoder(*models.load(kind, *where))
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
        revision: as for the others of ``textaug.models.load``.
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
    encoder: _Encoder, encoded: Sequence[tuple[list[int], list[int], bool]], batch_tokens: int
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
    found = models.run_in_batches(run, [len(row) for row in rows], batch_tokens)
    for number, value in zip(sources, found, strict=True):
        totals[number] += value
    return totals


def _causal(
    encoder: _Encoder, encoded: Sequence[tuple[list[int], list[int], bool]], batch_tokens: int
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
    found = models.run_in_batches(
        lambda batch: run([full[i] for i in batch]), [len(rows[i]) for i in full], batch_tokens
    )
    totals = dict(zip(full, found, strict=True))
    return [totals.get(i, 0.0) for i in range(len(rows))]
