"""What is left of the people in a data set."""

import json

import pytest
from datasets import Dataset, DatasetDict
from support.shell import shell

from textaug import audit
from textaug.evaluation.report import measure


def rows(*sentences, **columns):
    pairs = [[word.rsplit("/", 1) for word in sentence.split()] for sentence in sentences]
    tokens, tags = ([[each[i] for each in pair] for pair in pairs] for i in (0, 1))
    return Dataset.from_dict({"tokens": tokens, "ner_tags": tags, **columns})


def numbers(before, after, **options):
    return {each.what: each.number for each in audit(before, after, **options).findings}


BEFORE = rows("Vera/B-PER Holm/I-PER slept/O", "Holm/B-PER sat/O", "Ms/O Holm/O ate/O")


def test_each_place_that_a_name_may_be_left_in():
    after = rows("Ana/B-PER Brandt/I-PER slept/O", "Brandt/B-PER sat/O", "Ms/O Brandt/O ate/O")
    assert audit(BEFORE, after).leaks == 0
    left = rows("Ana/B-PER Holm/I-PER slept/O", "Brandt/B-PER sat/O", "Ms/O Holm/O ate/O",
                source=["", "by Vera Holm", "x@holm.example"])  # fmt: skip
    found = numbers(BEFORE, left, card="# Letters of Vera Holm")
    assert found["names left in mentions"] == 1
    assert found["rows with names left elsewhere in the text"] == 1
    assert found["rows with names left in other columns"] == 2
    assert found["names left in the card"] == 1
    assert found["names with two pseudonyms"] == 1  # Holm: Holm, Brandt


def test_two_names_may_not_become_one():
    before = rows("Vera/B-PER sat/O", "Ola/B-PER sat/O")
    after = rows("Ana/B-PER sat/O", "Ana/B-PER sat/O")
    assert numbers(before, after)["pseudonyms of two names"] == 1


def test_numbers_sequences_and_quasi_identifiers():
    words = "Vera/B-PER wrote/O to/O us/O on/O 1996-08-30/O and/O then/O she/O slept/O"
    data = rows(words, words, "It/O rained/O", age=[40, 40, 41])
    found = audit(data, data, quasi_identifiers=["age"])
    counted = {each.what: each.number for each in found.findings}
    assert counted["numbers and addresses left"] == 2
    assert counted["rows with 8 words in a row as they were"] == 2
    assert counted["rows alone in age (k = 1)"] == 1
    with pytest.raises(ValueError, match="no column 'town'"):
        audit(data, data, quasi_identifiers=["town"])


def test_without_names_there_is_nothing_to_look_for():
    with pytest.raises(ValueError, match="no mentions of people; its types are none"):
        audit(rows("It/O rained/O"), rows("It/O rained/O"))


def test_splits_are_compared_with_their_own():
    one, two = rows("Vera/B-PER sat/O"), rows("Ola/B-PER sat/O")
    data = DatasetDict({"train": one, "test": two})
    swapped = DatasetDict({"train": two, "test": one})
    assert audit(data, swapped).leaks == 2


def test_in_the_shell_and_in_the_report(tmp_path):
    after = rows("Ana/B-PER Brandt/I-PER slept/O", "Brandt/B-PER sat/O", "Ms/O Brandt/O ate/O")
    for name, data in (("a", BEFORE), ("b", after)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in data))
    assert shell("audit", tmp_path / "a.jsonl", tmp_path / "b.jsonl").exit_code == 0
    done = shell("audit", tmp_path / "a.jsonl", tmp_path / "a.jsonl")
    assert done.exit_code == 1 and "LEAK" in done.output
    page = tmp_path / "r.html"
    files = (tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert shell("report", *files, "--audit", "-o", page).exit_code == 0
    assert "names left in mentions" in page.read_text()
    assert "Names left" in measure(BEFORE, after, sections=[audit(BEFORE, after).section()]).html()


def test_a_run_in_the_shell(tmp_path):
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in BEFORE))
    words = ("augment", tmp_path / "a.jsonl", "-o", tmp_path / "out", "--with", "pseudonyms")
    assert shell(*words).exit_code == 2  # the rows with their names would stay
    assert shell(*words, "--no-keep-original").exit_code == 0
    assert shell("audit", tmp_path / "a.jsonl", tmp_path / "out").exit_code == 0
    written = (tmp_path / "out" / "README.md").read_text()
    assert "a key for tests alone" not in written and "Holm" not in written
