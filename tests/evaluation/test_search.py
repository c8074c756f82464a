"""The search for a recipe, by cross-validation inside the sample."""

import pytest
from datasets import ClassLabel, Dataset, List, concatenate_datasets
from support import models as tiny

from textaug import LabelWiseReplacement, NoiseInjection, search
from textaug.corpora import builtin_corpus
from textaug.evaluation.tagger_f1 import TaggerF1
from textaug.models.tagger import predict


@pytest.fixture(scope="module")
def sample():
    return builtin_corpus()["train"].select(range(30))


def likes(**points):
    """A judge that gives points for the strength of some augmenters, and takes no training."""

    def evaluate(train, test, augmenter, copies, seed):
        steps = getattr(augmenter, "augmenters", [augmenter])
        return 50 + sum(points.get(type(step).__name__, 0) * step.p for step in steps if step)

    return evaluate


def found(sample, evaluate, **options):
    return search(sample, evaluate=evaluate, show_progress_bar=False, **options)


def test_what_helps_is_found_and_what_hurts_left_out(sample):
    judge = likes(LabelWiseReplacement=10, SynonymReplacement=-10, SegmentShuffle=-10)
    methods = ["label-wise", "synonyms", "shuffle"]
    recipe = found(sample, judge, methods=methods, trials=30, seed=4)
    assert recipe.augmenter == LabelWiseReplacement.from_dataset(sample, p=0.6, seed=4)
    assert recipe.best.spec == "label-wise:p=0.6"
    assert recipe.gains == pytest.approx([6, 6, 6])
    assert "gold alone 50.00 (fold by fold +6.00, +6.00, +6.00)" in str(recipe)


def test_gold_comes_first_and_wins_if_nothing_beats_it(sample, caplog):
    caplog.set_level("INFO", "textaug")  # another test may have silenced it
    recipe = found(sample, likes(), trials=6)
    assert recipe.trials[0] is recipe.gold is recipe.best
    assert not any(recipe.gold.strengths.values())
    assert recipe.augmenter is None and recipe.copies == 0
    assert "nothing was better than the gold data alone (50.00), in 6 trials" in caplog.text


def test_the_same_seed_tries_the_same_and_no_recipe_is_judged_twice(sample):
    judged = []

    def evaluate(train, test, augmenter, copies, seed):
        judged.append((repr(augmenter), copies, tuple(map(tuple, test["tokens"]))))
        return float(len(repr(augmenter)) % 7)

    first = found(sample, evaluate, methods=["noise"], trials=25, seed=2)
    assert len(set(judged)) == len(judged) < 25 * 3
    assert len(first.trials) == 25
    again = found(sample, evaluate, methods=["noise"], trials=25, seed=2)
    assert again == first
    assert found(sample, evaluate, methods=["noise"], trials=25, seed=3).trials != first.trials


def test_every_sentence_is_judged_once_and_nothing_learnt_from_it(sample):
    folds = {}

    def evaluate(train, test, augmenter, copies, seed):
        here = {" ".join(tokens) for tokens in test["tokens"]}
        assert not here & {" ".join(tokens) for tokens in train["tokens"]}
        assert any(any(tags) for tags in test["ner_tags"])
        folds[min(here)] = here
        if augmenter is not None:
            known = {word for tokens in train["tokens"] for word in tokens}
            learnt = {word for counts in augmenter.words.values() for word in counts}
            assert learnt <= known
        return 1.0

    found(sample, evaluate, methods=["label-wise"], trials=5, folds=4)
    assert len(folds) == 4
    assert sorted(text for fold in folds.values() for text in fold) == sorted(
        " ".join(tokens) for tokens in sample["tokens"]
    )


def test_equal_sentences_are_in_one_fold(sample):
    twice = concatenate_datasets([sample, sample.select(range(0, 30, 2)), sample.select([4, 4])])
    sizes = []

    def evaluate(train, test, augmenter, copies, seed):
        assert not {*map(tuple, test["tokens"])} & {*map(tuple, train["tokens"])}
        assert len(train) + len(test) == len(twice) == 47
        sizes.append(len(test))
        return 1.0

    found(twice, evaluate, trials=1, folds=3)
    assert sorted(sizes) == [15, 16, 16]


def test_a_sentence_that_occurs_often_is_one_sentence():
    rows = {"tokens": [["Ann", "left"]] * 9, "ner_tags": [["B-PER", "O"]] * 9}
    with pytest.raises(ValueError, match="1 of its 1 different sentences have a mention"):
        found(Dataset.from_dict(rows), likes(), folds=2)


def test_methods_take_arguments_and_columns_any_name(sample):
    renamed = sample.rename_columns({"tokens": "w", "ner_tags": "t"})
    recipe = found(
        renamed,
        likes(NoiseInjection=1),
        methods=["noise:target=all"],
        trials=12,
        tokens_column="w",
        tags_column="t",
    )
    assert recipe.augmenter == NoiseInjection(
        p=0.6, target="all", tokens_column="w", tags_column="t"
    )


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return tiny.tiny_bert_encoder(tmp_path_factory.mktemp("encoder"))


def test_with_a_real_tagger(encoder):
    names = ["Ann", "Rome", "Smith", "London", "Brown"]
    ends = ["old", "new", "good", "bad"]
    rows = {"tokens": [["he", "said", names[i % 5], "was", ends[i // 5]] for i in range(20)]}
    rows["ner_tags"] = [["O", "O", "B-LOC" if i % 2 else "B-PER", "O", "O"] for i in range(20)]
    judge = TaggerF1(encoder, steps=40, learning_rate=3e-3)
    same = {"methods": ["label-wise"], "trials": 2, "folds": 2, "seed": 1}
    recipe = found(Dataset.from_dict(rows), judge, **same)
    assert 20 < recipe.gold.score < 100
    assert any(trial.scores != recipe.gold.scores for trial in recipe.trials)
    assert found(Dataset.from_dict(rows), judge, **same) == recipe


def test_byte_level_encoders_are_trained_on_the_tokens_of_running_text(tmp_path):
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    folder = tiny.tiny_roberta(tmp_path / "roberta")
    backend = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    special = {"unk_token": "<unk>", "pad_token": "<pad>"}
    for name in ("tokenizer_config.json", "vocab.json", "merges.txt"):
        (tmp_path / "roberta" / name).unlink(missing_ok=True)
    # A generic class, as ModernBERT has, ignores add_prefix_space.
    PreTrainedTokenizerFast(tokenizer_object=backend, **special).save_pretrained(folder)
    data = Dataset.from_dict({"tokens": [["Ann", "left"]] * 4, "ner_tags": [[1, 0]] * 4})
    data = data.cast_column("ner_tags", List(ClassLabel(names=["O", "B-PER", "I-PER"])))
    assert 0 <= TaggerF1(folder, steps=1)(data, data, NoiseInjection(), 1, 0) <= 100


def test_a_tagger_tags_every_word(encoder):
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    names = {0: "O", 1: "B-PER", 2: "I-PER"}
    model = AutoModelForTokenClassification.from_pretrained(encoder, num_labels=3, id2label=names)
    tokenizer = AutoTokenizer.from_pretrained(encoder)  # a longer sentence goes in windows
    sentences = [["Ann", "left"], ["unhappiest"], ["he"] * 100, []]
    tags = predict(model.eval(), tokenizer, sentences)
    assert [len(row) for row in tags] == [2, 1, 100, 0]
    assert {tag for row in tags for tag in row} <= {*names.values()}
    assert predict(model, tokenizer, sentences, batch_tokens=1) == tags


def test_a_sample_that_is_too_small_is_refused(sample):
    rows = {
        "tokens": [["Ann", "left"], ["Bo", "sat"]] + [["it", "rained", str(i)] for i in range(10)]
    }
    rows["ner_tags"] = [["B-PER", "O"]] * 2 + [["O", "O", "O"]] * 10
    with pytest.raises(
        ValueError, match=r"too small for 3 folds: 2 of its 12 different .* folds=2"
    ):
        found(Dataset.from_dict(rows), likes())
    one = Dataset.from_dict({name: column[1:] for name, column in rows.items()})
    with pytest.raises(ValueError, match="too small for 2 folds: 1 of its 11 .* label more"):
        found(one, likes(), folds=2)
    none = Dataset.from_dict({name: column[2:] for name, column in rows.items()})
    with pytest.raises(ValueError, match="no mention in the 10 sentences"):
        found(none, likes())


def test_mistakes_are_named_before_any_training(sample):
    def never(*args):
        raise AssertionError("trained")

    for options, message in [
        ({"folds": 1}, "folds=1: must be at least 2"),
        ({"trials": 0}, "trials=0: must be at least 1"),
        ({"methods": ["nois"]}, "'nois:p=0.6': did you mean 'noise'"),
        ({"methods": ["back-translation"]}, "there is no 'p'"),
    ]:
        with pytest.raises(ValueError, match=message):
            found(sample, never, **options)


def test_without_optuna_the_extra_is_named(sample, monkeypatch):
    import sys

    monkeypatch.setattr(sys.modules["textaug.evaluation.search"], "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"optuna and seqeval: .*textaug-nlp\[search\]"):
        search(sample)
