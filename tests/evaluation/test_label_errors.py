"""Mentions whose labels are wrong."""

import json

import numpy as np
import pytest
from datasets import ClassLabel, Dataset, DatasetDict, List, Value
from support.augmenters import tiny_encoder
from support.shell import shell

from textaug import Span, default_policy, label_errors
from textaug.core.reading import read_examples
from textaug.evaluation.label_errors import FORMS
from textaug.evaluation.out_of_sample import folds_of, out_of_sample
from textaug.evaluation.report import measure
from textaug.io.read import read

LABELS = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]


def rows(*sentences):
    """A data set of sentences written as word/tag."""
    pairs = [[word.rsplit("/", 1) for word in sentence.split()] for sentence in sentences]
    tokens, tags = ([[each[i] for each in pair] for pair in pairs] for i in (0, 1))
    return Dataset.from_dict({"tokens": tokens, "ner_tags": tags})


def sure(*sentences, confidence=0.9):
    """Predictions that are sure of these tags."""
    rest = (1 - confidence) / (len(LABELS) - 1)
    found = []
    for tags in map(str.split, sentences):
        scores = np.full((len(tags), len(LABELS)), rest, np.float32)
        scores[range(len(tags)), [LABELS.index(tag) for tag in tags]] = confidence
        found.append(scores)
    return LABELS, found


def found(data, predictions):
    errors = label_errors(data, predictions=predictions)
    return [(e.row, e.words, e.given, e.suggested, e.kind) for e in errors]


def test_the_four_kinds():
    data = rows(
        "Vera/B-LOC slept/O", "in/O Oslo/O", "the/B-PER Vera/I-PER sat/O", "It/B-PER rained/O",
        "Vera/B-PER ate/O",
    )  # fmt: skip
    predicted = sure("B-PER O", "O B-LOC", "O B-PER O", "O O", "B-PER O")
    assert sorted(found(data, predicted)) == [
        (0, "Vera", "LOC", "PER", "type"),
        (1, "Oslo", "O", "LOC", "missed"),
        (2, "Vera", "PER", "PER", "boundary"),
        (3, "It", "PER", "O", "invented"),
    ]


def test_a_type_may_have_a_hyphen():
    data = rows("Emma/B-creative-work sold/O", "Vera/B-PER sat/O")
    labels = ["O", "B-PER", "I-PER", "B-creative-work", "I-creative-work"]
    agreeing = [np.full((2, 5), 0.02), np.full((2, 5), 0.02)]
    for scores, first in zip(agreeing, (3, 1), strict=True):
        scores[0, first] = scores[1, 0] = 0.92
    assert found(data, (labels, agreeing)) == []
    assert found(data, (labels, agreeing[::-1])) == [
        (0, "Emma", "creative-work", "PER", "type"),
        (1, "Vera", "PER", "creative-work", "type"),
    ]


def test_the_surest_come_first_and_all_rows_are_ranked():
    data = rows("Vera/B-LOC slept/O", "Ola/B-LOC slept/O", "Ana/B-PER slept/O", "It/O rained/O")
    labels, scores = sure("B-PER O", "B-PER O", "B-PER O", "O O")
    scores[1] = sure("B-PER O", confidence=0.6)[1][0]
    scores[3] = sure("O O", confidence=0.5)[1][0]  # nearly a mention
    errors = label_errors(data, predictions=(labels, scores))
    assert [error.row for error in errors] == [0, 1]
    assert errors.rows() == [0, 1, 3, 2]


def test_the_same_name_elsewhere_counts():
    others = ["Vera/B-PER sat/O"] * 3
    data = rows("Vera/B-LOC slept/O", "Ola/B-LOC slept/O", *others)
    unsure = sure("B-PER O", "B-PER O", *["B-PER O"] * 3, confidence=0.5)
    first, second = label_errors(data, predictions=unsure)[:2]
    assert (first.words, second.words) == ("Vera", "Ola") and first.confidence > second.confidence
    assert first.similar == (2, 3, 4) and "as in row 2, 3, 4" in first.message


def test_forms_for_tools(tmp_path):
    data = rows("Vera/B-LOC Holm/I-LOC slept/O")
    errors = label_errors(data, predictions=sure("B-PER I-PER O"))
    for form in FORMS:
        (line,) = map(json.loads, errors.json_lines(form))
        assert "Vera Holm" in json.dumps(line) and "LOC" in json.dumps(line)
    (task,) = map(json.loads, errors.json_lines("doccano"))
    assert task["label"] == [[0, 9, "LOC"]]
    path = tmp_path / "doccano.jsonl"
    path.write_text("".join(line + "\n" for line in errors.json_lines("doccano")))
    (example,) = read_examples(read(str(path)), "train", {})
    assert (example.tokens, example.spans) == (("Vera", "Holm", "slept"), (Span(0, 2, "LOC"),))
    (task,) = map(json.loads, errors.json_lines("label-studio"))
    (given,) = task["predictions"][0]["result"]
    assert given["value"] == {"start": 0, "end": 9, "text": "Vera Holm", "labels": ["LOC"]}
    with pytest.raises(ValueError, match="choose from plain, doccano"):
        list(errors.json_lines("word"))


def test_bad_input():
    with pytest.raises(ValueError, match="no mention is labelled"):
        label_errors(rows("It/O rained/O"))
    with pytest.raises(ValueError, match="2 different sentences are too few for 5 folds"):
        label_errors(rows("Vera/B-PER sat/O", "It/O rained/O", "It/O rained/O"))
    with pytest.raises(ValueError, match=r"row 0 have the shape \(1, 5\), not \(2, 5\)"):
        label_errors(rows("Vera/B-PER sat/O"), predictions=sure("O"))
    with pytest.raises(ValueError, match="no label of type DRUG"):
        label_errors(rows("Vera/B-DRUG sat/O"), predictions=sure("O O"))


def test_folds_are_out_of_sample(corpus, monkeypatch):
    monkeypatch.setattr("textaug.models.word_head.STEPS_LEAST", 30)
    monkeypatch.setattr("textaug.models.word_head.WIDTH", 32)
    examples = read_examples(corpus.select(range(15)), "train", {})
    examples.append(examples[0])
    fold = folds_of(examples, 3, seed=1)
    assert fold[0] == fold[-1] and set(fold) == {0, 1, 2} and fold != folds_of(examples, 3, seed=2)
    settings = {"model": tiny_encoder(), "repeats": 1, "folds": 3, "device": "cpu"}
    labels, scores = out_of_sample(examples, **settings)
    assert labels[0] == "O" and all(np.allclose(each.sum(1), 1, atol=1e-4) for each in scores)
    row = next(i for i, example in enumerate(examples) if example.spans)
    changed = [e._replace(spans=()) if i == row else e for i, e in enumerate(examples)]
    _, again = out_of_sample(changed, **settings)
    fold = folds_of(examples, 3, seed=0)
    inside = [i for i, k in enumerate(fold) if k == fold[row]]
    assert all(np.array_equal(scores[i], again[i]) for i in inside)  # nobody saw its labels
    assert any(not np.array_equal(a, b) for a, b in zip(scores, again, strict=True))
    _, mean = out_of_sample(examples, **{**settings, "model": [tiny_encoder(), tiny_encoder()]})
    assert all(np.allclose(one, two) for one, two in zip(scores, mean, strict=True))
    with pytest.raises(ValueError, match=r"model=\[\] names no encoder"):
        out_of_sample(examples, **{**settings, "model": []})


def test_copies_are_made_from_the_rows_that_a_tagger_may_see(corpus, monkeypatch):
    monkeypatch.setattr("textaug.models.word_head.STEPS_LEAST", 30)
    monkeypatch.setattr("textaug.models.word_head.WIDTH", 32)
    monkeypatch.setattr("textaug.evaluation.training_copies.ROWS_OF_COPIES", 30)
    data, seen = corpus.select(range(15)), []

    def policy(train, **settings):
        seen.append(({tuple(tokens) for tokens in train["tokens"]}, settings["seed"]))
        return default_policy(train, **settings)

    settings = {"model": tiny_encoder(), "folds": 3, "repeats": 1, "show_progress_bar": False}
    found = label_errors(data, augmenter=policy, seed=5, **settings)
    everything = {tuple(tokens) for tokens in data["tokens"]}
    assert [seed for _, seed in seen] == [5, 6, 7]
    assert all(len(tokens) < len(everything) for tokens, _ in seen)
    assert set.intersection(*(tokens for tokens, _ in seen)) == set()
    assert found.doubts == label_errors(data, augmenter=policy, seed=5, **settings).doubts
    assert found.doubts != label_errors(data, seed=5, **settings).doubts
    seen.clear()
    two = {**settings, "model": [tiny_encoder(), tiny_encoder()]}
    assert label_errors(data, augmenter=policy, seed=5, **two).doubts == found.doubts
    assert len(seen) == 3  # copies are made once for all encoders
    with pytest.raises(TypeError, match="augmenter= needs a datasets.Dataset, not IterableDataset"):
        label_errors(data.to_iterable_dataset(), augmenter=default_policy)


def test_in_the_shell_and_in_the_report(corpus, tmp_path, monkeypatch):
    data = rows("Vera/B-LOC slept/O", "in/O Oslo/B-LOC")
    errors = label_errors(data, predictions=sure("B-PER O", "O B-LOC"))
    page = measure(data, data, sections=[errors.section()]).html()
    assert "Labels that may be wrong" in page and "Vera slept" in page
    from textaug.evaluation import label_errors as module

    path, page_file = tmp_path / "a.jsonl", tmp_path / "r.html"
    data.to_json(path)
    made = {}

    def judge(*_, **settings):
        made.update(settings)
        return sure("B-PER O", "O B-LOC")

    monkeypatch.setattr(module, "out_of_sample", judge)
    encoders = ["--encoder", "one", "--encoder", "two"]
    done = shell("check", path, "--errors-to", tmp_path / "e.jsonl", *encoders)
    assert done.exit_code == 0 and made["model"] == ["one", "two"]
    assert "row 0: 'Vera' is LOC, probably PER" in done.output
    (line,) = map(json.loads, (tmp_path / "e.jsonl").read_text().splitlines())
    assert (line["row"], line["suggested"]) == (0, "PER")
    assert shell("check", path, "--errors", "--tool", "word").exit_code == 2
    made.clear()
    assert shell("report", path, path, "--errors", *encoders, "-o", page_file).exit_code == 0
    assert made["model"] == ["one", "two"]
    assert "Labels that may be wrong" in page_file.read_text()


def test_one_error_for_two_mentions_that_should_be_one():
    data = rows("Vera/B-PER Holm/B-PER slept/O")
    (error,) = label_errors(data, predictions=sure("B-PER I-PER O"))
    assert (error.words, error.kind) == ("Vera Holm", "boundary")


def test_what_is_probably_wrong_has_no_label_any_more():
    data = rows("Vera/B-PER Holm/I-PER sat/O", "Oslo/B-LOC slept/O").add_column("id", [7, 8])
    errors = label_errors(data, predictions=sure("B-PER O O", "B-LOC O"))
    kept = errors.unlabelled(data)
    assert kept["ner_tags"][:] == [[None, None, "O"], ["B-LOC", "O"]]
    assert kept.column_names == data.column_names and kept["id"][:] == [7, 8]
    assert errors.unlabelled(data, confidence=1.0)["ner_tags"][:] == data["ner_tags"][:]
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    numbers = data.cast_column("ner_tags", List(ClassLabel(names=names)))
    assert errors.unlabelled(numbers)["ner_tags"][:] == [[-1, -1, 0], [3, 0]]
    assert errors.unlabelled(numbers).features == numbers.features


def test_only_the_rows_that_were_judged_can_lose_labels():
    data = rows("Vera/B-PER Holm/I-PER sat/O")
    errors = label_errors(data, predictions=sure("B-PER O O"))
    with pytest.raises(ValueError, match="the data set has 2 rows, and 1 were judged"):
        errors.unlabelled(rows("Vera/B-PER sat/O", "Bo/B-PER sat/O"))
    with pytest.raises(ValueError, match="row 0 is not the one that was judged"):
        errors.unlabelled(rows("Vera/B-PER sat/O"))
    with pytest.raises(ValueError, match="there is no column of tags"):
        errors.unlabelled(Dataset.from_dict({"text": ["Vera Holm sat"]}))
    with pytest.raises(ValueError, match="row 0 is not the one that was judged: other words"):
        errors.unlabelled(rows("Jon/B-PER Dahl/I-PER sat/O"))
    with pytest.raises(ValueError, match="give the split that was judged, one of 'train'"):
        errors.unlabelled(DatasetDict({"train": data}))


@pytest.mark.parametrize("form", ["torch", "numpy", "pandas", "arrow"])
def test_labels_are_lost_in_every_format(form):
    names = ["O", "B-PER", "I-PER", "B-LOC"]
    data = rows("Vera/B-PER Holm/I-PER sat/O").cast_column(
        "ner_tags", List(ClassLabel(names=names))
    )
    errors = label_errors(data, predictions=sure("B-LOC I-LOC O"))
    made = errors.unlabelled(data.with_format(form))
    assert made.format["type"] == form
    assert made.with_format(None)["ner_tags"][:] == [[-1, -1, 0]]
    unsigned = data.cast_column("ner_tags", List(Value("uint8")))
    with pytest.raises(ValueError, match="numbers without a sign"):
        errors.unlabelled(unsigned, tags_column="ner_tags", label_names=names)


@pytest.mark.parametrize(
    ("labels", "scores", "problem"),
    [
        (LABELS, [[np.nan] * 5], "row 0 are not probabilities"),
        (LABELS, [[2.0, -1.0, 0.0, 0.0, 0.0]], "row 0 are not probabilities"),
        (LABELS, [[-3.0, -0.1, -4.0, -4.0, -5.0]], "row 0 are not probabilities"),
        (LABELS, [[0.5, 0.5, 0.0, 0.0]], r"row 0 have the shape \(1, 4\)"),
        (["B-LOC", "B-PER"], [[0.5, 0.5]], "need the label 'O'"),
        (["O", "B-PER", "B-PER"], [[0.5, 0.5, 0.0]], "each label once"),
    ],
)
def test_predictions_must_be_probabilities(labels, scores, problem):
    data = rows("Vera/B-PER")
    with pytest.raises(ValueError, match=problem):
        label_errors(data, predictions=(labels, [scores]))
    right = [[0.1, 0.8, 0.0, 0.1, 0.0]]
    assert label_errors(data, predictions=(LABELS, [right]))[0].suggested == "LOC"
