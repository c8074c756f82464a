"""Raw sentences get labels from models trained on the labelled ones, and say that they did."""

import logging

import numpy as np
import pytest
from datasets import (
    ClassLabel,
    Dataset,
    Features,
    List,
    Value,
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
)
from support.augmenters import tiny_classifier
from support.models import tiny_tagger
from support.self_training import (
    IOB2,
    PAIRS,
    RAW,
    reviews,
    tagged,
    text_data,
    trained,
)

from textaug import (
    NoiseInjection,
    SentimentPhrases,
    check,
    default_policy,
    expand,
    self_train,
)
from textaug.core.columns import IGNORED, ColumnNames
from textaug.core.example import Example
from textaug.core.finding import dataset_schema
from textaug.evaluation import self_training, teacher_folds
from textaug.evaluation.judged_rows import JudgedRows, balance, sure_labels
from textaug.evaluation.report import measure
from textaug.evaluation.teacher_folds import calibrated, temperature_of
from textaug.models.loading import ModelSpec
from textaug.models.tagger import load_tagger
from textaug.models.teachers import SentenceTeacher, WordTeacher

pytestmark = pytest.mark.usefixtures("small_teachers")


def test_raw_sentences_get_the_labels_of_the_sample():
    result = trained(tagged(PAIRS), RAW, rounds=2, model=None)
    rows = result.dataset
    assert rows["tokens"][8] == ["Sue", "lives", "in", "Paris", "."]
    assert [IOB2[tag] for tag in rows["ner_tags"][8]] == ["B-PER", "O", "O", "B-LOC", "O"]
    assert rows["label_source"][7:9] == ["given", "self-training"]
    assert rows["label_weight"][7] == 1.0
    assert 0.5 <= rows["label_weight"][8] <= 1.0
    assert rows.features["ner_tags"] == tagged(PAIRS).features["ner_tags"]
    assert result.metric == "F1"
    assert len(result.scores) == 2
    assert result.labels["PER"] >= 2
    assert "out of fold by round" in str(result)


def test_nothing_is_printed_without_a_bar_and_one_bar_with_it(capsys):
    disabled = are_progress_bars_disabled()
    enable_progress_bars()
    try:
        trained(tagged(PAIRS), RAW, augmenter=default_policy)
        assert capsys.readouterr().err == ""
        trained(tagged(PAIRS), RAW, augmenter=default_policy, seed=1, show_progress_bar=True)
        assert not are_progress_bars_disabled()
    finally:
        if disabled:
            disable_progress_bars()
    shown = capsys.readouterr().err
    assert "teachers" in shown
    assert "Augmenting" not in shown


def test_the_same_seed_gives_the_same_rows_and_finished_teachers_are_kept(tmp_path, monkeypatch):
    first = trained(tagged(PAIRS), RAW, cache_dir=str(tmp_path / "one"))
    again = trained(tagged(PAIRS), RAW, cache_dir=str(tmp_path / "two"))
    assert first.dataset.to_list() == again.dataset.to_list()

    def fail(*args):
        raise AssertionError("trained again")

    monkeypatch.setattr(teacher_folds.TeacherFolds, "_rounds", fail)
    kept = trained(tagged(PAIRS), RAW, cache_dir=str(tmp_path / "one"))
    assert kept.dataset.to_list() == first.dataset.to_list()
    with pytest.raises(AssertionError, match="trained again"):  # other raw sentences
        trained(tagged(PAIRS), RAW[:2], cache_dir=str(tmp_path / "one"))


@pytest.mark.parametrize("names", [["O", "S-LOC", "B-LOC", "I-LOC", "E-LOC",
                                    "S-PER", "B-PER", "I-PER", "E-PER"], None])  # fmt: skip
def test_labels_are_written_in_the_scheme_of_the_sample(names):
    tag = ClassLabel(names=names) if names else Value("string")
    features = Features({"words": List(Value("string")), "tags": List(tag)})
    rows = Dataset.from_dict(
        {
            "words": [[who, "Holm", "lives", "in", town] for who, town in PAIRS],
            "tags": [["B-PER", "E-PER", "O", "O", "S-LOC"] for _ in PAIRS],
        },
        features=features,
    )
    raw = Dataset.from_dict({"sentence": ["Sue Holm lives in Paris"]})
    new = trained(rows, raw).dataset[8]
    tags = [names[i] for i in new["tags"]] if names else new["tags"]
    assert tags == ["B-PER", "E-PER", "O", "O", "S-LOC"]


@pytest.mark.parametrize("kind", ["string", "uint8"])
def test_tags_stay_what_the_column_holds(kind):
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]  # in another order than the teachers'
    data = tagged(PAIRS, None)
    if kind == "uint8":
        ids = [[names.index(tag) for tag in row] for row in data["ner_tags"]]
        features = Features({"tokens": List(Value("string")), "ner_tags": List(Value(kind))})
        data = Dataset.from_dict({"tokens": data["tokens"][:], "ner_tags": ids}, features=features)
    rows = trained(data, RAW, label_names=names).dataset
    assert rows["ner_tags"][8] == (
        ["B-PER", "O", "O", "B-LOC", "O"] if kind == "string" else [1, 0, 0, 3, 0]
    )


def test_a_row_whose_tags_the_labels_lack_is_counted():
    names = ["O", "B-PER", "B-LOC"]
    words = WordTeacher(IOB2, ModelSpec("none"))
    raw = [Example(("Sue", "Holm")), Example(("Sue",))]
    found = [scores(("B-PER", 0.9), ("I-PER", 0.9)), scores(("B-PER", 0.9))]
    data = tagged(PAIRS, names)
    schema = dataset_schema(data, ColumnNames())
    rows = JudgedRows(data, schema, words, read(data), raw, [[3, 4], [3]], found)
    assert rows.left_out == {"with tags that this data set cannot write": 1}
    assert rows.dataset()["ner_tags"][8:] == [[1]]


def test_rows_without_a_class_do_not_count_in_the_balance():
    classes = SentenceTeacher(["bad", "good"], ModelSpec("none"))
    found = [np.array([[0.1, 0.9]])] * 4
    labels = [[1] for _ in found]
    gold = [Example((), labels=(label,)) for label in ("bad", "good", *[None] * 90)]
    balance(classes, labels, found, gold)
    assert labels.count([1]) == 3


def scores(*rows):
    """Probabilities of words: the likeliest label of each, and how likely it is."""
    found = []
    for label, share in rows:
        row = np.full(len(IOB2), (1 - share) / (len(IOB2) - 1))
        row[IOB2.index(label)] = share
        found.append(row)
    return np.array(found)


def test_a_mention_is_sure_as_a_whole_or_not_at_all():
    words = WordTeacher(IOB2, ModelSpec("none"))
    found = scores(("B-PER", 0.9), ("I-PER", 0.6), ("O", 0.7), ("O", 0.95))
    assert sure_labels(words, found, 0.65) == [IGNORED, IGNORED, 0, 0]
    assert sure_labels(words, found, 0.5) == [3, 4, 0, 0]
    assert sure_labels(words, np.zeros((0, 5)), 0.5) == []


def test_types_far_above_their_share_lose_their_least_sure_labels():
    words = WordTeacher(IOB2, ModelSpec("none"))
    found = [scores(("B-PER", 0.6 + i / 100)) for i in range(9)] + [scores(("B-LOC", 0.6))]
    labels = [sure_labels(words, each, 0.5) for each in found]
    given = read(tagged(PAIRS))  # as many places as people
    balance(words, labels, found, given)
    assert labels == [[IGNORED], *[[3]] * 8, [1]]


def read(data):
    from textaug.core.reading import read_examples

    return read_examples(data, "train", {})


def test_temperature_makes_a_teacher_as_sure_as_it_is_right():
    sure = [scores(("O", 0.99))] * 4
    assert temperature_of(sure, [[0], [0], [3], [3]]) == 4.0
    assert temperature_of(sure, [[0]] * 4) == 0.5
    assert temperature_of([], []) == 1.0
    np.testing.assert_allclose(calibrated(sure[0], 2.0).sum(), 1.0)


def test_sentences_get_classes():
    raw = ["A wonderful film.", "A terrible, boring film."]
    result = trained(reviews(), raw, model=None)
    rows = result.dataset
    assert result.metric == "accuracy"
    assert rows["text"][8:] == raw
    assert rows["label"][8:] == [1, 0]
    assert rows.features["label"].names == ["bad", "good"]


def test_teachers_of_classes_are_trained_on_copies_too():
    made = []

    def phrases(data, **settings):
        made.append(SentimentPhrases(p=1.0, **settings))
        return made[-1]

    trained(reviews(), ["A wonderful film."], augmenter=phrases, model=None, folds=2)
    assert len(made) == 2 and all(each.counts["changed"] > 20 for each in made)


def test_a_row_without_a_class_takes_no_part():
    texts = reviews()["text"][:]
    named = text_data({"text": [*texts, "A dull film."], "label": [1] * 4 + [0] * 4 + [-1]})
    strings = Dataset.from_dict(
        {"text": [*texts, "A dull film."], "label": ["+"] * 4 + ["-"] * 4 + [None]}
    )
    for data, good in ((named, 1), (strings, "+")):
        result = trained(data, ["A wonderful film."], sure=0.0, model=None)
        assert len(result.dataset) == 10
        assert result.dataset["label"][9] == good
        assert len(result.labels) == 1
    numbers = Dataset.from_dict({"text": texts, "label": [1, 0, -1, 1, 0, 0, 1, 0]})
    with pytest.raises(ValueError, match="column 'label' holds -1, which means a missing label"):
        trained(numbers, ["A wonderful film."])


def test_columns_may_have_any_names_and_other_columns_are_left_out():
    texts = reviews()["text"][:]
    data = Dataset.from_dict({
        "id": list(range(8)), "body": texts, "title": ["A film"] * 8,
        "verdict": ["+"] * 4 + ["-"] * 4,
    })  # fmt: skip
    with pytest.raises(ValueError, match="pass text_column=|cannot tell which column"):
        trained(data, ["A wonderful film."])
    rows = trained(data, ["A wonderful film."], text_column="body", model=None, roles={
        "verdict": "label", "title": "keep"}).dataset  # fmt: skip
    assert rows.column_names == ["body", "verdict", "label_source", "label_weight"]
    assert rows[8]["verdict"] == "+"


def test_a_tagger_of_any_scheme_counts_with_all_its_labels(tmp_path, caplog):
    raw = [Example(("Sue", "left", "Rome"))]
    words = WordTeacher(IOB2, ModelSpec("none"))
    for scheme, letters in (("IOBES", "SBIE"), ("BILOU", "UBIL"), ("IO", "I")):
        names = [
            "O",
            *(f"{letter}-{kind}" for kind in ("LOC", "MISC", "PER") for letter in letters),
        ]
        model = tiny_tagger(tmp_path / scheme, names)
        caplog.clear()
        (found,) = words.by_model(model, raw)
        (own,) = load_tagger(model).read_scores(raw, lambda _, s, words: s.exp().numpy(), 100)
        share = dict(zip(names, own.T, strict=True))
        begins = (
            share["I-PER"] * 0 if scheme == "IO" else share["B-PER"] + share[f"{letters[0]}-PER"]
        )
        goes_on = share["I-PER"] + (0 if scheme == "IO" else share[f"{letters[-1]}-PER"])
        np.testing.assert_allclose(found[:, 3], begins, atol=1e-5)
        np.testing.assert_allclose(found[:, 4], goes_on, atol=1e-5)
        np.testing.assert_allclose(found[:, 0], share["O"], atol=1e-5)
        assert f"one of the labels {letters[0]}-MISC" in caplog.text
    ends = tiny_tagger(tmp_path / "IOE", ["O", "I-LOC", "E-LOC", "I-PER", "E-PER"])
    with pytest.raises(ValueError, match="marks only where mentions end"):
        words.by_model(ends, raw)
    other = tiny_tagger(tmp_path / "other", ["O", "B-LOC", "I-LOC"])
    with pytest.raises(ValueError, match=r"has no label 'PER' \(labels: LOC\)"):
        words.by_model(other, raw)


def test_a_teacher_that_was_trained_elsewhere_labels_instead():
    name = tiny_classifier()
    result = self_train(reviews(), ["A wonderful film."], teacher=name, sure=0.0)
    assert result.best == 0
    assert result.scores == []
    assert len(result.dataset) == 9
    others = text_data({"text": ["x", "y"], "label": [0, 1]}, ("glad", "sad"))
    with pytest.raises(ValueError, match=r"has no label 'glad' \(labels: bad, good\)"):
        self_train(others, ["A wonderful film."], teacher=name)


def test_teachers_that_find_nothing_say_so(caplog):
    rows = tagged(PAIRS).to_list() + [
        {"tokens": ["It", "rained", word], "ner_tags": [0, 0, 0]} for word in (["a", "lot"])
    ]
    with caplog.at_level(logging.WARNING, "textaug"):
        result = trained(Dataset.from_list(rows, tagged(PAIRS).features), ["It rained", "It did"])
    assert result.labels == {}
    assert "sure of no mention in 2 sentences" in caplog.text


@pytest.mark.parametrize(
    ("labelled", "raw", "message"),
    [
        (tagged(PAIRS), [], "no raw sentence is left|empty|no row"),
        (tagged(PAIRS), ["Ann lives in Lund."], "no raw sentence is left"),
        (tagged(PAIRS[:1]), RAW, "too few for 2 folds"),
        (tagged(PAIRS).map(lambda row: {"ner_tags": [0] * 5}), RAW, "no mention is labelled"),
        (Dataset.from_dict({"text": ["a b", "c d"]}), RAW, "labels mentions that are tags, or one"),
        (Dataset.from_dict({"text": ["a", "b"], "score": [0.1, 0.7]}), RAW, "with fractions"),
        (text_data({"text": ["a", "b"], "label": [1, 1]}), RAW, "all labelled rows have the"),
        (Dataset.from_dict({"text": ["Ann sat"], "entities": [[{"start": 0, "end": 3,
                            "label": "PER"}]]}), RAW, "convert spans to tags"),
    ],
)  # fmt: skip
def test_what_cannot_be_learned_is_an_error(labelled, raw, message):
    with pytest.raises(ValueError, match=message):
        trained(labelled, raw)


def test_a_stream_is_refused():
    with pytest.raises(TypeError, match=r"are IterableDataset, .* pass a datasets.Dataset"):
        trained(tagged(PAIRS).to_iterable_dataset(), RAW)


@pytest.mark.parametrize("bad", [{"folds": 0}, {"rounds": 0}, {"most": 0}, {"sure": 1.5}])
def test_arguments_out_of_range_are_an_error(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        trained(tagged(PAIRS), RAW, **bad)


@pytest.fixture
def judged():
    """A given row, and one with a word that has no label."""
    rows = tagged(PAIRS[:2]).to_list()
    rows[1]["ner_tags"][3] = -1
    features = Features({
        **tagged(PAIRS).features, "label_source": Value("string"), "label_weight": Value("float32"),
    })  # fmt: skip
    for row, source in zip(rows, ("given", "self-training"), strict=True):
        row |= {"label_source": source, "label_weight": 0.9}
    return Dataset.from_list(rows, features=features)


def test_check_and_report_show_judgements_apart(judged):
    assert check(judged) == []
    assert [p.kind for p in check(judged.remove_columns("label_source"))] == ["unknown tag"]
    page = measure(judged, judged)
    assert page.after.rows == 1
    assert page.sections[0].rows == [("given", "1"), ("self-training", "1")]


def test_an_augmenter_names_a_word_without_a_label(judged):
    with pytest.raises(ValueError, match=r"row 1 .*token 3 has no label \(-1\); label it"):
        expand(judged, NoiseInjection(p=1))
    schema = NoiseInjection().schema(judged)
    assert schema.labels == ()


def test_an_example_without_words_has_no_scores():
    assert SentenceTeacher(["a"], ModelSpec("none")).marks(np.array([[1.0]])) == [("a", range(1))]
    assert self_training._unlabelled(Dataset.from_dict({"text": [""]}), "text") == [
        Example.from_text("")
    ]
