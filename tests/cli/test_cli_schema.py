"""What the columns are taken for, in the shell."""

import json

from datasets import load_dataset
from support.shell import shell


def test_roles_are_shown_asked_for_and_given(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"], "subjects": ["a", "b"]}] * 2
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    asked = shell("preview", path, "--with", "noise")
    assert asked.exit_code == 2 and "--role COLUMN=ROLE" in asked.stderr
    shown = shell("preview", path, "--with", "noise:p=1", "--role", "subjects=label")
    assert shown.exit_code == 0
    first = shown.stdout.splitlines()
    assert first[0].split() == ["column", "taken", "for", "what", "happens", "to", "it"]
    assert first[3].startswith("subjects  label")
    wrong = shell("preview", path, "--with", "noise", "--role", "subjects")
    assert wrong.exit_code == 2 and "give COLUMN=ROLE" in wrong.stderr


def test_nested_spans_are_augmented_from_a_file(tmp_path):
    inner = {"start": 8, "end": 12, "label": "LOC"}
    outer = {"start": 8, "end": 21, "label": "TRIP"}
    row = {"text": "Ann saw Oslo and Rome", "entities": [inner, outer]}
    path, out = tmp_path / "rows.jsonl", tmp_path / "out"
    path.write_text(json.dumps(row) + "\n")
    words = ("--with", "noise:operations=['insert'],p=1", "--protect", "saw", "--no-keep-original")
    done = shell("augment", path, "-o", out, *words)
    assert done.exit_code == 0, done.stderr
    (new,) = load_dataset(str(out), split="train")
    covered = [new["text"][e["start"] : e["end"]] for e in new["entities"]]
    assert covered == ["Oslo", "Oslo and Rome"]
    assert new["text"] != row["text"] and " saw " in new["text"]


def test_columns_of_a_conll_file_are_named(tmp_path):
    path = tmp_path / "rows.conll"
    path.write_text("Ann x B-PER\nsat y O\n")
    asked = shell("preview", path, "--with", "noise")
    assert asked.exit_code == 2 and "--columns" in asked.stderr
    shown = shell("preview", path, "--with", "noise:p=1", "--columns", "tokens,_,ner_tags")
    assert shown.exit_code == 0 and "[Ann PER]" in shown.stdout


def test_errors_name_the_options_of_the_shell(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text("review,mood\nI liked it.,good\nIt was dull.,bad\n")
    done = shell("preview", path, "--with", "noise")
    assert done.exit_code == 2
    assert "pass --tokens-column for words, or --text-column for strings" in done.output
    assert shell("preview", path, "--with", "noise", "--text-column", "review").exit_code == 0
