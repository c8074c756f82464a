"""Which models a process keeps."""

import gc
import logging
import os
import weakref

import pytest
from support.models import tiny_bert, tiny_tagger

from textaug.models import loading
from textaug.models.encoding import Encoder
from textaug.models.loading import ModelSpec, load, load_as

MLM = "AutoModelForMaskedLM"


@pytest.fixture(autouse=True)
def fresh():
    loading.forget_models()
    yield
    loading.forget_models()


@pytest.fixture
def kept(monkeypatch):
    """Loading a model is quick, and a process keeps two of them."""
    monkeypatch.setattr(loading, "_load", lambda auto_class, name, *_: (name, object()))
    monkeypatch.setattr(loading, "MODELS_KEPT", 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"dtype": "int4"}, "dtype='int4': must be one of auto"), ({"batch_tokens": 0}, "at least 1")],
)
def test_a_spec_checks_its_fields(wrong, message):
    with pytest.raises(ValueError, match=message):
        ModelSpec("bert-base-cased", **wrong)


def test_equal_specs_give_the_same_objects(tmp_path):
    folder = tiny_bert(tmp_path)
    spec = ModelSpec(folder, dtype="float32", device="cpu", batch_tokens=7)
    assert load(MLM, spec)[0] is load(MLM, folder)[0] is load(MLM, folder, rank=3)[0]
    assert load_as(Encoder, MLM, spec) is load_as(Encoder, MLM, folder)
    assert load_as(Encoder, MLM, spec).model is load(MLM, folder)[0]
    assert load(MLM, ModelSpec(folder, dtype="bfloat16"))[0] is not load(MLM, folder)[0]


def test_a_retrained_model_is_loaded_anew(tmp_path):
    first, _ = load("AutoModelForTokenClassification", tiny_tagger(tmp_path, ["O", "B-A"]))
    again, _ = load("AutoModelForTokenClassification", tiny_tagger(tmp_path, ["O", "B-A", "B-B"]))
    assert (first.config.num_labels, again.config.num_labels) == (2, 3)


def test_the_least_recently_used_model_is_dropped(kept):
    a, b = load(MLM, "a"), load(MLM, "b")
    assert load(MLM, "a") == a
    load(MLM, "c")  # in the place of "b"
    assert load(MLM, "a") == a
    assert load(MLM, "b") != b


def test_a_dropped_model_is_freed_with_what_was_made_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "MODELS_KEPT", 1)
    encoder = weakref.ref(load_as(Encoder, MLM, tiny_bert(tmp_path / "one")))
    load(MLM, tiny_bert(tmp_path / "two"))
    gc.collect()
    assert encoder() is None


def test_too_many_models_in_turn_are_reported_once(kept, caplog):
    with caplog.at_level(logging.WARNING, logger="textaug"):
        for name in "abc":
            load(MLM, name)
        assert not caplog.records
        for name in "abcabc":
            load(MLM, name)
    assert caplog.text.count("more than 2 models are in use") == 1


class _NeedsItsThreads:
    """Like a CTranslate2 model: freeing it in a forked process would wait forever."""

    def __init__(self) -> None:
        self.made_in = os.getpid()

    def __del__(self) -> None:
        if os.getpid() != self.made_in:
            os._exit(3)


def test_a_forked_worker_does_not_free_what_its_parent_loaded():
    loading.forget_models()
    loading.keep("of the parent", _NeedsItsThreads)
    child = os.fork()
    if child == 0:
        for n in range(loading.MODELS_KEPT + 1):
            loading.keep(n, object)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    loading.forget_models()
