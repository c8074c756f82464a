"""New words inside mentions, by a masked language model that knows the label."""

from functools import cache
from random import Random

import datasets
import pytest
from datasets import Dataset, concatenate_datasets
from support import models as tiny

from textaug import LabelConditionedMLM
from textaug.corpora import builtin_corpus
from textaug.models import markers
from textaug.specs import build

# Two kinds of mention in the same contexts, so that nothing but the label tells them apart.
KINDS = {"PER": ["Ann", "Smith", "Brown"], "LOC": ["Rome", "London", "China"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("melm")


@pytest.fixture(scope="module")
def bert(folder):
    return tiny.tiny_bert(folder / "bert")


@pytest.fixture(scope="module")
def fitted(folder):
    """A function from a name in tests/support/models.py to an augmenter after a little training."""

    @cache
    def fit(name="bert"):
        model = getattr(tiny, f"tiny_{name}")(folder / f"for {name}")
        train = builtin_corpus()["train"].select(range(30))
        return LabelConditionedMLM.from_dataset(
            train, model, p=1.0, epochs=1, cache_dir=folder, show_progress_bar=False
        )

    return fit


def sentences(kinds, n):
    rng = Random(1)
    rows = {"tokens": [], "ner_tags": []}
    for i in range(n):
        label = sorted(kinds)[i % len(kinds)]
        rows["tokens"].append(["He", "said", rng.choice(kinds[label]), "was", "old", "."])
        rows["ner_tags"].append(["O", "O", f"B-{label}", "O", "O", "O"])
    return Dataset.from_dict(rows)


def fit(data, bert, folder, **options):
    options = {"epochs": 1, "cache_dir": folder, "show_progress_bar": False} | options
    return LabelConditionedMLM.from_dataset(data, bert, **options)


def test_what_is_drawn_depends_on_the_label(bert, folder):
    data = sentences(KINDS, 40)
    # To the random model most words are alike, and so would be the markers.
    words = {"PER": "man", "LOC": "city"}
    options = {"epochs": 80, "learning_rate": 5e-3, "label_words": words}
    augment = fit(data, bert, folder, p=1.0, top_k=3, **options)
    drawn = {label: set() for label in KINDS}
    for tokens, tags in zip(data["tokens"], data["ner_tags"], strict=True):
        after = augment({"tokens": tokens, "ner_tags": tags})
        assert after["ner_tags"] == tags
        assert after["tokens"][:2] + after["tokens"][3:] == tokens[:2] + tokens[3:]
        drawn[tags[2][2:]].add(after["tokens"][2])
    for label, words in KINDS.items():
        assert drawn[label] <= set(words), "one of another label"
        assert len(drawn[label]) > 1


def test_its_progress_bar_goes_with_those_of_datasets(bert, tmp_path, capsys):
    options = {"epochs": 1, "show_progress_bar": True}
    fit(sentences(KINDS, 8), bert, tmp_path / "1", **options)
    assert "Fine-tuning" not in capsys.readouterr().err, "they are off in these tests"
    datasets.enable_progress_bars()
    try:
        fit(sentences(KINDS, 8), bert, tmp_path / "2", **options)
    finally:
        datasets.disable_progress_bars()
    assert "Fine-tuning" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["bert", "roberta", "xlm_roberta", "distilbert"])
def test_new_words_are_whole_words(fitted, name):
    rows = builtin_corpus()["train"].select(range(30))
    names = rows.features["ner_tags"].feature.names
    longer = 0
    augmented = rows.map(fitted(name), batched=True)
    for before, after in zip(rows, augmented, strict=True):
        assert after["ner_tags"] == before["ner_tags"]
        for old, new, tag in zip(
            before["tokens"], after["tokens"], before["ner_tags"], strict=True
        ):
            if names[tag] == "O":
                assert new == old or old in ("a", "an", "A", "An")
            elif new != old:
                assert new.isalpha() and old.isalpha()
                assert new.isupper() == old.isupper() or len(old) == 1
                longer += len(new) > 3
    assert longer > 5


def test_words_with_digits_or_signs_stay(fitted):
    row = {"tokens": ["U.S.", "7th", "Fleet"], "tags": ["B-ORG", "I-ORG", "I-ORG"]}
    after = fitted()(row)
    assert after["tokens"][:2] == ["U.S.", "7th"] and after["tokens"][2] != "Fleet"


def test_a_type_that_it_was_not_trained_on_is_left_alone(fitted):
    row = {"tokens": ["Ann", "has", "Flu"], "tags": ["B-PER", "O", "B-DISEASE"]}
    after = fitted()(row)
    assert after["tokens"][0] != "Ann" and after["tokens"][1:] == ["has", "Flu"]


def test_every_mention_of_a_long_sentence_is_reached(fitted):
    row = {"tokens": ["Ann", "said"] * 100, "tags": ["B-PER", "O"] * 100}  # the window is 64
    after = fitted()(row)
    assert "Ann" not in after["tokens"] and after["tokens"].count("said") == 100


def test_articles_follow(bert, folder):
    data = sentences({"FRUIT": ["apple", "orange", "umbrella"]}, 20)
    augment = fit(data, bert, folder, p=1.0, epochs=30, learning_rate=3e-3, top_k=2)
    row = {
        "tokens": ["He", "said", "that", "the", "man", "ate", "a", "house", "."],
        "tags": ["O"] * 7 + ["B-FRUIT", "O"],
    }
    assert augment(row)["tokens"][6] == "an"


def test_it_is_trained_once_for_the_same_sentences_and_settings(bert, folder, monkeypatch):
    data = sentences(KINDS, 8)
    first = fit(data, bert, folder)
    other = [fit(data, bert, folder, seed=2), fit(sentences(KINDS, 9), bert, folder)]
    assert len({first.model, *(augmenter.model for augmenter in other)}) == 3

    def again(*args, **kwargs):
        raise AssertionError("trained again")

    monkeypatch.setattr("textaug.augmenters.label_conditioned.fine_tune", again)
    assert fit(data, bert, folder) == first
    assert fit(data, bert, folder, p=0.9).model == first.model, "p has no part in the training"


def test_the_same_seed_trains_the_same_weights(bert, folder, tmp_path):
    data = sentences(KINDS, 16)
    one, other = fit(data, bert, folder, seed=3), fit(data, bert, tmp_path, seed=3)
    weights = "model.safetensors"
    assert (folder / one.model / weights).read_bytes() == (
        tmp_path / other.model / weights
    ).read_bytes()


def test_training_leaves_random_numbers_and_the_loaded_model_alone(bert, folder):
    import torch

    from textaug.models import loading as models

    model, tokenizer = models.load("AutoModelForMaskedLM", bert)
    before = model.get_input_embeddings().weight.clone(), len(tokenizer)
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit(sentences(KINDS, 7), bert, folder)
    assert torch.equal(torch.rand(3), expected)
    assert torch.equal(model.get_input_embeddings().weight, before[0])
    assert len(tokenizer) == before[1]


def test_markers_start_as_the_word_for_their_label(bert):
    from transformers import AutoModelForMaskedLM, AutoTokenizer

    model = AutoModelForMaskedLM.from_pretrained(bert)
    tokenizer = AutoTokenizer.from_pretrained(bert)
    markers.add_markers(model, tokenizer, ["PER", "FRUIT"], {"PER": "man", "FRUIT": "apple"})
    embeddings = model.get_input_embeddings().weight

    def embedding(token):
        return embeddings[tokenizer.convert_tokens_to_ids(token)].tolist()

    assert embedding("<B-PER>") == embedding("<I-PER>") == embedding("man")
    assert embedding("<B-FRUIT>") == embedding("apple") != embedding("man")


def test_words_that_do_not_fit_into_the_model_are_counted(tmp_path, caplog):
    model = tiny.tiny_roberta(tmp_path / "roberta")
    data = sentences(KINDS, 4)
    long = {"tokens": [["Ann", "said", "ab" * 600]], "ner_tags": [["B-PER", "O", "O"]]}
    fit(data, model, tmp_path)
    assert "LabelConditionedMLM" not in caplog.text
    fit(concatenate_datasets([data, Dataset.from_dict(long)]), model, tmp_path)
    assert "LabelConditionedMLM: 1 words are left out of the training" in caplog.text


def test_a_type_with_one_mention_is_no_problem(bert, folder):
    data = Dataset.from_dict(
        {
            "tokens": [["Ann", "left"], ["Rome", "fell"]],
            "ner_tags": [["B-PER", "O"], ["B-LOC", "O"]],
        }
    )
    after = data.map(fit(data, bert, folder, p=1.0), batched=True)
    assert after["ner_tags"] == data["ner_tags"]
    assert all(old[0] != new[0] for old, new in zip(data["tokens"], after["tokens"], strict=True))


def test_mistakes_are_named(bert, folder):
    with pytest.raises(ValueError, match="no mention in the 1 sentences"):
        fit(Dataset.from_dict({"tokens": [["He", "left"]], "ner_tags": [["O", "O"]]}), bert, folder)
    with pytest.raises(ValueError, match="no mention has a word of letters only"):
        fit(Dataset.from_dict({"tokens": [["U.S."]], "ner_tags": [["B-LOC"]]}), bert, folder)
    with pytest.raises(ValueError, match="has no label markers.*from_dataset"):
        LabelConditionedMLM(bert)({"tokens": ["Ann"], "ner_tags": ["B-PER"]})
    with pytest.raises(ValueError, match="mask=0: must be above 0"):
        fit(sentences(KINDS, 3), bert, folder, mask=0)
    for name, value in {
        "p": 2,
        "top_k": 0,
        "temperature": 0,
        "dtype": "int",
        "batch_tokens": 0,
    }.items():
        with pytest.raises(ValueError, match=name):
            LabelConditionedMLM(bert, **{name: value})
    assert not [path for path in folder.glob(".*") if path.is_dir()], "left unfinished"


def test_in_the_shell(bert, folder):
    spec = f"melm:model={bert},p=0.8,epochs=1,cache_dir={folder}"
    augmenter = build(spec, sentences(KINDS, 8), seed=2)
    assert (augmenter.p, augmenter.seed) == (0.8, 2)
    assert augmenter.model.startswith(f"{folder}/melm-")
