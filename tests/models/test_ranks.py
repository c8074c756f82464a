"""Several GPUs on one machine: `map(with_rank=True, num_proc=n)`, tried on CPU processes."""

import pytest
import torch

from textaug import Augmenter, Compose, Edit, NoiseInjection, expand
from textaug.models import loading as models
from textaug.models.batching import run_in_batches

SHARED = {"batched": True, "load_from_cache_file": False}


class Where(Augmenter):
    """Puts in front of each sentence on which device its model was loaded."""

    def edits(self, example, rng):
        return [Edit(0, 0, (models.load("AutoModelForMaskedLM", "any", rank=self.rank)[0],))]


pytestmark = pytest.mark.skipif(
    torch.version.cuda is not None and not torch.cuda.is_available(),
    reason="a torch with CUDA but no GPU fails in forked workers, before the simulated GPUs",
)


@pytest.fixture
def gpus(monkeypatch):
    """A machine with so many GPUs, on which loading a model gives the device's name."""
    monkeypatch.setattr(
        models, "_load", lambda auto_class, name, revision, dtype, device: (device, None)
    )
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    return lambda n: monkeypatch.setattr(torch.cuda, "device_count", lambda: n)


def devices(rows):
    return [tokens[0] for tokens in rows["tokens"]]


def test_each_worker_has_a_gpu_of_its_own(gpus, corpus):
    gpus(2)
    rows = corpus.select(range(8))
    made = rows.map(Where(), num_proc=4, with_rank=True, **SHARED)
    assert devices(made) == [f"cuda:{n}" for n in (0, 0, 1, 1, 0, 0, 1, 1)]
    both = Compose([NoiseInjection(), Where()])  # inside a composition too
    assert devices(rows.map(both, num_proc=4, with_rank=True, **SHARED)) == devices(made)


def test_expand_passes_the_rank_by_itself(gpus, corpus):
    gpus(2)
    made = expand(corpus.select(range(4)), Where(), num_proc=2)
    assert devices(made)[1::2] == ["cuda:0", "cuda:0", "cuda:1", "cuda:1"]


def test_one_process_takes_the_first(gpus, corpus):
    for n, device in ((2, "cuda:0"), (0, "cpu")):
        gpus(n)
        assert set(devices(corpus.select(range(2)).map(Where(), **SHARED))) == {device}


def test_without_a_gpu_ranks_share_the_cpu(gpus, corpus):
    gpus(0)
    made = corpus.select(range(4)).map(Where(), num_proc=2, with_rank=True, **SHARED)
    assert set(devices(made)) == {"cpu"}


def test_a_worker_of_a_parent_that_has_used_cuda_says_so(gpus, monkeypatch):
    gpus(1)
    monkeypatch.setattr(torch.cuda, "_is_in_bad_fork", lambda: True)
    with pytest.raises(RuntimeError, match=r"before map\(num_proc=...\) forked"):
        models.load("AutoModelForMaskedLM", "any")
    assert models.load("AutoModelForMaskedLM", models.ModelSpec("any", device="cpu"))[0] == "cpu"

    def forward(batch):
        raise RuntimeError("Cannot re-initialize CUDA in forked subprocess. To use ...")

    with pytest.raises(RuntimeError, match=r"before map\(num_proc=...\) forked"):
        run_in_batches(forward, [1], 1)
