"""New labelled sentences by a language model that can write nothing ill-formed."""

import logging

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value, concatenate_datasets
from support import models as tiny

from textaug import SentenceGenerator
from textaug.core.tag_schemes import complete, detect, from_spans, to_spans
from textaug.corpora import builtin_corpus


@pytest.fixture(scope="module")
def train():
    return builtin_corpus()["train"].select(range(40))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("daga")


def fit(data, folder, **options):
    options = {"epochs": 1, "cache_dir": folder, "show_progress_bar": False} | options
    return SentenceGenerator.fit(data, **options)


def generate(generator, n, **options):
    return generator.generate(n, show_progress_bar=False, **options)


def as_strings(data):
    names = data.features["ner_tags"].feature.names
    return [[names[tag] for tag in tags] for tags in data["ner_tags"]]


@pytest.mark.parametrize("epochs", [0.1, 4], ids=["hardly trained", "trained"])
def test_whatever_it_has_learnt_its_sentences_are_well_formed(train, folder, epochs):
    generator = fit(train, folder, epochs=epochs)
    made = generate(generator, 30)
    assert made.features == train.features
    assert len(made) == generator.counts["made"] == 30
    with_mention = 0
    for tokens, tags in zip(made["tokens"], as_strings(made), strict=True):
        assert len(tokens) == len(tags) > 0
        assert " ".join(tokens).split() == tokens
        assert from_spans(to_spans(tags), len(tags), "IOB2") == tags
        with_mention += "O" in tags and len(set(tags)) > 1
    assert with_mention > 10
    assert {word for row in made["tokens"] for word in row} <= {
        word for row in train["tokens"] for word in row
    }


def test_the_same_sentences_whatever_the_batch_and_their_number(train, folder):
    generator = fit(train, folder, epochs=4)
    expected = generate(generator, 20)[:]
    assert generate(generator, 20, batch_size=9)[:] == expected
    assert generate(generator, 20, batch_size=1)[:] == expected
    assert generate(generator, 12)[:] == {name: rows[:12] for name, rows in expected.items()}
    assert generate(SentenceGenerator(generator.model), 20)[:] == expected
    assert generate(generator, 20, seed=1)[:] != expected


def test_copies_are_left_out_and_counted(folder, caplog):
    data = Dataset.from_dict(
        {
            "tokens": [["Ann", "left"], ["Bo", "left"], ["Rome", "fell"]],
            "ner_tags": [["B-PER", "O"], ["B-PER", "O"], ["B-LOC", "O"]],
        }
    )
    generator = fit(data, folder, epochs=150)
    with caplog.at_level(logging.WARNING, logger="textaug"):
        made = generate(generator, 20)
    known = {tuple(tokens) for tokens in data["tokens"]}
    new = [tuple(tokens) for tokens in made["tokens"]]
    assert len(set(new)) == len(new) < 20 and not known & set(new)
    assert generator.counts["left out: same as a training sentence"] > 50
    assert generator.counts.total() == 100, "five tries for each"
    assert f"{len(new)} of 20 sentences made in 100 tries" in caplog.text


@pytest.mark.parametrize("scheme", ["IOB1", "IOBES", "BILOU"])
def test_tags_come_in_the_scheme_of_the_data(train, folder, scheme):
    tags = [from_spans(to_spans(row), len(row), scheme) for row in as_strings(train)]
    names = list(complete(tag for row in tags for tag in row))
    features = Features({"words": List(Value("string")), "labels": List(ClassLabel(names=names))})
    ids = [[names.index(tag) for tag in row] for row in tags]
    data = Dataset.from_dict({"words": train["tokens"][:], "labels": ids}, features=features)
    made = generate(fit(data, folder, epochs=3), 30)
    assert made.features == features
    rows = [[names[tag] for tag in row] for row in made["labels"]]
    assert all(from_spans(to_spans(row), len(row), scheme) == row for row in rows)
    assert {str(detect(row, tuple(names))) for row in rows if set(row) != {"O"}} == {scheme}


def test_the_other_columns_of_new_sentences_are_not_known(train, folder):
    data = train.add_column("id", list(range(len(train))))
    made = generate(fit(data, folder), 5)
    assert made.column_names == ["tokens", "ner_tags"]
    both = concatenate_datasets([made, data])
    assert both["id"][:6] == [None] * 5 + [0] and both.features == data.features


@pytest.mark.parametrize("name", ["gpt2", "bpe_gpt2"])
def test_any_causal_language_model_with_its_own_pieces(train, folder, name):
    path = getattr(tiny, f"tiny_{name}")(folder / name)
    generator = fit(train, folder, model=path, epochs=2, learning_rate=3e-3)
    made = generate(generator, 30)
    assert len(made) > 20
    known = {word for row in train["tokens"] for word in row}
    new = {word for row in made["tokens"] for word in row} - known
    assert new, "pieces make words that the sample does not have"
    assert not any(sign in word for word in new for sign in ("Ġ", "[CLS]", "<B-", "<I-"))
    for tags in as_strings(made):
        assert from_spans(to_spans(tags), len(tags), "IOB2") == tags


def test_a_type_with_one_mention_and_no_sentence_without_any(folder):
    data = Dataset.from_dict(
        {
            "tokens": [["Ann", "left", "Rome"], ["Bo", "saw", "Ann"]],
            "ner_tags": [["B-PER", "O", "B-LOC"], ["B-PER", "O", "B-PER"]],
        }
    )
    made = generate(fit(data, folder, epochs=30), 10)
    tags = {tag for row in made["ner_tags"] for tag in row}
    assert {"B-PER", "B-LOC"} <= tags <= {"O", "B-PER", "I-PER", "B-LOC", "I-LOC"}


def test_odd_words_do_no_harm(folder):
    odd = ["<s>", "<B-PER>", "</s>", "x" * 3000, "e\u0301", "\u200b", "Ann"]
    rows = [{"tokens": [word, *odd], "ner_tags": ["B-PER"] + ["O"] * len(odd)} for word in odd]
    made = generate(fit(Dataset.from_list(rows), folder, epochs=20), 20)
    for tokens, tags in zip(made["tokens"], made["ner_tags"], strict=True):
        assert len(tokens) == len(tags) and " ".join(tokens).split() == tokens
        assert not {"<s>", "</s>"} & set(tokens)


def test_the_training_sentences_are_not_in_the_folder_in_the_clear(train, folder):
    from pathlib import Path

    text = (Path(fit(train, folder).model) / "generator.json").read_text()
    assert not any(" ".join(tokens[:3]) in text for tokens in train["tokens"])


def test_mistakes_are_named(train, folder):
    with pytest.raises(ValueError, match="no mention in the 1 sentences"):
        fit(Dataset.from_dict({"tokens": [["He", "left"]], "ner_tags": [["O", "O"]]}), folder)
    with pytest.raises(ValueError, match="is not a folder made by SentenceGenerator.fit"):
        SentenceGenerator(folder)
    with pytest.raises(ValueError, match="epochs=0: must be above 0"):
        fit(train, folder, epochs=0)
    for name, value in {"temperature": 0, "top_k": 0}.items():
        with pytest.raises(ValueError, match=name):
            fit(train, folder, **{name: value})


def test_sentences_that_do_not_fit_into_the_model_are_counted(tmp_path, caplog):
    short, long = ["Ann", "left"], ["Ann", *["left"] * 2000]
    model = tiny.tiny_gpt2(tmp_path / "gpt2")
    tags = [["B-PER"] + ["O"] * (len(words) - 1) for words in (short, long)]
    fit(Dataset.from_dict({"tokens": [short], "ner_tags": tags[:1]}), tmp_path, model=model)
    assert "SentenceGenerator" not in caplog.text
    fit(Dataset.from_dict({"tokens": [short, long], "ner_tags": tags}), tmp_path, model=model)
    assert "SentenceGenerator: 1 of 2 sentences are longer than the " in caplog.text
