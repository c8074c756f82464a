"""Pseudonyms: one for each person, everywhere, and no name left."""

import os
import pickle
import re
import stat
import subprocess
import sys

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value
from hypothesis import given
from hypothesis import strategies as st

from textaug import Compose, NoiseInjection, Pseudonymization, audit, expand
from textaug.augmenters.pseudonyms import with_key_of_environment
from textaug.specs import build, outline

KEY = "a key for tests alone"
NAMES = {"PER": ["Vera Holm", "V. Holm", "Ola Holm", "Brown", "Ana Brandt"], "LOC": ["Oslo"]}


@pytest.fixture(scope="module")
def hide():
    return Pseudonymization(NAMES, key=KEY)


def parts(text):
    return re.findall(r"\w+", text)


def test_one_person_stays_one(hide):
    old = "Vera Holm and Ms Holm , Holm's , HOLM , Vera"
    vera, holm, *_ = parts(hide(old))
    new = f"{vera} {holm} and Ms {holm} , {holm}'s , {holm.upper()} , {vera}"
    assert hide(old) == new and not {"Vera", "Holm"} & {vera, holm}
    assert hide("V. Brandt or O. Holm") != "V. Brandt or O. Holm"


def test_an_initial_is_that_of_the_pseudonym(hide):
    row = {"tokens": ["V.", "Holm"], "ner_tags": ["B-PER", "I-PER"]}
    vera, holm = hide("Vera Holm").split()
    assert hide(row)["tokens"] == [f"{vera[0]}.", holm]


def test_relatives_with_initials_stay_apart():
    given = ["Anna", "Bert", "Carl", "Dora", "Emil", "Fritz", "Greta", "Hans", "Ida", "Jonas"]
    names = [f"{name} Holm" for name in given] + [f"{name[0]}. Holm" for name in given]
    hide = Pseudonymization({"PER": names}, key=KEY)
    rows = {"tokens": [[f"{n[0]}.", "Holm"] for n in given], "ner_tags": [["B-PER", "I-PER"]] * 10}
    assert len({tokens[0] for tokens in hide(rows)["tokens"]}) == len(given)


def test_a_first_name_keeps_its_gender():
    from textaug.language.gazetteer import names_by_locale, without_accents

    locales = names_by_locale().values()
    female = {without_accents(name) for each in locales for name in each["female"]}
    known = ["Susanne", "Katarzyna", "Giovanna", "Heather", "Ingrid"]
    hide = Pseudonymization({"PER": [f"{name} Xyzzy" for name in known]}, key=KEY)
    assert all(hide(f"{name} Xyzzy").split()[0] in female for name in known)


def test_no_pseudonym_is_a_name_or_a_word_of_the_data(corpus):
    hide = Pseudonymization.from_dataset(corpus, key=KEY)
    there = {word for tokens in corpus["tokens"] for token in tokens for word in parts(token)}
    new = hide._rewriting.names.table.values()
    assert new and not there & set(new) and len(set(new)) == len(new)


def test_another_key_gives_other_names_and_another_fingerprint(hide):
    other = Pseudonymization(NAMES, key="another key for tests")
    assert other("Vera Holm") != hide("Vera Holm") and other != hide
    assert pickle.dumps(other) != pickle.dumps(hide)
    assert Pseudonymization(NAMES, key=KEY) == hide


def test_neither_key_nor_names_are_shown(hide):
    shown = repr(hide) + outline(hide) + repr(hide._secret)
    assert KEY not in shown and "Holm" not in shown
    assert KEY.encode() not in pickle.dumps(hide)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(hide._secret)


def test_without_a_key_or_with_a_bad_one(monkeypatch):
    monkeypatch.delenv("TEXTAUG_KEY")
    with pytest.raises(ValueError, match="set the environment variable TEXTAUG_KEY"):
        Pseudonymization(NAMES)
    for bad in ("t00sh0rt", "aaaaaaaaaaaaaaaaaaaaaaaa"):
        with pytest.raises(ValueError, match="too short") as error:
            Pseudonymization(NAMES, key=bad)
        assert bad not in str(error.value)


def in_another_process(hide, key):
    code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read())('Vera Holm'))"
    environment = {**os.environ, "TEXTAUG_KEY": key}
    return subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(hide), env=environment, capture_output=True
    )


def test_other_processes_need_the_key_and_agree(hide):
    assert in_another_process(hide, KEY).stdout.decode().strip() == hide("Vera Holm")
    assert b"is not the key" in in_another_process(hide, "another key for tests").stderr


def test_workers_and_splits_agree(corpus):
    data = DatasetDict({"train": corpus.select(range(40)), "dev": corpus.select(range(40, 60))})
    hide = Pseudonymization.from_dataset(data, key=KEY)
    one = data.map(hide, batched=True, load_from_cache_file=False)
    two = data.map(hide, num_proc=2, load_from_cache_file=False)
    assert one["train"][:] == two["train"][:] and one["dev"][:] == two["dev"][:]
    assert audit(data, one).leaks == 0 < audit(data, data).leaks


def test_common_words_and_names_of_something_else():
    rows = [
        {"tokens": ["May", "slept"], "ner_tags": ["B-PER", "O"]},
        {"tokens": ["In", "May", "Jordan", "won"], "ner_tags": ["O", "O", "B-LOC", "O"]},
        {"tokens": ["Jordan", "and", "Jordan"], "ner_tags": ["B-LOC", "O", "B-LOC"]},
        {"tokens": ["Jordan", "Xyzzy", "ran"], "ner_tags": ["B-PER", "I-PER", "O"]},
        {"tokens": ["then", "Xyzzy", "sat"], "ner_tags": ["O", "O", "O"]},
        {"tokens": ["the", "Xyzzy", "Cup"], "ner_tags": ["O", "B-LOC", "I-LOC"]},
        {"tokens": ["Xyzzy", "sat"], "ner_tags": ["B-PER", "O"]},
    ]
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    features = {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    data = Dataset.from_list(rows, features=Features(features))
    new = data.map(Pseudonymization.from_dataset(data, key=KEY), batched=True)["tokens"][:]
    assert new[0][0] != "May" and new[1] == rows[1]["tokens"] and new[2] == rows[2]["tokens"]
    assert new[3][0] != "Jordan" and new[4][1] == new[3][1] != "Xyzzy"
    assert new[5] == rows[5]["tokens"]
    found = {finding.what: finding for finding in audit(data, data).findings}
    assert found["names that the original does not label"].where == ("Xyzzy",)


def test_other_columns_and_addresses(hide):
    row = {
        "tokens": ["Holm", "slept"],
        "ner_tags": ["B-PER", "O"],
        "source": "Vera Holm, https://news.example/vera-holm/12",
        "meta": {"by": ["veraholm@mail.example"], "n": 3},
    }
    new = hide(row)
    vera, holm = hide("Vera Holm").split()
    address = f"{vera}-{holm}".lower()
    assert new["source"] == f"{vera} {holm}, https://news.example/{address}/12"
    assert new["meta"] == {"by": [address.replace("-", "") + "@mail.example"], "n": 3}


def test_spans_heads_and_text_beside_the_words_follow(hide):
    text = "Vera Holm slept."
    new = hide({"text": text, "entities": [{"start": 0, "end": 9, "label": "PER"}]})
    (span,) = new["entities"]
    assert new["text"][span["start"] : span["end"]] == hide("Vera Holm")
    row = {
        "tokens": ["Vera", "Holm", "slept", "."],
        "ner_tags": ["B-PER", "I-PER", "O", "O"],
        "text": text,
        "pos_tags": [1, 1, 2, 3],
    }
    made = hide(row)
    assert made["text"] == " ".join(made["tokens"][:3]) + "."
    assert made["ner_tags"] == row["ner_tags"] and made["pos_tags"] == row["pos_tags"]


def test_names_in_other_fields_of_spans_and_in_a_text_that_has_more(hide):
    span = {"start": 0, "end": 2, "label": "PRON", "text": "It", "refers_to": ["Vera Holm"]}
    new = hide({"text": "It rained.", "entities": [span]})
    assert new == {
        "text": "It rained.",
        "entities": [{**span, "refers_to": [hide("Vera Holm")]}],
    }
    row = {"tokens": ["It", "rained", "."], "text": "It rained. Then Vera Holm slept."}
    assert hide(row)["text"] == f"It rained. Then {hide('Vera Holm')} slept."


def test_numbers_keep_their_shape(hide):
    old = "Call +47 221 13 445 or 030-123456, IBAN DE89 3704 0044 0532 0130 00, write to @vera99."
    new = hide(old)
    shape = str.maketrans("123456789", "000000000")
    assert new != old and len(parts(new)) == len(parts(old)) and "DE89"[:2] in new
    assert new[: old.index(" or")].translate(shape) == old[: old.index(" or")].translate(shape)
    assert Pseudonymization(NAMES, key=KEY, numbers=False)("Call +47 221 13 445").endswith("445")


@pytest.mark.parametrize("date", ["1996-08-30", "30/08/1996", "30 August 1996", "Aug 30 , 1996"])
def test_dates_of_a_document_move_together(date):
    from datetime import datetime

    hide = Pseudonymization(NAMES, key=KEY, document_column="doc")
    rows = {
        "tokens": [["On", *date.split()], ["1996-09-02"], ["1996-09-02"]],
        "ner_tags": [["O"] * (1 + len(date.split())), ["O"], ["O"]],
        "doc": ["a", "a", "b"],
    }
    first, second, elsewhere = hide(rows)["tokens"]
    form = {"1996-08-30": "%Y-%m-%d", "30/08/1996": "%d/%m/%Y", "30 August 1996": "%d %B %Y"}
    moved = datetime.strptime(" ".join(first[1:]), form.get(date, "%b %d , %Y"))
    assert (datetime.fromisoformat(second[0]) - moved).days == 3
    assert second != elsewhere and moved.weekday() == 4


def test_no_row_stays_beside_its_new_version(hide, corpus):
    with pytest.raises(ValueError, match="keep_original=False"):
        expand(corpus, hide)
    assert len(expand(corpus, hide, keep_original=False)) == len(corpus)
    with pytest.raises(ValueError, match="by itself"):
        Compose([hide, NoiseInjection()])


def test_a_row_that_would_keep_its_names_is_an_error(hide):
    row = {"text": "Vera Holmes", "entities": [{"start": 0, "end": 9, "label": "PER"}]}
    new = hide(row)
    assert "Vera" not in new["text"]
    words = {
        "tokens": ["Vera", "Holm"],
        "text": "Vera  Holm!",
        "entities": [{"start": 0, "end": 4, "label": "PER", "text": "Vera"}],
    }
    with pytest.raises(ValueError, match="would keep their names"):
        Pseudonymization(NAMES, key=KEY, roles={"entities": "spans"})(words)


def test_data_without_names(corpus):
    with pytest.raises(ValueError, match="no mentions of the types DRUG; its types are"):
        Pseudonymization.from_dataset(corpus, key=KEY, types="DRUG")


def test_places_and_organisations_as_asked(corpus):
    hide = Pseudonymization.from_dataset(corpus, key=KEY, types=["PER", "LOC", "ORG"])
    new = corpus.map(hide, batched=True, load_from_cache_file=False)
    assert new["ner_tags"][:] == corpus["ner_tags"][:]
    assert audit(corpus, new, types=["PER", "LOC", "ORG"]).findings[0].number == 0


def test_the_mapping_is_for_the_owner_alone(hide, tmp_path):
    path = tmp_path / "mapping.tsv"
    hide.write_mapping(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"holm\t{hide('Holm')}" in path.read_text().splitlines()
    with pytest.raises(FileExistsError):
        hide.write_mapping(path)


def test_the_shell_takes_the_key_from_the_environment(corpus):
    assert with_key_of_environment(corpus) == Pseudonymization.from_dataset(corpus, key=KEY)
    with pytest.raises(ValueError, match="there is no 'key'"):
        build("pseudonyms:key=secret", corpus)


@given(text=st.text(max_size=60))
def test_any_text(text):
    new = Pseudonymization(NAMES, key=KEY)(text)
    assert len(new.split()) == len(text.split())
