"""Masked language model: which words change, and what is put there."""

from functools import partial
from random import Random

import pytest
import torch
from support import models as tiny
from transformers import AutoModelForMaskedLM

from textaug import MaskedLMSubstitution
from textaug.core.example import Edit, Example, Span
from textaug.language.word_lists import stop_words
from textaug.models import batching
from textaug.models import loading as models
from textaug.models.masked_lm import draw, logits_at

SENTENCE = "Shares of the big European bank fell sharply on Friday , officials in Germany said ."
ROW = {
    "tokens": [
        "The",
        "European",
        "Commission",
        "met",
        "an",
        "old",
        "player",
        "from",
        "New",
        "York",
    ],
    "ner_tags": ["O", "B-ORG", "I-ORG", "O", "O", "O", "O", "O", "B-LOC", "I-LOC"],
    "pos_tags": ["DT", "NNP", "NNP", "VBD", "DT", "JJ", "NN", "IN", "NNP", "NNP"],
}
ARCHITECTURES = ("bert", "distilbert", "electra", "roberta", "xlm_roberta", "albert")

# Many words are several sub-tokens to the small models of these tests.
Masked = partial(MaskedLMSubstitution, mask=True)


def changes(before, after):
    """Pairs of the words that differ; both texts have the same number of words."""
    pairs = zip(before.split(), after.split(), strict=True)
    return [(old, new) for old, new in pairs if old != new]


# What is replaced, and by what


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_only_real_words_are_replaced_and_only_by_others(model, name, sentences):
    augment = Masked(model(name), p=0.7)
    found = [
        pair for text in sentences for pair in changes(text, augment(text)) if pair[0] not in "Aan"
    ]
    assert len(found) > 100
    for old, new in found:
        assert old.isalpha() and len(old) > 1 and old.lower() not in stop_words()
        assert new.isalpha() and len(new) > 1 and new.lower() not in stop_words()
        assert old.lower() != new.lower()
        assert new[0].isupper() == old[0].isupper() and new.isupper() == old.isupper()
    if name != "roberta":  # whose learned vocabulary holds beginnings of words as well
        names = () if name in ("bert", "xlm_roberta") else map(str.lower, tiny.NAMES)  # uncased
        assert {new.lower() for _, new in found} <= {*tiny.WORDS, *names, *tiny.PIECES, "brown"}


def test_stop_words_numbers_and_signs_stay(model):
    augment = Masked(model("bert"), p=1.0)
    text = "he has 25 of the 1,000 % , and it was his ! :-) x U.S. well-known 3rd"
    assert augment(text) == text


def test_no_name_is_put_into_the_context_nor_taken_from_it(model):
    augment = Masked(model("bert"), p=1.0, top_k=1000, top_p=1.0, temperature=50, same_form=False)
    seen = set()
    for copy in range(150):
        text = f"Officials on Tuesday said Oil markets fell sharply {copy}"
        after = augment(text).split()
        assert after[1:3] == ["on", "Tuesday"]
        seen |= set(after)
    assert {"Police", "Shares"} <= seen
    assert not seen & set(tiny.NAMES) - {"Brown"}
    assert "Brown" not in seen and "brown" in seen


def test_case_stays(model):
    for text in ("HUGE MARKETS", "Huge Markets", "huge markets"):
        pattern, text = text.split()[0], f"{text} he has been there"
        found = changes(text, Masked(model("bert"), p=1.0)(text))
        assert found
        for _, word in found:
            assert word.isupper() == pattern.isupper() and word.istitle() == pattern.istitle()


def test_the_article_is_set_right(model):
    augment = Masked(model("bert"), p=1.0, top_k=1000, temperature=50)
    example = Example(("the", "year", "was", "a", "good", "one"))
    words, articles = set(), set()
    for seed in range(60):
        (edits,) = augment.propose([example], [Random(seed)])
        new = {edit.start: edit.tokens[0] for edit in edits}
        words.add(new[4])
        articles.add((new.get(3, "a"), new[4][0] in "aeiou"))
    assert len(words) > 20
    assert {("a", False), ("an", True)} <= articles  # but "a university", "an hour"


def test_text_keeps_its_white_space(model):
    text = "  Shares fell,\t sharply.\n"
    after = Masked(model("bert"), p=1.0)(text)
    assert after != text
    assert after.startswith("  ") and ",\t " in after and after.endswith(".\n")


# Labels


def test_mentions_and_labels_stay(model):
    for seed in range(20):
        after = Masked(model("bert"), p=1.0, seed=seed)(ROW)
        assert after["ner_tags"] == ROW["ner_tags"]
        assert after["tokens"][1:3] + after["tokens"][8:] == ROW["tokens"][1:3] + ROW["tokens"][8:]
        # "met", "old" and "player" are new, and have no part of speech.
        assert after["tokens"][3] != "met"
        assert [i for i, tag in enumerate(after["pos_tags"]) if tag is None] == [3, 5, 6]


def test_mentions_only(model):
    after = Masked(model("bert"), p=1.0, target="mentions")(ROW)
    assert after["ner_tags"] == ROW["ner_tags"]
    changed = [
        i for i, old in enumerate(ROW["tokens"]) if after["tokens"][i] != old and old != "an"
    ]
    assert changed == [1, 2, 8, 9] or changed == [1, 2, 9]  # "New" is a stop word
    assert all(after["tokens"][i][0].isupper() for i in changed)


def test_through_map(model, corpus):
    augment = Masked(model("bert"), p=0.3)
    after = corpus.map(augment, batched=True, load_from_cache_file=False)
    assert after["ner_tags"] == corpus["ner_tags"]
    assert after["tokens"] != corpus["tokens"]


# Insertion


def test_insertion(model, sentences):
    augment = Masked(model("bert"), p=0.4, mode="insert")
    inserted = []
    for text in sentences:
        old, new = text.split(), augment(text).split()
        i = 0
        for j, word in enumerate(new):
            if i < len(old) and (word == old[i] or {word, old[i]} == {"a", "an"}):
                i += 1
            else:
                assert word.islower() and word.isalpha() and word not in stop_words()
                assert word not in (new[j - 1].lower(), new[j + 1].lower())
                assert j > 0 or old[0].islower()  # never before the capital of a sentence
                inserted.append(word)
        assert i == len(old)
    assert len(inserted) > 60


def test_insertion_stays_out_of_mentions_unless_it_is_wanted_there(model):
    example = Example(("met", "New", "York", "people"), (Span(1, 3, "LOC"),))
    for target, places in (("context", {0, 3}), ("mentions", {2}), ("all", {0, 2, 3})):
        augment = Masked(model("bert"), p=1.0, mode="insert", target=target)
        (edits,) = augment.propose([example], [Random(0)])
        assert {edit.start for edit in edits} == places
        assert all(edit.start == edit.end for edit in edits)


# Prediction


def test_all_masked_words_are_predicted_at_once(model):
    # With p=1 and the best word alone, the output is what the model itself says.
    folder = model("bert")
    text = "shares closed in old markets"
    network, tokenizer = models.load("AutoModelForMaskedLM", folder)
    with torch.inference_mode():
        logits = network(**tokenizer("[MASK] [MASK] in [MASK] [MASK]", return_tensors="pt")).logits[
            0
        ]
    best = [
        next(word for word in ranked if word in tiny.WORDS and word not in stop_words() | {old})
        for old, ids in zip(
            ["shares", "closed", "old", "markets"],
            logits[[1, 2, 4, 5]].argsort(descending=True),
            strict=True,
        )
        for ranked in [tokenizer.convert_ids_to_tokens(ids.tolist())]
    ]
    after = Masked(folder, p=1.0, top_k=1, same_form=False)(text)
    # What another position got already is not written again.
    old = ["shares", "closed", "old", "markets"]
    first, second, third, last = (
        word if word not in best[:i] else old[i] for i, word in enumerate(best)
    )
    assert after == f"{first} {second} in {third} {last}"


def test_unmasked_words_are_read_where_they_stand(model):
    folder = model("bert")
    network, tokenizer = models.load("AutoModelForMaskedLM", folder)
    with torch.inference_mode():
        logits = network(**tokenizer("the phenomenal city", return_tensors="pt")).logits[0, -2]
    ranked = tokenizer.convert_ids_to_tokens(logits.argsort(descending=True).tolist())
    best = next(
        word for word in ranked if word in tiny.WORDS and word not in stop_words() | {"city"}
    )
    # "phenomenal" is several pieces to the model, and stays.
    augment = MaskedLMSubstitution(folder, p=1.0, top_k=1, same_form=False)
    assert augment("the phenomenal city") == f"the phenomenal {best}"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_head_sees_the_wanted_places_only_and_says_the_same(model, name):
    network = AutoModelForMaskedLM.from_pretrained(model(name))
    ids = torch.randint(5, network.config.vocab_size, (3, 11))
    mask = torch.ones_like(ids)
    ids[1, 7:], mask[1, 7:] = network.config.pad_token_id, 0
    places = [(0, 1), (0, 10), (1, 3), (2, 5)]
    with torch.inference_mode():
        full = network(input_ids=ids, attention_mask=mask).logits
        some = logits_at(network, ids, mask, places)
    wanted = torch.stack([full[row, column] for row, column in places])
    assert some.shape == wanted.shape
    torch.testing.assert_close(some, wanted)


def test_draws_follow_the_probabilities():
    candidates = [(2.0, 7), (1.0, 3), (-5.0, 9)]
    rng = Random(0)

    def share(token, **options):
        options = {"top_p": 1.0, "temperature": 1.0} | options
        return sum(draw(candidates, rng=rng, **options) == token for _ in range(4000)) / 4000

    assert share(7) == pytest.approx(0.73, abs=0.03)
    assert share(7, temperature=0.5) == pytest.approx(0.88, abs=0.03)
    assert share(9, top_p=0.99) == 0
    assert share(7, top_p=0.0) == 1


# What models and data can come with


@pytest.mark.parametrize("name", ["bert", "roberta"])
@pytest.mark.parametrize("mode", ["substitute", "insert"])
def test_sentences_longer_than_the_window(model, name, mode):
    # 400 words are some hundreds of pieces; both windows hold 64.
    words = ["shares", "in", "phenomenal", "markets", "fell"] * 80
    augment = Masked(model(name), p=1.0, mode=mode)
    (edits,) = augment.propose([Example(tuple(words))], [Random(0)])
    changed = {edit.start for edit in edits if edit.tokens[0] not in ("a", "an")}
    assert changed == {i for i in range(400) if mode == "insert" or words[i] != "in"}


def test_words_the_model_cannot_take_stay(model):
    endless = "shares" * 15  # more pieces than the window holds
    augment = Masked(model("bert"), p=1.0)
    after = augment(f"markets {endless} fell")
    assert after.split()[1] == endless and after.split()[0] != "markets"


def test_odd_tokens_do_no_harm(model):
    row = {"tokens": ["\ud800", "markets", "[MASK]", "<mask>", "\x07", "é\udcff", "😀", "رحب"]}
    for name in ("bert", "roberta", "xlm_roberta"):
        after = Masked(model(name), p=0.5)(row)["tokens"]
        assert after[1] != "markets" or after[-1] != row["tokens"][-1]
        assert after[2:7] == row["tokens"][2:7] and after[0] == row["tokens"][0]


def test_nothing_to_do(model):
    augment = Masked(model("bert"), p=0.5)
    assert augment("") == "" and augment([]) == [] and augment("1 , 2") == "1 , 2"
    assert augment({"tokens": [[], ["."]], "ner_tags": [[], ["O"]]})["tokens"] == [[], ["."]]
    assert Masked(model("bert"), p=0.0)(SENTENCE) == SENTENCE


def test_out_of_memory_halves_the_batch(model, monkeypatch, sentences):
    augment = Masked(model("bert"), p=0.5, batch_tokens=100_000)
    expected = augment(sentences)
    network, _ = models.load("AutoModelForMaskedLM", model("bert"))
    forward, sizes = network.forward, []

    def small_memory(input_ids, **others):
        sizes.append(len(input_ids))
        if len(input_ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory (simulated)")
        return forward(input_ids=input_ids, **others)

    monkeypatch.setattr(network, "forward", small_memory)
    assert augment(sentences) == expected
    assert max(sizes) > 2 and sizes[-1] <= 2

    def no_memory(**inputs):
        raise torch.OutOfMemoryError("CUDA out of memory (simulated)")

    monkeypatch.setattr(network, "forward", no_memory)
    with pytest.raises(torch.OutOfMemoryError):
        augment(sentences)


# Errors


@pytest.mark.parametrize(
    "wrong",
    [
        {"p": 1.5},
        {"top_k": 0},
        {"top_p": -0.1},
        {"temperature": 0},
        {"mode": "delete"},
        {"dtype": "int8"},
        {"batch_tokens": 0},
    ],
)
def test_arguments_out_of_range(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"{name}={value!r}"):
        Masked(**wrong)


def test_arguments_that_exclude_each_other():
    with pytest.raises(ValueError, match="keep_meaning=True: a new word"):
        Masked(mode="insert", keep_meaning=True)
    with pytest.raises(ValueError, match="threshold=2"):
        Masked(keep_meaning=True, threshold=2)


@pytest.mark.parametrize("name", ["bert_encoder", "gpt2"])
def test_a_model_that_cannot_predict_masks(model, name):
    with pytest.raises(ValueError, match=r"masked language model.*bert-base-cased"):
        Masked(model(name))(SENTENCE)


def test_a_tokenizer_without_a_mask(model, tmp_path):
    network, tokenizer = models.load("AutoModelForMaskedLM", model("bert"))
    network.save_pretrained(tmp_path)
    tokenizer = type(tokenizer).from_pretrained(model("bert"))
    tokenizer.mask_token = None
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ValueError, match="no mask token"):
        Masked(str(tmp_path))(SENTENCE)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "./no/such/folder"])
def test_a_model_that_is_not_there(name):
    with pytest.raises(OSError, match=r"folder.*pass"):
        Masked(name)(SENTENCE)


def test_batches():
    assert batching.batches([], 100) == []
    lengths = [3, 17, 8, 40, 9, 1, 30, 24]
    found = batching.batches(lengths, 48)
    assert sorted(i for batch in found for i in batch) == list(range(8))
    for batch in found:
        padded = {batching.padded(lengths[i]) for i in batch}
        assert len(padded) == 1
        assert len(batch) == 1 or padded.pop() * len(batch) <= 48


def test_edits_say_where_words_come_from(model):
    (edits,) = Masked(model("bert"), p=1.0).propose([Example(("markets",))], [Random(0)])
    assert edits == [Edit(0, 1, edits[0].tokens, origins=(None,))]
