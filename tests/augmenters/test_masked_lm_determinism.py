"""Masked language model: the same output for the same seed, whatever the batch."""

import pickle
import subprocess
import sys

import pytest
from datasets import Dataset

from textaug import MaskedLMSubstitution
from textaug.models import loading as models

SENTENCE = "Shares of the big European bank fell sharply on Friday , officials in Germany said ."


@pytest.mark.parametrize("name", ["bert", "roberta", "albert"])
def test_output_does_not_depend_on_batches(model, name, corpus):
    def run(batch_size, batch_tokens=4096, order=1):
        rows = corpus.select(range(len(corpus))[::order])
        augment = MaskedLMSubstitution(model(name), p=0.4, batch_tokens=batch_tokens, seed=5)
        after = rows.map(augment, batched=True, batch_size=batch_size, load_from_cache_file=False)
        return after["tokens"][::order]

    expected = run(1000)
    assert expected == run(1) == run(7) == run(1000, batch_tokens=1) == run(1000, batch_tokens=200)
    assert expected == run(1000, order=-1)


def test_copies_differ_and_seeds_count(model):
    augment = MaskedLMSubstitution(model("bert"), p=0.5)
    rows = Dataset.from_dict({"text": [SENTENCE]})
    assert len(set(rows.map(augment.expand(copies=4), batched=True)["text"])) == 5
    assert augment(SENTENCE) != MaskedLMSubstitution(model("bert"), p=0.5, seed=1)(SENTENCE)


def test_the_model_is_no_part_of_the_state(model):
    augment = MaskedLMSubstitution(model("bert"), p=0.5)
    before = pickle.dumps(augment)
    expected = augment(SENTENCE)
    assert pickle.dumps(augment) == before
    assert pickle.loads(before)(SENTENCE) == expected
    assert (
        models.load("AutoModelForMaskedLM", model("bert"))[0]
        is (
            models.load(
                "AutoModelForMaskedLM",
                models.ModelSpec(model("bert"), dtype="float32", device="cpu"),
                rank=1,
            )[0]
        )
    )


WORKERS = """
import sys, torch
from textaug import MaskedLMSubstitution
from textaug.corpora import builtin_corpus
torch.set_num_threads(2)
torch.randn(1000, 1000) @ torch.randn(1000, 1000)  # starts torch's threads
rows = builtin_corpus()["train"].select(range(12))
augment = MaskedLMSubstitution(sys.argv[1], p=0.5)
here = rows.map(augment, batched=True, load_from_cache_file=False)
there = rows.map(augment, batched=True, num_proc=2, with_rank=True, load_from_cache_file=False)
assert here["tokens"] == there["tokens"] != rows["tokens"]
"""


def test_forked_workers_do_not_hang(model, tmp_path):
    script = tmp_path / "workers.py"  # a file, for where workers are spawned and not forked
    script.write_text("if __name__ == '__main__':" + WORKERS.replace("\n", "\n    "))
    subprocess.run([sys.executable, str(script), model("bert")], check=True, timeout=120)
