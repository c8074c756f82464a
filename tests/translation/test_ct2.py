"""Marian models in CTranslate2."""

import pytest
from support.marian import TEXTS, in_parts, tiny_marian

from textaug.models import loading as models
from textaug.translation import ct2
from textaug.translation.ct2 import CTranslate2
from textaug.translation.seq2seq import HFTranslator

pytestmark = pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache folder of the test's own."""
    pytest.importorskip("ctranslate2", reason="needs the extra 'ctranslate2'")
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    models.forget_models()
    return tmp_path / "textaug" / "ctranslate2"


def test_ctranslate2_finds_what_transformers_finds(marian, cache):
    expected = HFTranslator(marian).translate(TEXTS)
    assert CTranslate2(marian, dtype="float32").translate(TEXTS) == expected


def test_ctranslate2_in_8_bits_depends_on_nothing_but_the_text(marian, cache):
    translator = CTranslate2(marian)
    for n in (1, 3):
        expected = translator.translate(TEXTS, n)
        assert sum(map(bool, expected)) > len(TEXTS) * 0.8
        assert all(len(set(found)) == len(found) <= n for found in expected)
        assert in_parts(translator, 7, n) == expected
        assert CTranslate2(marian, batch_tokens=40).translate(TEXTS, n) == expected


def test_ctranslate2_converts_a_model_once(marian, cache, monkeypatch):
    from ctranslate2.converters import TransformersConverter

    CTranslate2(marian).translate(TEXTS[:2])
    (folder,) = cache.iterdir()
    assert (folder / "model.bin").exists()
    models.forget_models()
    monkeypatch.setattr(TransformersConverter, "convert", lambda *a, **k: pytest.fail("again"))
    CTranslate2(marian).translate(TEXTS[:2])


def test_ctranslate2_converts_anew_when_another_model_is_saved_there(cache, tmp_path):
    folder = tmp_path / "model"
    tiny_marian(folder, seed=0)
    first = CTranslate2(str(folder)).translate(TEXTS)
    models.forget_models()
    tiny_marian(folder, seed=1)
    assert CTranslate2(str(folder)).translate(TEXTS) != first
    assert len(list(cache.iterdir())) == 2


def test_ctranslate2_says_what_it_cannot_do(marian, cache, tmp_path):
    with pytest.raises(ValueError, match="cannot sample with seeds"):
        CTranslate2(marian).translate(["the old house"], seeds=[1])
    assert CTranslate2(marian).translate([" ".join(["the"] * 70)]) == [[]]  # longer than 64 tokens
    with pytest.raises(OSError, match="folder made by save_pretrained"):
        CTranslate2(str(tmp_path / "nothing")).translate(["the old house"])


def test_ctranslate2_halves_the_batch_when_memory_runs_out(marian, cache, monkeypatch):
    expected = CTranslate2(marian).translate(TEXTS)
    engine, tokenizer, options = ct2.load_ctranslate2(models.ModelSpec(marian), None)
    sizes = []

    class Small:
        num_translators = 1

        def translate_batch(self, rows, **how):
            sizes.append(len(rows))
            if len(rows) > 2:
                raise RuntimeError("CUDA failed with error out of memory (simulated)")
            return engine.translate_batch(rows, **how)

    monkeypatch.setattr(ct2, "load_ctranslate2", lambda *_: (Small(), tokenizer, options))
    assert CTranslate2(marian).translate(TEXTS) == expected
    assert max(sizes) > 2 and min(sizes) <= 2


def test_ctranslate2_uses_all_cores_and_gives_the_same_translations(marian, cache, monkeypatch):
    import torch

    translated = []
    for threads in (1, 2):
        monkeypatch.setattr(torch, "get_num_threads", lambda n=threads: n)
        models.forget_models()
        engine, *_ = ct2.load_ctranslate2(models.ModelSpec(marian), None)
        assert engine.num_translators == threads
        translated.append(CTranslate2(marian, num_beams=2).translate(TEXTS, n=2))
    assert translated[0] == translated[1]
