"""What holds on a GPU: where models go, number formats, memory, forks, the same words again.

``--device cpu`` tries the tests themselves where there is no GPU.
"""

import subprocess
import sys

import pytest
import torch
from datasets import concatenate_datasets
from support import marian
from support import models as tiny

from textaug import (
    MaskedLMSubstitution,
    NoiseInjection,
    Perplexity,
    Similarity,
    TeacherAgreement,
)
from textaug.core.reading import read_examples
from textaug.corpora import builtin_corpus
from textaug.models import batching
from textaug.models.loading import ModelSpec, load
from textaug.models.masked_lm import load_masked_lm
from textaug.translation.seq2seq import HFTranslator

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses"),
]
SIZES = (1, 7, 256)
LEAST_SAME = 0.95  # of the rows, in 16 bits, at another batch size


@pytest.fixture
def device(request):
    return request.config.getoption("--device")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders of tiny models by what they are for."""
    folder = tmp_path_factory.mktemp
    labels = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
    return {
        "AutoModelForMaskedLM": tiny.tiny_bert(folder("bert")),
        "AutoModelForTokenClassification": tiny.tiny_tagger(folder("tagger"), labels),
        "AutoModel": tiny.tiny_bert_encoder(folder("encoder")),
        "AutoModelForSeq2SeqLM": marian.tiny_marian(folder("there")),
        "back": marian.tiny_marian(folder("back"), seed=1),
    }


@pytest.fixture
def rows():
    return builtin_corpus()["train"].select(range(257))


def mapped(rows, augment, size):
    return rows.map(augment, batched=True, batch_size=size, load_from_cache_file=False)


def test_models_go_to_the_gpu_and_ranks_to_one_each(folders, corpus, device):
    count = torch.cuda.device_count() if device == "cuda" else 1
    name = device if device == "cpu" else "cuda:{}"
    dtype = torch.float32
    if device == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        dtype = torch.bfloat16
    for kind, folder in list(folders.items())[:4]:
        for rank in (None, 0, 1, 5):
            model, _ = load(kind, folder, rank=rank)
            where = {str(weights.device) for weights in model.parameters()}
            assert where == {name.format((rank or 0) % count)}
            assert model.dtype == dtype
    augment = MaskedLMSubstitution(folders["AutoModelForMaskedLM"], p=0.5)
    corpus.map(augment, batched=True, with_rank=True, load_from_cache_file=False)
    used = load_masked_lm(augment.spec, augment.rank)
    assert used.barred.device == used.model.device == torch.device(name.format(0))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_gpu_predicts_what_a_cpu_does(corpus, device, dtype):
    here = load_masked_lm(ModelSpec("offline", dtype="float32", device="cpu"), None)
    there = load_masked_lm(ModelSpec("offline", dtype=dtype, device=device), None)
    augment = MaskedLMSubstitution("offline", p=0.3)
    examples = read_examples(corpus, "train", {})
    pieces = here.sub_tokens(token for example in examples for token in example.tokens)
    windows = []
    for number, example in enumerate(examples):
        gaps = augment._gaps(example, pieces, here.common)
        windows += augment._windows(number, example, gaps[::2], pieces, here) if gaps else []
    pairs = [
        (dict(zip(*reversed(a), strict=True)), dict(zip(*reversed(b), strict=True)))
        for one, other in zip(here.predict(windows, 20, 4096), there.predict(windows, 20, 4096),
                              strict=True)
        for a, b in zip(one, other, strict=True)
    ]  # fmt: skip
    assert len(pairs) > 100
    limit = 1e-3 if dtype == "float32" else 0.5
    apart = [abs(a[i] - b[i]) for a, b in pairs for i in a.keys() & b.keys()]
    assert max(apart) < limit, max(apart)
    # The best word is the same, or its score differs by less than rounding makes of it.
    off = [a[max(a, key=a.get)] - a.get(max(b, key=b.get), 0.0) for a, b in pairs]
    assert max(off) < limit, max(off)
    same = sum(gap == 0 for gap in off) / len(off)
    assert same >= (0.999 if dtype == "float32" else 0.95), same


def words(rows, method, folders, device, dtype, size):
    """What a method makes of the rows in batches of ``size``, as a list with one entry each."""
    where = {"device": device, "dtype": dtype}
    if method == "masked LM":
        augment = MaskedLMSubstitution("offline", p=0.3, seed=3, **where)
        return mapped(rows, augment, size)["tokens"]
    if method.startswith("translation"):
        texts = [
            " ".join(marian.WORDS[(7 * i + 3 * j) % 35] for j in range(1 + i % 14))
            for i in range(len(rows))
        ]
        seeds = list(range(len(rows))) if method == "translation, drawn" else None
        engine = HFTranslator(folders["AutoModelForSeq2SeqLM"], **where)
        parts = [slice(start, start + size) for start in range(0, len(texts), size)]
        return [
            found for i in parts for found in engine.translate(texts[i], seeds=seeds and seeds[i])
        ]
    keep = {
        "teacher": lambda: TeacherAgreement(folders["AutoModelForTokenClassification"], **where),
        "similarity": lambda: Similarity(0.6, 1.0, **where),
        "perplexity": lambda: Perplexity(1.5, **where),
    }[method]()
    before = read_examples(rows, "train", {})
    after = [result.example for result in NoiseInjection(p=0.3).run(before, [0] * len(before))]
    parts = [slice(start, start + size) for start in range(0, len(before), size)]
    return [kept for i in parts for kept in keep(before[i], after[i])]


METHODS = ("masked LM", "translation", "translation, drawn", "teacher", "similarity", "perplexity")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("method", METHODS)
def test_same_seed_same_words_at_any_batch_size(method, dtype, folders, rows, device, request):
    number = {"masked LM": 257, "perplexity": 20}.get(method, 64)
    rows = rows.select(range(number))
    one, *others = [words(rows, method, folders, device, dtype, size) for size in SIZES]
    assert len(one) == len(rows)
    for size, found in zip(SIZES[1:], others, strict=True):
        same = sum(a == b for a, b in zip(one, found, strict=True)) / len(one)
        request.node.user_properties.append((f"{method}, {dtype}, 1 and {size}: same rows", same))
        # In 16 bits the order of a sum shows, and a draw near the border of two words can change.
        assert same == 1 if dtype == "float32" else same >= LEAST_SAME, (size, same)


def test_out_of_memory_halves_the_batch(corpus, device, monkeypatch):
    if device == "cpu":
        pytest.skip("only a GPU's memory runs out like that")
    rows = concatenate_datasets([corpus] * 100)
    fits = MaskedLMSubstitution("offline", p=0.3, dtype="float32", device=device)
    expected = mapped(corpus, fits, 60)["tokens"]
    halves, halved = batching._halves, []
    monkeypatch.setattr(
        batching, "_halves", lambda batch: halved.append(len(batch)) or halves(batch)
    )
    torch.cuda.empty_cache()
    spare = torch.cuda.memory_reserved() + 2**29  # half a GiB more than is taken now
    torch.cuda.set_per_process_memory_fraction(
        spare / torch.cuda.get_device_properties(0).total_memory
    )
    try:
        augment = MaskedLMSubstitution(
            "offline", p=0.3, dtype="float32", device=device, batch_tokens=10**6
        )
        found = mapped(rows, augment, len(rows))["tokens"]
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert halved and max(halved) > 1000
    assert list(found) == list(expected) * 100


FORKS = """
import sys, torch
from textaug import MaskedLMSubstitution
from textaug.corpora import builtin_corpus
device = sys.argv[1]
rows = builtin_corpus()["train"].select(range(40))
augment = MaskedLMSubstitution("offline", p=0.3, dtype="float32")
options = {"batched": True, "load_from_cache_file": False}
there = rows.map(augment, num_proc=2, with_rank=True, **options)
assert not torch.cuda.is_initialized(), "the parent has used CUDA"
here = rows.map(augment, **options)
assert here["tokens"] == there["tokens"] != rows["tokens"]
if device == "cuda":
    for with_rank in (False, True):
        try:
            rows.map(augment, num_proc=2, with_rank=with_rank, **options)
        except RuntimeError as error:
            assert "before map(num_proc=...) forked" in str(error), error
        else:
            raise AssertionError("forked workers cannot use the parent's CUDA")
    cpu = MaskedLMSubstitution("offline", p=0.3, device="cpu")  # which has no such trouble
    there = rows.map(cpu, num_proc=2, **options)
    assert len(there) == len(rows)
"""


def test_workers_fork_before_cuda_is_used_and_else_an_error_says_so(device, tmp_path):
    script = tmp_path / "workers.py"
    script.write_text("if __name__ == '__main__':" + FORKS.replace("\n", "\n    "))
    subprocess.run([sys.executable, str(script), device], check=True, timeout=120)
