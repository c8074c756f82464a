"""The collator for the classification of texts."""

import pickle

import pytest
import torch
from datasets import ClassLabel, Dataset, Features, Value
from support.models import tiny_bert_encoder

from textaug import AugmentingTextCollator, NoiseInjection, SentenceJoining

NAMES = ["bad", "good"]
ROWS = [
    {"text": "Ann works in Rome", "label": 1, "id": "a"},
    {"text": "Shares fell", "label": 0, "id": "b"},
]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_bert_encoder(tmp_path_factory.mktemp("bert")))


def texts(batch, tokenizer):
    return tokenizer.batch_decode(batch["input_ids"], skip_special_tokens=True)


def test_without_an_augmenter_it_tokenises_and_pads(tokenizer):
    batch = AugmentingTextCollator(tokenizer)(ROWS)
    assert set(batch) == {*tokenizer.model_input_names, "labels"}
    assert batch["labels"].tolist() == [1, 0]
    assert batch["input_ids"].tolist()[0] == tokenizer("Ann works in Rome")["input_ids"]


def test_texts_change_and_labels_stay(tokenizer):
    collator = AugmentingTextCollator(tokenizer, NoiseInjection(operations=["drop"], p=0.5))
    batch = collator(ROWS)
    assert texts(batch, tokenizer) != texts(collator.for_evaluation()(ROWS), tokenizer)
    assert batch["labels"].tolist() == [1, 0]


@pytest.mark.parametrize("as_name", [False, True])
def test_only_texts_of_one_label_are_joined(tokenizer, as_name):
    rows = [
        {"text": f"{word} fell", "label": i % 2} for i, word in enumerate(["Ann", "shares"] * 3)
    ]
    features = Features({"text": Value("string"), "label": ClassLabel(names=NAMES)})
    rows += [{"text": "Rome works", "label": 0}, {"text": "in Rome", "label": 1}]
    join = SentenceJoining.from_dataset(Dataset.from_list(rows, features), seed=4)
    given = [{**row, "label": NAMES[row["label"]]} for row in rows] if as_name else rows
    collator = AugmentingTextCollator(tokenizer, join, label_names=NAMES)
    for text, row in zip(texts(collator(given), tokenizer), rows, strict=True):
        others = {other["text"].lower() for other in rows if other["label"] != row["label"]}
        assert len(text.split()) == 4 and not any(other in text for other in others), text


def test_a_label_may_be_a_name_a_list_or_open(tokenizer):
    collator = AugmentingTextCollator(tokenizer, label_names=NAMES)
    rows = [{"text": "a", "label": label} for label in ("good", None, -1, 0)]
    assert collator(rows)["labels"].tolist() == [1, -100, -100, 0]
    several = AugmentingTextCollator(tokenizer, NoiseInjection())
    batch = several([{"text": "big Rome", "label": [1, 0, 1]}, {"text": "Ann", "label": [0, 0, 1]}])
    assert batch["labels"].dtype == torch.float32
    assert batch["labels"].tolist() == [[1, 0, 1], [0, 0, 1]]


def labelled(*labels):
    return [{"text": "Ann", "label": label} for label in labels]


def test_targets_of_a_regression_stay(tokenizer):
    batch = AugmentingTextCollator(tokenizer)(labelled(-1.0, 0.5, 2))
    assert batch["labels"].dtype == torch.float32
    assert batch["labels"].tolist() == [-1.0, 0.5, 2.0]
    data = Dataset.from_dict({"text": ["a", "b"], "label": [-1.0, 1.0]})
    for form in ("numpy", "torch"):
        batch = AugmentingTextCollator(tokenizer)(list(data.with_format(form)))
        assert batch["labels"].tolist() == [-1.0, 1.0]


def test_a_class_of_minus_one_is_missing_and_said_once(tokenizer, caplog):
    collator = AugmentingTextCollator(tokenizer)
    for _ in range(2):
        assert collator(labelled(-1, 0, 1))["labels"].tolist() == [-100, 0, 1]
    assert caplog.text.count("column 'label': -1 means a missing label") == 1
    caplog.clear()
    AugmentingTextCollator(tokenizer, label_names=NAMES)(labelled(-1, 0))
    assert not caplog.text


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([0.5, None], None, "row 1 of this batch, column 'label': is None among numbers with"),
        ([0.5, float("nan")], None, "row 1 .*is nan among numbers.*dataset.filter"),
        ([None, None], None, "nothing says whether they are classes.*pass label_names="),
        ([0, -2], None, "row 1 of this batch, column 'label': label -2 is no id.*float32"),
        ([0, 2], NAMES, "row 1 of this batch, column 'label': label 2 is no id.*0 to 1"),
        ([[1, 0], [2, 0]], None, "row 1 of this batch, column 'label': holds 2, which is neither"),
        ([[1, None, 0]], None, "row 0 of this batch, column 'label': holds None"),
        ([["a"]], None, "row 0 of this batch, column 'label': holds 'a'"),
        ([[1, 0], [1]], None, "row 1 .*has 1 values for 2 labels"),
        ([[1, 0, 1]], NAMES, "row 0 .*has 3 values for 2 labels"),
        ([None, [1, 0]], None, "row 0 .*is None, and other rows have a list"),
        ([{"a": 1}], None, "row 0 .*is dict, not a label"),
    ],
)
def test_labels_that_no_loss_can_take_are_named(tokenizer, labels, names, message):
    with pytest.raises(ValueError, match=message):
        AugmentingTextCollator(tokenizer, label_names=names)(labelled(*labels))


@pytest.mark.parametrize(
    ("row", "names", "message"),
    [
        ({"sentence": "a", "label": 0}, None, "no column 'text'.*text_column= and label_column="),
        ({"text": None, "label": 0}, None, "row 0 of this batch, column 'text': is None"),
        ({"text": 3, "label": 0}, None, "is int, not a text"),
        ({"text": "a", "label": "ok"}, NAMES, "label 'ok' is unknown; known: bad, good"),
        ({"text": "a", "label": "ok"}, None, "pass label_names="),
    ],
)
def test_bad_rows_name_column_and_remedy(tokenizer, row, names, message):
    with pytest.raises(ValueError, match=message):
        AugmentingTextCollator(tokenizer, NoiseInjection(), label_names=names)([row])


def test_columns_may_have_other_names_and_it_pickles(tokenizer):
    collator = AugmentingTextCollator(
        tokenizer, NoiseInjection(), text_column="review", label_column="stars", max_length=3
    )
    copy = pickle.loads(pickle.dumps(collator))
    batch = copy([{"review": "Ann works in Rome", "stars": 1}])
    assert batch["input_ids"].shape == (1, 3) and batch["labels"].tolist() == [1]


def test_a_trainer_augments_training_rows_only(tokenizer, tmp_path):
    from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments

    folder = tiny_bert_encoder(tmp_path / "model")
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=2)
    seen = {"train": [], "eval": []}

    class Watch(NoiseInjection):
        def transform(self, examples, rngs):
            seen["train"] += [example.text for example in examples]
            return super().transform(examples, rngs)

    data = Dataset.from_list(ROWS)
    trainer = Trainer(
        model,
        TrainingArguments(
            output_dir=str(tmp_path / "out"),
            max_steps=2,
            remove_unused_columns=False,
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=data,
        eval_dataset=data,
        data_collator=AugmentingTextCollator(tokenizer, Watch(seed=1)),
    )
    trainer.train()
    assert len(seen["train"]) == 4
    trainer.evaluate()
    assert len(seen["train"]) == 4


def test_half_a_character_is_named(tokenizer):
    rows = [*ROWS, {"text": "broken \ud83d", "label": 1}]
    with pytest.raises(ValueError, match=r"row 2 .*'text'.*lone surrogate"):
        AugmentingTextCollator(tokenizer, label_names=NAMES)(rows)
