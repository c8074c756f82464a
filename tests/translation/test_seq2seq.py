"""Models of transformers."""

import random
from collections import Counter

import numpy as np
import pytest
import torch
from support.marian import SEEDS, TEXTS, in_parts, tiny_m2m100

from textaug.models import loading as models
from textaug.models.sampling import GumbelTopK
from textaug.translation.seq2seq import HFTranslator, language_id

pytestmark = pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")


@pytest.mark.parametrize("how", [{}, {"n": 3}, {"seeds": SEEDS}], ids=["best", "n-best", "drawn"])
def test_a_translation_depends_on_nothing_but_its_text(marian, how):
    expected = HFTranslator(marian).translate(TEXTS, **how)
    assert sum(map(bool, expected)) > len(TEXTS) * 0.8
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
    draw = GumbelTopK(range(rows), top_k=3, temperature=2.0)
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
        with pytest.raises(ValueError, match="has no language 'xx'; it has 100 codes"):
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
