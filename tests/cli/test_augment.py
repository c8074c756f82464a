"""``textaug augment``, and what the shell says of mistakes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from datasets import load_dataset
from support.augmenters import tiny_bert, tiny_tagger
from support.forked import start_shell
from support.shell import shell

import textaug
from textaug.corpora import CORPUS, builtin_corpus, load_conll
from textaug.specs import AUGMENTERS, FILTERS

TRAIN = str(CORPUS / "train.conll")


def test_augment_a_conll_file(tmp_path):
    done = shell(
        "augment", TRAIN, "-o", tmp_path / "out", "--with", "noise:p=0.2", "--copies", 2,
        "--seed", 4,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    noise = textaug.NoiseInjection(p=0.2, seed=4)
    expected = textaug.expand(load_conll(TRAIN), noise, copies=2)
    back = load_dataset(str(tmp_path / "out"))["train"]
    assert back.features == expected.features and back[:] == expected[:]
    assert f"300 rows became {len(back)}" in done.output and "changed: " in done.output
    again = shell("augment", TRAIN, "-o", tmp_path / "out", "--with", "noise:p=0.2",
                     "--copies", 3, "--seed", 4)  # fmt: skip
    assert again.exit_code == 2 and "copies was 2 and is now 3" in again.output


def test_from_conll_to_conll_with_more_copies_of_rare_types(tmp_path):
    done = shell("augment", TRAIN, "-o", tmp_path / "out", "--with", "mentions:p=1",
                    "--copies", 3, "--balanced", "--seed", 4)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "--seed 4 --copies 3 --balanced" in (tmp_path / "out" / "README.md").read_text()
    train = load_conll(TRAIN)
    swap = textaug.MentionReplacement.from_dataset(train, p=1.0, seed=4)
    expected = textaug.expand(train, swap, textaug.balanced(train, 3))
    assert 300 < len(expected) < 1200
    done = shell("convert", tmp_path / "out", "-o", tmp_path / "bigger.conll")
    assert done.exit_code == 0 and f"bigger.conll: {len(expected):,} rows" in done.output
    assert load_conll(tmp_path / "bigger.conll")[:] == expected[:]


def test_the_help_names_every_augmenter():
    shown = " ".join(shell("augment", "--help").output.split())
    assert all(f" {name} {entry.help}" in shown for name, entry in (AUGMENTERS | FILTERS).items())


def test_copies_pass_filters(tmp_path):
    words = ("augment", TRAIN, "-o", tmp_path / "out", "--with", "mentions:p=1", "--seed", 4,
             "--where", "novelty:maximum=0.7", "--where", "unlabelled-names")  # fmt: skip
    assert shell(*words, "--tries", 2).exit_code == 0
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
    again = shell(*words, "--tries", 3)
    assert again.exit_code == 2 and "tries was 2 and is now 3" in again.output


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "nothing",
            "choose from novelty, unlabelled-names, similarity, perplexity, label, classifier, "
            "teacher",
        ),
        ("novelty:most=1", "there is no 'most'; choose from maximum, reference, n"),
        ("novelty:maximum=2", "maximum=2: must lie between 0 and 1"),
        ("unlabelled-names:names=a", "there is no 'names'; it takes none"),
        ("teacher", "missing 1 required positional argument: 'model'"),
    ],
)
def test_filters_that_do_not_exist(spec, message):
    done = shell("preview", "builtin", "--with", "noise", "--where", spec)
    assert done.exit_code == 2 and message in " ".join(done.output.split())


def test_several_methods(tmp_path, file):
    methods = ["--with", "mentions:p=1", "--with", "noise"]
    for name, more in (("one", []), ("all", ["--compose"])):
        done = shell("augment", file, "-o", tmp_path / name, *methods, *more,
                        "--provenance", "by")  # fmt: skip
        assert done.exit_code == 0, done.output
    one, both = (set(load_dataset(str(tmp_path / n))["train"]["by"]) for n in ("one", "all"))
    assert one == {"original", "MentionReplacement", "NoiseInjection"}
    assert "MentionReplacement+NoiseInjection" in both


def test_names_are_learnt_from_the_augmented_split_alone(tmp_path):
    done = shell("augment", "builtin", "-o", tmp_path / "out", "--with", "mentions:p=1",
                    "--split", "validation")  # fmt: skip
    assert done.exit_code == 0, done.output
    back = load_dataset(str(tmp_path / "out"))
    assert back["train"][:] == builtin_corpus()["train"][:]
    known = {word.lower() for row in back["validation"]["tokens"] for word in row}
    original = {w.lower() for row in builtin_corpus()["validation"]["tokens"] for w in row}
    assert known - original <= {"a", "an"}


def test_the_card_holds_the_command_and_no_folder_of_this_machine(tmp_path, file):
    shell("augment", file, "-o", tmp_path / "out", "--with", "noise", "--num-proc", 2)
    card = (tmp_path / "out" / "README.md").read_text()
    assert "textaug augment news.jsonl -o DIR --with noise\n" in card
    assert str(tmp_path) not in card + (tmp_path / "out" / "manifest.json").read_text()


def test_the_card_holds_the_options_that_were_given(tmp_path, file):
    shell("augment", file, "-o", tmp_path / "out", "--with", "noise", "--with", "case",
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
    assert shell(*words).exit_code == 0
    for name in ("README.md", "manifest.json"):
        text = (tmp_path / "out" / name).read_text()
        assert str(Path(model).parent) not in text and str(Path(tagger).parent) not in text
        assert f"masked-lm:model=…/{Path(model).name}" in text
        assert f"teacher:model=…/{Path(tagger).name}" in text
        assert f"TeacherAgreement(model='…/{Path(tagger).name}')" in text
    other = shutil.copytree(model, tmp_path / "other" / Path(model).name)
    again = shell(*words[:5], f"masked-lm:model={other}", *words[6:])
    assert (
        again.exit_code == 2 and "words, sentences or model of the augmenter differ" in again.output
    )


def test_splits_of_a_folder_with_other_labels(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    for split, types in {"train": ("PER", "LOC"), "test": ("ORG", "PER")}.items():
        row = {
            "tokens": ["Ann", "saw", "Rome"],
            "ner_tags": [f"B-{types[0]}", "O", f"B-{types[1]}"],
        }
        (folder / f"{split}.jsonl").write_text(json.dumps(row) + "\n")
    done = shell("augment", folder, "-o", tmp_path / "out", "--with", "noise")
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
    done = start_shell(*command[3:], "--with", "nois")
    errors = done.communicate()[1]
    assert done.returncode == 2 and "Traceback" not in errors
    assert "Error: 'nois': did you mean 'noise'? choose from default, synonyms, noise" in errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.jsonl", "--with", "noise"], "there is no file absent.jsonl"),
        (["someone/corpus", "--with", "noise"], "is not a file or folder, and cannot be read"),
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
    done = shell("augment", *words, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert message in re.sub(r"[\s│]+", " ", done.output)
    assert not (tmp_path / "out").exists()


def test_original_conll_files(conll_files, tmp_path):
    done = shell("augment", conll_files / "eng.testa", "--from", "conll", "-o", tmp_path / "out",
                    "--with", "noise", "--num-proc", 2)  # fmt: skip
    assert done.exit_code == 0, done.output
    back = load_dataset(str(tmp_path / "out"))["train"]
    assert back.features["ner_tags"].feature.names[:3] == ["O", "B-LOC", "I-LOC"]
    done = shell("check", conll_files / "eng.testa", "--from", "conll", "--limit", 1)
    found = set(re.findall(r"^([a-z ]+) \(", done.output, re.MULTILINE))
    assert found == {"several types", "duplicate", "contradiction"}
