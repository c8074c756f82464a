"""Generate text with label markers, so that every sentence is well formed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from textaug.core.example import Example, Span
from textaug.models.loading import ModelSpec, load
from textaug.models.markers import marker, vocabulary_texts
from textaug.models.masked_lm import FEWEST_ROWS

# The states of a sentence, each a row of the table of allowed tokens; each label has one more.
_AT_START, _AFTER_MARKER, _IN_CONTEXT, _IN_MENTION = range(4)


def end_ids(tokenizer: Any) -> tuple[int, int]:
    """The tokens before and after a sentence."""
    end = tokenizer.eos_token_id
    if end is None:
        end = tokenizer.sep_token_id
    start = tokenizer.bos_token_id
    if start is None:
        start = tokenizer.cls_token_id
    start = end if start is None else start
    if end is None:
        raise ValueError("the model's tokenizer has no token for the end of a text; pass another")
    return start, end


class LabelledTextWriter:
    """A causal language model that writes only well-formed labelled sentences."""

    def __init__(self, folder: str, labels: Sequence[str], device: str | None) -> None:
        import torch

        spec = ModelSpec(folder, device=device)
        self.model, self.tokenizer = load("AutoModelForCausalLM", spec)
        self.start, self.end = end_ids(self.tokenizer)
        size = self.model.get_output_embeddings().weight.shape[0]
        self.texts, starts = vocabulary_texts(self.tokenizer, size)
        ids = self.tokenizer.convert_tokens_to_ids
        firsts = [ids(marker(label, True)) for label in labels]
        rests = [ids(marker(label, False)) for label in labels]
        self.markers = {id: (label, True) for id, label in zip(firsts, labels, strict=True)}
        self.markers |= {id: (label, False) for id, label in zip(rests, labels, strict=True)}
        valid = torch.tensor([text != "" for text in self.texts])
        begins = torch.tensor(starts) & valid
        self.begins: list[bool] = begins.tolist()
        allowed = torch.zeros(_IN_MENTION + len(labels), size, dtype=torch.bool)
        allowed[:] = begins
        allowed[_IN_CONTEXT:] |= valid
        allowed[_IN_CONTEXT:, self.end] = True
        allowed[:, firsts] = True
        allowed[_AFTER_MARKER, firsts] = False
        for number, rest in enumerate(rests):
            allowed[_IN_MENTION + number, rest] = True
        # The change of state after a sub-token: 0 means none (inside a word), -1 - n means that
        # the next word is in a mention of label n.
        moves = torch.where(begins, _IN_CONTEXT, 0)
        for number, pair in enumerate(zip(firsts, rests, strict=True)):
            moves[list(pair)] = -1 - number
        self.allowed = torch.where(allowed, 0.0, -torch.inf).to(self.model.device)
        self.moves = moves.to(self.model.device)

    def write(
        self, keys: Sequence[str], longest: int, temperature: float, top_k: int
    ) -> list[Example | None]:
        """A sentence for each key, sampled with a generator seeded by that key alone."""
        import torch
        from transformers import GenerationConfig, LogitsProcessorList, TopKLogitsWarper

        filled = [*keys, *[""] * (FEWEST_ROWS - len(keys))]
        device = self.model.device
        with torch.inference_mode():
            ids = torch.full((len(filled), 1), self.start, device=device)
            written = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                logits_processor=LogitsProcessorList(
                    [
                        _WellFormed(self.allowed, self.moves),
                        TopKLogitsWarper(top_k),
                        _GumbelSampling(filled, temperature),
                    ]
                ),
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    max_new_tokens=longest - 1,
                    do_sample=False,  # `_GumbelSampling` does it
                    eos_token_id=self.end,
                    pad_token_id=self.end,
                ),
            )
        return [self._read(row[1:]) for row in written.tolist()[: len(keys)]]

    def _read(self, ids: Sequence[int]) -> Example | None:
        if self.end not in ids:
            return None
        words: list[str] = []
        spans: list[Span] = []
        for i in ids[: ids.index(self.end)]:
            if i in self.markers:
                label, first = self.markers[i]
                start = len(words) if first else spans.pop().start
                spans.append(Span(start, len(words) + 1, label))
            elif self.begins[i]:
                words.append(self.texts[i])
            else:
                words[-1] += self.texts[i]
        return Example(tuple(words), tuple(spans))


class _WellFormed:
    """A ``LogitsProcessor`` that excludes sub-tokens that would make the text ill-formed."""

    def __init__(self, allowed: Any, moves: Any) -> None:
        self.allowed = allowed
        self.moves = moves
        self.state: Any = None  # for each row, its state: a row of `allowed`
        self.coming: Any = None  # for each row after a marker, the state of the next word

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        import torch

        if self.state is None:
            self.state = torch.full_like(input_ids[:, 0], _AT_START)
            self.coming = torch.full_like(self.state, _IN_CONTEXT)
        else:
            move = self.moves[input_ids[:, -1]]
            marked, begun = move < 0, move == _IN_CONTEXT
            after = torch.where(begun, self.coming, self.state)
            self.state = torch.where(marked, _AFTER_MARKER, after)
            self.coming = torch.where(
                marked, _IN_MENTION - 1 - move, torch.where(begun, _IN_CONTEXT, self.coming)
            )
        return scores + self.allowed[self.state]


class _GumbelSampling:
    """A ``LogitsProcessor`` that samples: the argmax of its result is a sample (Gumbel-max).

    Each row has its own generator. ``generate`` has one for all rows, so that a row's sample would
    depend on the others in its batch.
    """

    def __init__(self, keys: Sequence[str], temperature: float) -> None:
        import torch

        digests = [blake2b(key.encode(), digest_size=7).digest() for key in keys]
        self.rngs = [torch.Generator().manual_seed(int.from_bytes(d, "little")) for d in digests]
        self.temperature = temperature

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        import torch

        size = scores.shape[1]
        waits = torch.stack([torch.empty(size).exponential_(generator=rng) for rng in self.rngs])
        return scores.float() / self.temperature - waits.log().to(scores.device)
