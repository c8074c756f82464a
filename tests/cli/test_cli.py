"""The command line, as one types it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import load_dataset
from support.augmenters import tiny_bert, tiny_tagger
from typer.testing import CliRunner

import textaug
from textaug.cli.app import app
from textaug.corpora import CORPUS, builtin_corpus, load_conll
from textaug.specs import AUGMENTERS, FILTERS

TRAIN = str(CORPUS / "train.conll")


def textaug_(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def file(tmp_path, corpus):
    """Sixty sentences as JSON Lines."""
    path = tmp_path / "news.jsonl"
    names = corpus.features["ner_tags"].feature.names
    path.write_text(
        "".join(
            json.dumps({"tokens": r["tokens"], "ner_tags": [names[t] for t in r["ner_tags"]]})
            + "\n"
            for r in corpus
        )
    )
    return path


def test_augment_a_conll_file(tmp_path):
    done = textaug_(
        "augment", TRAIN, "-o", tmp_path / "out", "--with", "noise:p=0.2", "--copies", 2,
        "--seed", 4,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    noise = textaug.NoiseInjection(p=0.2, seed=4)
    expected = textaug.expand(load_conll(TRAIN), noise, copies=2)
    back = load_dataset(str(tmp_path / "out"))["train"]
    assert back.features == expected.features and back[:] == expected[:]
    assert f"300 rows became {len(back)}" in done.output and "changed: " in done.output
    again = textaug_("augment", TRAIN, "-o", tmp_path / "out", "--with", "noise:p=0.2",
                     "--copies", 3, "--seed", 4)  # fmt: skip
    assert again.exit_code == 2 and "copies was 2 and is now 3" in again.output


def test_from_conll_to_conll_with_more_copies_of_rare_types(tmp_path):
    done = textaug_("augment", TRAIN, "-o", tmp_path / "out", "--with", "mentions:p=1",
                    "--copies", 3, "--balanced", "--seed", 4)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "--seed 4 --copies 3 --balanced" in (tmp_path / "out" / "README.md").read_text()
    train = load_conll(TRAIN)
    swap = textaug.MentionReplacement.from_dataset(train, p=1.0, seed=4)
    expected = textaug.expand(train, swap, textaug.balanced(train, 3))
    assert 300 < len(expected) < 1200
    done = textaug_("convert", tmp_path / "out", "-o", tmp_path / "bigger.conll")
    assert done.exit_code == 0 and f"bigger.conll: {len(expected):,} rows" in done.output
    assert load_conll(tmp_path / "bigger.conll")[:] == expected[:]


def test_what_cannot_be_converted(tmp_path, file):
    done = textaug_("convert", file, "-o", tmp_path / "a.xml")
    assert done.exit_code == 2 and "must end in .parquet, .jsonl, .csv, .conll" in done.output
    file.write_text('{"text": "Rome", "entities": []}\n')
    done = textaug_("convert", file, "-o", tmp_path / "a.csv")
    assert done.exit_code == 2 and "CSV cannot hold column 'tokens'" in done.output
    assert not (tmp_path / "a.csv").exists()


def test_the_help_names_every_augmenter():
    shown = " ".join(textaug_("augment", "--help").output.split())
    assert all(re.search(rf"\b{name}\b", shown) for name in ("default", *AUGMENTERS, *FILTERS))


def test_copies_pass_filters(tmp_path):
    words = ("augment", TRAIN, "-o", tmp_path / "out", "--with", "mentions:p=1", "--seed", 4,
             "--where", "novelty:maximum=0.7", "--where", "unlabelled-names")  # fmt: skip
    assert textaug_(*words, "--tries", 2).exit_code == 0
    train = load_conll(TRAIN)
    swap = textaug.MentionReplacement.from_dataset(train, p=1.0, seed=4)
    clean = textaug.NoUnlabelledNames.from_dataset(train)
    strict = swap.where(textaug.Novelty(0.7), clean, tries=2)
    made = load_dataset(str(tmp_path / "out"))["train"]
    assert made[:] == textaug.expand(train, strict)[:] != textaug.expand(train, swap)[:]
    card = (tmp_path / "out" / "README.md").read_text()
    assert "--where novelty:maximum=0.7 --where unlabelled-names --tries 2" in card
    assert "Novelty(maximum=0.7), NoUnlabelledNames(names=[…])" in card, "and no names of the data"
    assert "filtered out by Novelty" in card
    again = textaug_(*words, "--tries", 3)
    assert again.exit_code == 2 and "tries was 2 and is now 3" in again.output


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nothing", "choose from novelty, unlabelled-names, similarity, perplexity, teacher"),
        ("novelty:most=1", "there is no 'most'; choose from maximum, reference, n"),
        ("novelty:maximum=2", "maximum=2: must lie between 0 and 1"),
        ("unlabelled-names:names=a", "there is no 'names'; it takes none"),
        ("teacher", "missing 1 required positional argument: 'model'"),
    ],
)
def test_filters_that_do_not_exist(spec, message):
    done = textaug_("preview", "builtin", "--with", "noise", "--where", spec)
    assert done.exit_code == 2 and message in " ".join(done.output.split())


def test_several_methods(tmp_path, file):
    methods = ["--with", "mentions:p=1", "--with", "noise"]
    for name, more in (("one", []), ("all", ["--compose"])):
        done = textaug_("augment", file, "-o", tmp_path / name, *methods, *more,
                        "--provenance", "by")  # fmt: skip
        assert done.exit_code == 0, done.output
    one, both = (set(load_dataset(str(tmp_path / n))["train"]["by"]) for n in ("one", "all"))
    assert one == {"original", "MentionReplacement", "NoiseInjection"}
    assert "MentionReplacement+NoiseInjection" in both


def test_names_are_learnt_from_the_augmented_split_alone(tmp_path):
    done = textaug_("augment", "builtin", "-o", tmp_path / "out", "--with", "mentions:p=1",
                    "--split", "validation")  # fmt: skip
    assert done.exit_code == 0, done.output
    back = load_dataset(str(tmp_path / "out"))
    assert back["train"][:] == builtin_corpus()["train"][:]
    known = {word.lower() for row in back["validation"]["tokens"] for word in row}
    original = {w.lower() for row in builtin_corpus()["validation"]["tokens"] for w in row}
    assert known - original <= {"a", "an"}


def test_the_card_holds_the_command_and_no_folder_of_this_machine(tmp_path, file):
    textaug_("augment", file, "-o", tmp_path / "out", "--with", "noise", "--num-proc", 2)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "textaug augment news.jsonl -o DIR --with noise\n" in card
    assert str(tmp_path) not in card + (tmp_path / "out" / "manifest.json").read_text()


def test_the_card_holds_the_options_that_were_given(tmp_path, file):
    textaug_("augment", file, "-o", tmp_path / "out", "--with", "noise", "--with", "case",
             "--compose", "--no-keep-original", "--tags-column", "ner_tags", "--batch-size", 7,
             "--where", "novelty:maximum=0.9", "--copies", 1)  # fmt: skip
    assert (
        "textaug augment news.jsonl -o DIR --with noise --with case --compose --where "
        "novelty:maximum=0.9 --tags-column ner_tags --copies 1 --no-keep-original\n"
    ) in (tmp_path / "out" / "README.md").read_text()


def test_the_card_names_no_folder_of_a_model(tmp_path, file):
    model, tagger = tiny_bert(), tiny_tagger()
    words = ("augment", file, "-o", tmp_path / "out", "--with", f"masked-lm:model={model}",
             "--where", f"teacher:model={tagger}")  # fmt: skip
    assert textaug_(*words).exit_code == 0
    for name in ("README.md", "manifest.json"):
        text = (tmp_path / "out" / name).read_text()
        assert str(Path(model).parent) not in text and str(Path(tagger).parent) not in text
        assert f"masked-lm:model=…/{Path(model).name}" in text
        assert f"teacher:model=…/{Path(tagger).name}" in text
        assert f"TeacherAgreement(model='…/{Path(tagger).name}')" in text
    other = shutil.copytree(model, tmp_path / "other" / Path(model).name)
    again = textaug_(*words[:5], f"masked-lm:model={other}", *words[6:])
    assert again.exit_code == 2 and "(words, sentences, a model) differs" in again.output


def test_splits_of_a_folder_with_other_labels(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    for split, types in {"train": ("PER", "LOC"), "test": ("ORG", "PER")}.items():
        row = {
            "tokens": ["Ann", "saw", "Rome"],
            "ner_tags": [f"B-{types[0]}", "O", f"B-{types[1]}"],
        }
        (folder / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    done = textaug_("augment", folder, "-o", tmp_path / "out", "--with", "noise")
    assert done.exit_code == 0, done.output
    test = load_dataset(str(tmp_path / "out"))["test"]
    names = test.features["ner_tags"].feature.names
    assert [names[tag] for tag in test[0]["ner_tags"]] == ["B-ORG", "O", "B-PER"]


def test_it_runs_as_a_program(tmp_path, file):
    command = [sys.executable, "-m", "textaug.cli", "augment", str(file), "-o", str(tmp_path / "o")]
    done = subprocess.run(
        [*command, "--with", "noise", "--format", "jsonl"], capture_output=True, text=True
    )
    assert done.returncode == 0 and "60 rows became" in done.stdout, done.stderr
    done = subprocess.run([*command, "--with", "nois"], capture_output=True, text=True)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "Error: 'nois': choose from default, synonyms, noise" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.jsonl", "--with", "noise"], "there is no file absent.jsonl"),
        (["someone/corpus", "--with", "noise"], "is no file or folder here, and cannot be read"),
        (["builtin", "--with", "noise", "--split", "dev"], "no split 'dev'"),
        (["builtin", "--with", "noise:q=1"], "there is no 'q'; choose from p, char_p"),
        (["builtin", "--with", "noise:p=2"], "p=2: must lie between 0 and 1"),
        (["builtin", "--with", "noise:p=x"], "noise:p=x"),
        (["builtin", "--with", "noise:p"], "'p' is not key=value"),
        (["builtin", "--with", "mentions:pools={}"], "there is no 'pools'"),
        (["builtin", "--with", "noise", "--copies", "0"], "copies=0: must be at least 1"),
        (["builtin", "--with", "noise", "--target", "x"], "target='x'"),
        (["builtin"], "Missing option '--with'"),
    ],
)
def test_mistakes_give_a_plain_message_and_status_2(tmp_path, words, message):
    done = textaug_("augment", *words, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert message in re.sub(r"[\s│]+", " ", done.output)
    assert not (tmp_path / "out").exists()


def test_preview(file, tmp_path):
    done = textaug_(
        "preview", file, "--with", "mentions:p=1", "-n", 2, "--html", tmp_path / "p.html"
    )
    assert done.exit_code == 0, done.output
    assert "[«" in done.output and "MentionReplacement" in done.output
    assert done.output.count("\n- ") + done.output.startswith("- ") == 2
    assert "<mark>" in (tmp_path / "p.html").read_text()


def test_check_a_sound_file(file):
    done = textaug_("check", file, "--ignore", "several types", "--ignore", "duplicate")
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


def test_check_and_mend(tmp_path):
    path = damaged(tmp_path / "a.jsonl")
    done = textaug_("check", path, "--fix", tmp_path / "b.jsonl")
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
    mended = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert mended[0] == {"tokens": ["to", "Oslo"], "ner_tags": ["O", "B-LOC"]}
    assert len(mended) == 3 and mended[2]["ner_tags"] == ["B-PER"]
    assert textaug_("check", tmp_path / "b.jsonl", "--ignore", "contradiction",
                    "--ignore", "length").exit_code == 0  # fmt: skip


@pytest.mark.parametrize("suffix", ["conll", "parquet"])
def test_check_mends_into_other_formats(tmp_path, suffix):
    (tmp_path / "a.conll").write_text("to O\nOslo I-LOC\n\nAnn B-PER\n\n")
    fixed = tmp_path / f"b.{suffix}"
    assert textaug_("check", tmp_path / "a.conll", "--fix", fixed).exit_code == 1
    assert textaug_("check", fixed).exit_code == 0


def test_check_against_a_test_split(tmp_path, file):
    quiet = ["--ignore", "several types", "--ignore", "duplicate", "--limit", 2]
    done = textaug_("check", file, "--against", TRAIN, *quiet)
    assert done.exit_code == 1 and "overlap (60)" in done.output
    assert "… and 58 more" in done.output
    done = textaug_("check", "builtin", "--against", "test", *quiet)
    assert "overlap" not in done.output


def test_check_names_every_unreadable_row(tmp_path):
    rows = [{"text": "Anna sat", "label": [[0, end, "PER"]]} for end in (4, 3, 2)]
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = textaug_("check", path)
    assert done.exit_code == 1
    assert "row 1: entity 0:3" in done.output and "row 2: entity 0:2" in done.output
    assert "2 rows cannot be read" in done.output


def test_check_says_what_it_cannot_do(tmp_path):
    path = damaged(tmp_path / "a.jsonl")
    done = textaug_("check", path, "--fix", tmp_path / "b.xlsx")
    assert done.exit_code == 2 and "must end in .parquet" in done.output
    done = textaug_("check", "builtin", "--fix", tmp_path / "b.conll")
    assert done.exit_code == 2 and "--fix corrects one split: give --split" in done.output


def test_what_a_terminal_would_obey_is_shown(tmp_path):
    path = tmp_path / "a.jsonl"
    rows = [
        {"tokens": ["\x1b[31mred", "[bold]x", ":smile:"], "ner_tags": ["I-\x07A", "O", "O"]}
    ] * 2
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    for done in (
        textaug_("check", path),
        textaug_("preview", path, "--with", "noise:p=1,target=all"),
    ):
        assert "\x1b[31m" not in done.output and "\x07" not in done.output


def test_original_conll_files(conll_files, tmp_path):
    done = textaug_("augment", conll_files / "eng.testa", "--from", "conll", "-o", tmp_path / "out",
                    "--with", "synonyms", "--num-proc", 2)  # fmt: skip
    assert done.exit_code == 0, done.output
    back = load_dataset(str(tmp_path / "out"))["train"]
    assert back.features["ner_tags"].feature.names[:3] == ["O", "B-LOC", "I-LOC"]
    done = textaug_("check", conll_files / "eng.testa", "--from", "conll", "--limit", 1)
    found = set(re.findall(r"^([a-z ]+) \(", done.output, re.MULTILINE))
    assert found == {"several types", "duplicate", "contradiction"}
