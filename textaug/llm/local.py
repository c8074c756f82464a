"""A causal language model of transformers, in this process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from textaug.core.content import content_of
from textaug.core.validation import check_at_least_one
from textaug.llm.base import Answer, Engine, Keep, Request
from textaug.llm.slots import Pattern
from textaug.models.batching import run_in_batches
from textaug.models.loading import ModelSpec, load, load_as
from textaug.models.masked_lm import FEWEST_ROWS
from textaug.models.sampling import GumbelTopK
from textaug.offline import MASKED_LM, language_model

if TYPE_CHECKING:
    import torch

# Prompts are padded to a multiple of this, and only those with equal length go together: padding
# changes the last bits of a result.
PROMPT_STEP = 64  # tokens
GRAMMAR_EXTRA = "pip install 'textaug-nlp[llm]'"
BATCH_TOKENS = 16_384  # of prompts and answers
# An answer may have this many times the tokens of the sentence, and some more.
GROWTH, MORE = 2, 32
# With a grammar, the last tokens of an answer that comes to no end are kept for its slots.
FOR_A_SLOT, FOR_THE_END = 10, 6


class LocalModel(Engine):
    """Any causal language model with a chat template.

    Each token is sampled with a generator of the request's own, so that an answer does not depend
    on the batch. With a grammar, every slot stands in the answer exactly once.

    Args:
        model: name on the hub, folder, GGUF file, or ``"offline"`` for
            :func:`textaug.offline.language_model`.
        grammar: whether only tokens that fit the request's pattern are sampled; default: if
            ``llguidance`` is installed.
        top_k: number of most likely tokens to sample from.
        revision, dtype, device: see :class:`~textaug.models.loading.ModelSpec`.
        batch_tokens: tokens of prompts and answers, padding included, that the model works on at
            once; halved when memory runs out.

    Raises:
        ValueError: for an argument out of range; when called, for a model without chat template.
        ModuleNotFoundError: if ``grammar=True`` and ``llguidance`` is not installed; when called,
            if ``"offline"`` or the reader of GGUF files is not installed.
        OSError: when called, if the model cannot be loaded.
    """

    def __init__(
        self,
        model: str,
        *,
        grammar: bool | None = None,
        top_k: int = 50,
        revision: str | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = BATCH_TOKENS,
    ) -> None:
        if grammar and find_spec("llguidance") is None:
            raise ModuleNotFoundError(f"grammar=True needs llguidance: {GRAMMAR_EXTRA}")
        check_at_least_one(top_k=top_k)
        ModelSpec(model, revision, dtype, device, batch_tokens)
        self.model = model
        # Here and not on first use, so that the pickled state contains the choice.
        self.grammar = find_spec("llguidance") is not None if grammar is None else grammar
        self.top_k = top_k
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens

    def model_names(self) -> list[str]:
        """The file, for the offline model."""
        try:
            return [self._path()]
        except ModuleNotFoundError:
            return []

    def _path(self) -> str:
        return language_model() if self.model == MASKED_LM else self.model

    def identity(self) -> dict[str, Any]:
        """By name, the content of its folder, and how it samples."""
        content = content_of(self._path())
        name = self.model if content is None else None
        shared = {"revision": self.revision, "dtype": self.dtype, "top_k": self.top_k}
        return {"local": name, "content": content, "grammar": self.grammar, **shared}

    def _loaded(self) -> tuple[Any, Any]:
        where = self.revision, self.dtype, self.device, self.batch_tokens
        spec = ModelSpec(self._path(), *where)
        model, tokenizer = load("AutoModelForCausalLM", spec, self.rank)
        if not getattr(tokenizer, "chat_template", None):
            raise ValueError(
                f"{self.model!r} has no chat template, so it was not trained to follow "
                "instructions; pass an instruct or chat model"
            )
        return model, tokenizer

    def count_tokens(self, request: Request) -> int:
        """By the model's own tokenizer."""
        return len(_prompt(self._loaded()[1], request))

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Generate in batches of prompts with about the same length."""
        model, tokenizer = self._loaded()
        rows = [_prompt(tokenizer, request) for request in requests]
        requests = [_limited(tokenizer, request) for request in requests]
        window = min(
            getattr(model.config, "max_position_embeddings", None) or 10**9,
            tokenizer.model_max_length,
        )
        fits = [i for i, row in enumerate(rows) if len(row) + requests[i].max_tokens <= window]
        for i in set(range(len(rows))) - set(fits):
            keep(i, Answer(fault="context too short"))

        def run(batch: list[int]) -> list[None]:
            numbers = [fits[k] for k in batch]
            some = [rows[i] for i in numbers], [requests[i] for i in numbers]
            for i, answer in zip(numbers, self._generate(model, tokenizer, *some), strict=True):
                keep(i, answer)
            return [None] * len(batch)

        most = max((requests[i].max_tokens for i in fits), default=0)
        rows_at_once = max(1, self.batch_tokens // (most + PROMPT_STEP))
        run_in_batches(run, [len(rows[i]) for i in fits], rows_at_once * PROMPT_STEP, PROMPT_STEP)

    def _generate(
        self, model: Any, tokenizer: Any, rows: list[list[int]], requests: list[Request]
    ) -> list[Answer]:
        import torch
        from transformers import GenerationConfig, LogitsProcessorList

        number = len(rows)
        # With fewer rows a matrix product has other last bits.
        rows = rows + rows[:1] * (FEWEST_ROWS - number)
        requests = requests + requests[:1] * (FEWEST_ROWS - number)
        ends = _ends(model, tokenizer)
        ids, mask = _padded_left(rows, ends[0], model.device)
        steps: list[Any] = []
        if self.grammar:
            spec = ModelSpec(self._path(), self.revision, self.dtype, self.device)
            known = load_as(_Vocabulary, "AutoModelForCausalLM", spec, self.rank)
            steps.append(_Grammar(known, requests))
        seeds = [request.seed for request in requests]
        steps.append(_Sampling(seeds, self.top_k, requests[0]))
        with torch.inference_mode():
            output = model.generate(
                input_ids=ids,
                attention_mask=mask,
                logits_processor=LogitsProcessorList(steps),
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    max_new_tokens=max(request.max_tokens for request in requests),
                    do_sample=False,  # `_Sampling` does it
                    eos_token_id=ends,
                    pad_token_id=ends[0],
                ),
            )
        new = output[:number, ids.shape[1] :].tolist()
        return [
            _answer(tokenizer, tokens[: request.max_tokens], ends, len(row))
            for tokens, request, row in zip(new, requests, rows, strict=False)
        ]


def _prompt(tokenizer: Any, request: Request) -> list[int]:
    """The tokens of a request; its system message goes into the first of the user's if it must."""
    messages = [{"role": role, "content": text} for role, text in request.messages]
    try:
        text = _templated(tokenizer, messages)
    except Exception:  # the template's own error: there are some without a role for the system
        if messages[0]["role"] != "system":
            raise
        first, second, *rest = messages
        joined = {"role": "user", "content": f"{first['content']}\n\n{second['content']}"}
        text = _templated(tokenizer, [joined, *rest])
    ids: list[int] = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    return ids


def _limited(tokenizer: Any, request: Request) -> Request:
    """The request with a limit in tokens of this model."""
    length = len(tokenizer(request.messages[-1][1], verbose=False)["input_ids"])
    count = request.pattern.count if request.pattern else 1
    return replace(request, max_tokens=min(request.max_tokens, (GROWTH * length + MORE) * count))


def _templated(tokenizer: Any, messages: list[dict[str, str]]) -> str:
    text: str = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    return text


def _ends(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end an answer."""
    found = getattr(model.generation_config, "eos_token_id", None)
    ends = [found] if isinstance(found, int) else list(found or ())
    own = tokenizer.eos_token_id
    ends = [*([own] if own is not None else []), *(end for end in ends if end != own)]
    if not ends:
        raise ValueError("the model's tokenizer has no token for the end of a text; pass another")
    return ends


def _padded_left(rows: list[list[int]], padding: int, device: Any) -> tuple[Any, Any]:
    import torch

    length = -(-max(map(len, rows)) // PROMPT_STEP) * PROMPT_STEP
    ids = [[padding] * (length - len(row)) + row for row in rows]
    mask = [[0] * (length - len(row)) + [1] * len(row) for row in rows]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)


def _answer(tokenizer: Any, tokens: list[int], ends: list[int], sent: int) -> Answer:
    end = next((k for k, token in enumerate(tokens) if token in ends), None)
    if end is None:
        return Answer(tokenizer.decode(tokens), "cut off", True, sent, len(tokens))
    text = tokenizer.decode(tokens[:end], skip_special_tokens=True)
    fault = "" if text.strip() else "empty answer"
    return Answer("" if fault else text, fault, True, sent, end + 1)


class _Sampling(GumbelTopK):
    """Samples as a request says; the likeliest token if its temperature is 0."""

    def __init__(self, seeds: Sequence[int], top_k: int, request: Request) -> None:
        greedy = request.temperature == 0
        super().__init__(seeds, 1 if greedy else top_k, request.temperature or 1, request.top_p)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        return super().__call__(input_ids, scores.float())


class _Vocabulary:
    """What llguidance needs of a tokenizer; takes a second to make."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        import llguidance.hf

        self.size: int = model.get_output_embeddings().weight.shape[0]
        self.tokenizer = llguidance.hf.from_tokenizer(
            tokenizer, n_vocab=self.size, eos_token=_ends(model, tokenizer)
        )
        self.ends = _ends(model, tokenizer)
        self.texts = tokenizer.batch_decode([[i] for i in range(self.size)])
        self._opening: dict[str, Any] = {}

    def with_sign(self, sign: str) -> Any:
        """Which tokens hold a sign: a boolean for each."""
        import numpy as np

        if sign not in self._opening:
            self._opening[sign] = np.array([sign in text for text in self.texts])
        return self._opening[sign]


def _lark(pattern: Pattern) -> str:
    """A pattern as a grammar of llguidance."""
    forbidden = f" & ~/{pattern.bare()}/" if pattern.slots else ""
    return f"start: ANSWER\nANSWER: /{pattern.regex()}/{forbidden}\n"


class _Grammar:
    """A ``LogitsProcessor`` that leaves only tokens with which the answer can fit its pattern.

    Near the limit of tokens it leaves only those that lead to the next slot, or to the end.
    """

    def __init__(self, vocabulary: _Vocabulary, requests: Sequence[Request]) -> None:
        import llguidance
        import llguidance.numpy

        self.vocabulary = vocabulary
        self.requests = requests
        self.done = 0  # tokens
        self.size = vocabulary.size
        self.masks = llguidance.numpy.allocate_token_bitmask(len(requests), self.size)
        self.matchers: list[Any] = [
            request.pattern and llguidance.LLMatcher(vocabulary.tokenizer, _lark(request.pattern))
            for request in requests
        ]
        for matcher in self.matchers:
            if matcher is not None and matcher.is_error():
                raise ValueError(f"llguidance cannot read the pattern: {matcher.get_error()}")

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        import llguidance.numpy
        import numpy as np
        import torch

        last = input_ids[:, -1].tolist() if self.done else []
        self.done += 1
        for row, matcher in enumerate(self.matchers):
            if matcher is None:
                continue
            if last and not matcher.is_stopped():
                matcher.consume_token(last[row])
            if matcher.is_stopped():  # it has ended; what is generated further is not read
                self.masks[row] = -1
            else:
                llguidance.numpy.fill_next_token_bitmask(matcher, self.masks, row)
        bits = np.unpackbits(self.masks.view(np.uint8), axis=1, bitorder="little")
        allowed = bits[:, : self.size].view(bool)
        for row, request in enumerate(self.requests):
            pattern, left = request.pattern, request.max_tokens - self.done
            if pattern and left < FOR_THE_END + FOR_A_SLOT * len(pattern.slots) * pattern.count:
                self._hurry(allowed[row], pattern.signs[0])
        return scores.masked_fill(~torch.from_numpy(allowed).to(scores.device), float("-inf"))

    def _hurry(self, allowed: Any, sign: str) -> None:
        """Leave the tokens that end the answer, else those that open a slot, if there are any."""
        ends = [end for end in self.vocabulary.ends if allowed[end]]
        slots = allowed & self.vocabulary.with_sign(sign)
        if ends:
            allowed[:] = False
            allowed[ends] = True
        elif slots.any():
            allowed[:] = slots
