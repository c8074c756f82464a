"""spaCy's DocBin."""

import builtins
import logging

import pytest
from support.files import mentions, text_file

from textaug.io.errors import SourceError
from textaug.io.read import read


def test_without_spacy_the_extra_is_named(tmp_path, monkeypatch):
    real = builtins.__import__

    def without_spacy(name, *args):
        if name.startswith("spacy"):
            raise ModuleNotFoundError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without_spacy)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[spacy\]'"):
        read(text_file(tmp_path / "a.spacy", ""))


@pytest.fixture
def nlp():
    spacy = pytest.importorskip("spacy", reason="needs the extra 'spacy'")
    return spacy.blank("en")


def saved(path, *documents):
    from spacy.tokens import DocBin

    DocBin(docs=documents, store_user_data=True).to_disk(path / "a.spacy")
    return str(path / "a.spacy")


def test_entities_tokens_and_categories(nlp, tmp_path):
    one, two = nlp("Ann  saw\n🔥 Rome."), nlp("Hm")
    one.ents = [one.char_span(0, 3, "PER"), one.char_span(11, 15, "LOC")]
    one.cats, two.cats = {"POS": 1.0, "NEG": 0.0}, {"POS": 0.0, "NEG": 0.0}
    data = read(saved(tmp_path, one, two))["train"]
    assert data["tokens"][:] == [["Ann", "saw", "🔥", "Rome", "."], ["Hm"]]
    assert mentions(data) == [[("PER", "Ann"), ("LOC", "Rome")], []]
    assert data["label"][:] == ["POS", None]


def test_categories_alone(nlp, tmp_path):
    one = nlp("Good")
    one.cats = {"POS": 1.0}
    data = read(saved(tmp_path, one))["train"]
    assert data[:] == {"text": ["Good"], "label": ["POS"]}


def test_a_group_of_spans_may_nest(nlp, tmp_path):
    one = nlp("New York Times")
    one.spans["sc"] = [one.char_span(0, 14, "ORG"), one.char_span(0, 8, "LOC")]
    data = read(saved(tmp_path, one))["train"]
    assert mentions(data) == [[("LOC", "New York"), ("ORG", "New York Times")]]
    one.ents = [one.char_span(0, 8, "LOC")]
    with pytest.raises(SourceError, match=r"ambiguous which spans count, ents or spans\['sc'\]"):
        read(saved(tmp_path, one))


def test_other_annotations_are_left_out_with_a_warning(nlp, tmp_path, caplog):
    from spacy.tokens import Doc

    one = Doc(nlp.vocab, ["Ann", "sat"], ents=["B-PER", "O"], pos=["PROPN", "VERB"])
    with caplog.at_level(logging.WARNING, logger="textaug"):
        assert mentions(read(saved(tmp_path, one))["train"]) == [[("PER", "Ann")]]
    assert "parts of speech left out" in caplog.text


def test_another_file(nlp, tmp_path):
    with pytest.raises(SourceError, match="is not a DocBin of spaCy"):
        read(text_file(tmp_path / "a.spacy", "no"))
