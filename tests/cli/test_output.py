"""Files and folders, plans, progress, Ctrl-C: what ``textaug augment`` says and leaves."""

import json
import signal
import time

import pytest
from datasets import Dataset, load_dataset
from support.forked import start_shell
from support.shell import shell

import textaug
from textaug.corpora import load_conll
from textaug.io.read import read


def test_the_version():
    assert shell("--version").output == f"textaug {textaug.__version__}\n"


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "conll", "parquet"])
def test_a_file_name_gives_a_file(suffix, tmp_path, file, corpus):
    path = tmp_path / f"bigger.{suffix}"
    done = shell("augment", file, "-o", path, "--with", "noise", "--copies", 2, "--seed", 4)
    if suffix == "csv":
        assert done.exit_code == 2 and "CSV cannot hold column 'tokens'" in done.output
        assert not path.exists()
        return
    assert done.exit_code == 0, done.output
    expected = textaug.expand(corpus, textaug.NoiseInjection(seed=4), copies=2)
    back = read(str(path))["train"]
    assert back["tokens"][:] == expected["tokens"][:]
    assert f"60 rows became {len(expected)}: {path}" in done.output
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, "news.jsonl"])


def test_text_as_a_csv_file(tmp_path):
    path = tmp_path / "bigger.csv"
    (tmp_path / "a.csv").write_text("text,label\nShares fell sharply on Friday.,bad\n")
    done = shell("augment", tmp_path / "a.csv", "-o", path, "--with", "noise")
    assert done.exit_code == 0, done.output
    assert read(str(path))["train"]["label"][:] == ["bad", "bad"]


def test_the_source_is_never_overwritten(file):
    before = file.read_bytes()
    done = shell("augment", file, "-o", file, "--with", "noise")
    assert done.exit_code == 2 and "is the source itself; give another file" in done.output
    assert file.read_bytes() == before


def test_a_folder_has_the_split_alone_in_its_counts(tmp_path):
    done = shell("augment", "builtin", "-o", tmp_path / "out", "--with", "noise",
                 "--split", "test")  # fmt: skip
    assert done.exit_code == 0, done.output
    made = load_dataset(str(tmp_path / "out"))
    assert f"200 rows became {len(made['test'])}: " in done.output
    assert "other splits: train (300 rows), validation (100 rows)" in done.output


def test_a_plan_writes_nothing(tmp_path, file):
    words = ("augment", file, "--with", "noise", "--copies", 3, "--dry-run")
    done = shell(*words, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "tokens    tokens" in done.output
    assert "rows of split train: 60; with at most 180 copies there would be at most 240" in (
        done.output
    )
    assert "columns left out by parquet: none" in done.output
    assert [p.name for p in tmp_path.iterdir()] == ["news.jsonl"]
    rows = [{"tokens": ["Ann"], "ner_tags": ["O"], "source": "a"}]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = shell("augment", tmp_path / "b.jsonl", *words[2:], "-o", tmp_path / "out.conll")
    assert "columns left out by conll: source" in done.output
    done = shell("augment", "builtin", *words[2:], "-o", tmp_path / "out.conll")
    assert "other splits left out of a file: validation (100), test (200)" in done.output


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (("--with", "synonym"), "did you mean 'synonyms'?"),
        (("--with", "noise:seeed=3"), "did you mean 'seed'?"),
        (("--with", "noise", "--where", "novelti"), "did you mean 'novelty'?"),
        (("--with", "noise", "--split", "tets"), "did you mean 'test'?"),
    ],
)
def test_a_wrong_name_suggests_the_near_one(words, question):
    done = shell("preview", "builtin", *words)
    assert done.exit_code == 2 and question in " ".join(done.output.split())


def test_the_shell_completes_names():
    for shown, name in (("--with sy", "synonyms"), ("--where no", "novelty")):
        typed = f"textaug preview builtin {shown}"
        asked = {"_TEXTAUG_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": "4"}
        completed, errors = start_shell(**asked).communicate()
        assert name in completed.split(), errors


@pytest.mark.parametrize("num_proc", [1, 2])
def test_progress_counts_rows(num_proc, tmp_path, corpus):
    from datasets import DatasetDict

    from textaug.runs.run import augment

    told = []
    data = DatasetDict({"train": corpus, "test": corpus.select(range(9))})
    augment(data, textaug.NoiseInjection(), tmp_path / "out", shard_size=30, batch_size=20,
            num_proc=num_proc, progress=lambda done, total: told.append((done, total)))  # fmt: skip
    assert told[0] == (0, 69) and told[-1] == (69, 69)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    if num_proc == 1:
        assert [done for done, _ in told] == [0, 20, 30, 50, 60, 69]


@pytest.mark.parametrize("to_file", [True, False])
def test_ctrl_c_says_what_is_kept(to_file, tmp_path):
    rows = {"text": [f"Shares of company {n} fell sharply on Friday." for n in range(20_000)]}
    Dataset.from_dict(rows).to_json(tmp_path / "a.jsonl")
    output = tmp_path / ("out.jsonl" if to_file else "out")
    folder = tmp_path / ".out.jsonl.run" if to_file else output
    words = ["augment", tmp_path / "a.jsonl", "-o", output, "--with", "noise", "--copies", "2",
             "--shard-size", "50"]  # fmt: skip
    run = start_shell(*words)
    shards = folder / ".unfinished"
    while run.poll() is None and not (shards.exists() and len(list(shards.iterdir())) > 1):
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate()
    assert run.returncode == 130, errors
    assert "Stopped. The copies of " in errors and "rows are kept in" in errors
    assert "the same command goes on from there." in errors and "Traceback" not in errors
    done = shell(*words)
    assert done.exit_code == 0 and "20,000 rows became " in done.output, done.output
    assert output.exists() and folder.exists() is not to_file


def test_the_built_in_corpus_passes_the_check():
    done = shell("check", "builtin")
    assert done.exit_code == 0, done.output
    assert "600 rows, no faults; 13 mentions to look at, which may be right" in done.output


def test_a_run_from_conll_is_still_read_by_load_conll(tmp_path):
    from textaug.corpora import CORPUS

    source = CORPUS / "test.conll"
    done = shell("augment", source, "-o", tmp_path / "a.conll", "--with", "noise")
    assert done.exit_code == 0, done.output
    assert load_conll(tmp_path / "a.conll").features == load_conll(source).features
