"""``textaug check``."""

import json

import pytest
from support.shell import shell

from textaug.corpora import CORPUS

TRAIN = str(CORPUS / "train.conll")


def test_check_a_sound_file(file):
    done = shell("check", file, "--ignore", "several types", "--ignore", "duplicate")
    assert (done.exit_code, done.output) == (0, "60 rows, nothing found\n")


def damaged(path):
    rows = [
        {"tokens": ["to", "Oslo", ""], "ner_tags": ["O", "I-LOC", "O"]},
        {"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]},
        {"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]},
        {"tokens": ["Ann", "sat"], "ner_tags": ["B-PER"]},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_check_and_fix(tmp_path):
    path = damaged(tmp_path / "a.jsonl")
    done = shell("check", path, "--fix", tmp_path / "b.jsonl")
    assert done.exit_code == 1
    for line in (
        "row 0: token 1 ('Oslo'): I-LOC has no mention to continue; IOB2 writes B-LOC",
        "row 0: token 2 is ''",
        "row 2: the same as row 1",
        "row 3: column 'ner_tags' has 1 values for 2 tokens",
        "3 changes",
    ):
        assert line in done.output
    listed = [json.loads(x) for x in (tmp_path / "b.jsonl.changes.jsonl").read_text().splitlines()]
    assert sum("change" in line for line in listed) == 3
    assert {line["row"] for line in listed if "left" in line} == {3}
    fixed = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert fixed[0] == {"tokens": ["to", "Oslo"], "ner_tags": ["O", "B-LOC"]}
    assert len(fixed) == 3 and fixed[2]["ner_tags"] == ["B-PER"]
    assert shell("check", tmp_path / "b.jsonl", "--ignore", "contradiction",
                    "--ignore", "length").exit_code == 0  # fmt: skip


@pytest.mark.parametrize("suffix", ["conll", "parquet"])
def test_check_fixes_into_other_formats(tmp_path, suffix):
    (tmp_path / "a.conll").write_text("to O\nOslo I-LOC\n\nAnn B-PER\n\n")
    fixed = tmp_path / f"b.{suffix}"
    assert shell("check", tmp_path / "a.conll", "--fix", fixed).exit_code == 1
    assert shell("check", fixed).exit_code == 0


def test_check_against_a_test_split(tmp_path, file):
    quiet = ["--ignore", "several types", "--ignore", "duplicate", "--limit", 2]
    done = shell("check", file, "--against", TRAIN, *quiet)
    assert done.exit_code == 1 and "overlap (60)" in done.output
    assert "… and 58 more" in done.output
    done = shell("check", "builtin", "--against", "test", *quiet)
    assert "overlap" not in done.output


def test_check_names_every_unreadable_row(tmp_path):
    rows = [{"text": "Anna sat", "label": [[0, end, "PER"]]} for end in (4, 3, 2)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = shell("check", path)
    assert done.exit_code == 1
    assert "row 1: entity 0:3" in done.output and "row 2: entity 0:2" in done.output
    assert "2 rows cannot be read" in done.output


def test_check_says_what_it_cannot_do(tmp_path):
    path = damaged(tmp_path / "a.jsonl")
    done = shell("check", path, "--fix", tmp_path / "b.xlsx")
    assert done.exit_code == 2 and "must end in .parquet" in done.output
    done = shell("check", "builtin", "--fix", tmp_path / "b.conll")
    assert done.exit_code == 2 and "--fix corrects one split: give --split" in done.output


def test_what_a_terminal_would_obey_is_shown(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [
        {"tokens": ["\x1b[31mred", "[bold]x", ":smile:"], "ner_tags": ["I-\x07A", "O", "O"]}
    ] * 2
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for done in (
        shell("check", path),
        shell("preview", path, "--with", "noise:p=1,target=all"),
    ):
        assert "\x1b[31m" not in done.output and "\x07" not in done.output
