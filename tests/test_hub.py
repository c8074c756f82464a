"""Models and data sets by name and revision, from a hub that the test serves itself."""

import json
from contextlib import ExitStack

import pytest
from datasets import Dataset
from support.forked import Imported
from support.hub import Hub
from support.marian import tiny_marian
from support.models import tiny_bert, tiny_roberta

from textaug import BackTranslation, MaskedLMSubstitution
from textaug.translation.seq2seq import HFTranslator

ROWS = [
    {"tokens": ["Ann", "said", "the", "house", "was", "old"], "ner_tags": ["B-PER", *"OOOOO"]},
    {"tokens": ["the", "minister", "won", "the", "small", "game"], "ner_tags": [*"OOOOOO"]},
]
SETTINGS = {"p": 0.5, "seed": 2}
TEXT = "the minister won the small game"

_IMPORTS = """
import datasets
from transformers import BertForMaskedLM, BertTokenizer, MarianMTModel, MarianTokenizer
from transformers import RobertaForMaskedLM, RobertaTokenizer
from textaug.language.inflection import readings_of
readings_of("sold")  # reads a long list
"""
_SCRIPT = """
import json, sys
from datasets import load_dataset
from textaug import BackTranslation, MaskedLMSubstitution, NoiseInjection

CLASSES = {"mlm": MaskedLMSubstitution, "translation": BackTranslation, "noise": NoiseInjection}


def result(do, settings, data):
    augmenter = CLASSES[do](**settings)
    if isinstance(data, str):
        return augmenter(data)
    data = load_dataset(data["name"], revision=data["revision"], split="train")
    return data.map(augmenter, batched=True).to_list()


for job in json.loads(sys.argv[1]):
    try:
        print(json.dumps(result(*job)))
    except Exception as error:
        print(json.dumps(f"{type(error).__name__}: {error}"))
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    root = tmp_path_factory.mktemp("hub")
    repositories = {
        "models/tiny/mlm": {"main": root / "bert", "v2": root / "roberta"},
        "models/tiny/opus-en-de": {"main": root / "out", "v2": root / "back"},
        "models/tiny/opus-de-en": {"main": root / "back", "v2": root / "out"},
        "datasets/tiny/ner": {"main": root / "data", "v2": root / "data2"},
    }
    tiny_bert(root / "bert")
    tiny_roberta(root / "roberta")
    tiny_marian(root / "out", seed=0)
    tiny_marian(root / "back", seed=1)
    for name, rows in (("data", ROWS), ("data2", ROWS[1:])):
        (root / name / "data").mkdir(parents=True)
        Dataset.from_list(rows).to_parquet(root / name / "data" / "train-00000.parquet")
    return Hub(repositories)


@pytest.fixture
def reachable(hub):
    """Ends when it is closed, or the test ends."""
    with ExitStack() as stack:
        stack.enter_context(hub.serving())
        yield stack


@pytest.fixture(scope="module")
def run(hub, tmp_path_factory):
    """Gives the results of jobs, done one after the other in a process of their own.

    ``huggingface_hub`` reads these variables when it is imported.
    """
    with hub.serving():
        url = hub.url
    home = Imported(
        _IMPORTS, HF_ENDPOINT=url, HF_HOME=str(tmp_path_factory.mktemp("home")), HF_HUB_OFFLINE="0"
    )

    def results(*jobs):
        program = home.start(_SCRIPT, json.dumps(jobs))
        shown, errors = program.communicate()
        assert program.returncode == 0, errors
        return [json.loads(line) for line in shown.splitlines()]

    yield results
    home.close()


def folder(hub, repository, revision):
    return str(hub.repositories[repository][revision])


def test_masked_language_models_by_name_and_revision(hub, reachable, run):
    revisions = (None, "v2", hub.commit("models/tiny/mlm", "v2"))
    jobs = [("mlm", {"model": "tiny/mlm", "revision": r, **SETTINGS}, TEXT) for r in revisions]
    made = run(*jobs)
    local = [folder(hub, "models/tiny/mlm", name) for name in ("main", "v2", "v2")]
    assert made == [MaskedLMSubstitution(path, **SETTINGS)(TEXT) for path in local]
    assert made[0] != made[1]
    # What was loaded once needs no hub any more.
    reachable.close()
    assert run(jobs[0]) == made[:1]


def test_translation_models_by_name_and_revision(hub, reachable, run):
    revisions = ("main", "v2")
    name = {"model": "tiny/opus-{source}-{target}", "pivots": "de", "engine": "transformers"}
    jobs = [("translation", {**name, "revision": r, "seed": 2}, TEXT) for r in revisions]
    made = run(*jobs)
    for revision, new in zip(revisions, made, strict=True):
        pair = [folder(hub, f"models/tiny/opus-{way}", revision) for way in ("en-de", "de-en")]
        assert new == BackTranslation(engine=[*map(HFTranslator, pair)], seed=2)(TEXT)
    assert made[0] != made[1]


def test_data_sets_by_name_and_revision(hub, reachable, run):
    expected = {"main": ROWS, "v2": ROWS[1:]}
    data = [{"name": "tiny/ner", "revision": revision} for revision in expected]
    made = run(*(("noise", {"p": 1.0}, one) for one in data))
    for rows, new_rows in zip(expected.values(), made, strict=True):
        assert [new["ner_tags"] for new in new_rows] == [old["ner_tags"] for old in rows]
        for old, new in zip(rows, new_rows, strict=True):
            changed = [a != b for a, b in zip(old["tokens"], new["tokens"], strict=True)]
            assert changed == [tag == "O" for tag in old["ner_tags"]]


def test_what_the_hub_has_not_is_said(hub, reachable, run):
    names = {"model": "tiny/none"}, {"model": "tiny/mlm", "revision": "v3"}
    no_model, no_revision = run(*(("mlm", name, TEXT) for name in names))
    assert no_model.startswith("OSError: tiny/none is not a")
    assert "v3 is not a valid git identifier" in no_revision
