"""The collator inside a real ``Trainer``: training rows are augmented, others never."""

import numpy as np
import pytest
from datasets import Dataset
from support.models import tiny_bert_encoder

from textaug import Augmenter, Edit
from textaug.pipeline.collator import AugmentingDataCollator

NAMES = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
TRAIN = {"tokens": [["Ann", "works", "in", "Rome"]] * 4, "ner_tags": [[3, 0, 0, 1]] * 4}
VALIDATION = {
    "tokens": [["he", "won", "in", "London"], ["Brown", "lost"], ["shares", "fell", "sharply"]],
    "ner_tags": [[0, 0, 0, 1], [3, 0], [0, 0, 0]],
}


class Prefix(Augmenter):
    """Puts one to nine words in front."""

    def edits(self, example, rng):
        return [Edit(0, 0, ("game",) * rng.randint(1, 9))]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return tiny_bert_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def make(encoder, tmp_path):
    """A Trainer of a tiny model, and the lengths of the batches that it trains on."""
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        Trainer,
        TrainingArguments,
        set_seed,
    )

    class Watched(Trainer):
        def training_step(self, model, inputs, *args, **kwargs):
            lengths.append(inputs["input_ids"].shape[1])
            return super().training_step(model, inputs, *args, **kwargs)

    lengths = []

    def make(augmenter=None, train=TRAIN, streamed=False, **arguments):
        set_seed(0)
        lengths.clear()
        tokenizer = AutoTokenizer.from_pretrained(encoder)
        model = AutoModelForTokenClassification.from_pretrained(encoder, num_labels=len(NAMES))
        settings = {
            "output_dir": str(tmp_path / "out"),
            "num_train_epochs": 2,
            "per_device_train_batch_size": 2,
            "per_device_eval_batch_size": 2,
            "learning_rate": 1e-2,
            "remove_unused_columns": False,
            "dataloader_pin_memory": False,
            "save_strategy": "no",
            "use_cpu": True,
            "report_to": "none",
            "disable_tqdm": True,
        }
        data = Dataset.from_dict(train)
        return Watched(
            model,
            TrainingArguments(**settings | arguments),
            train_dataset=data.to_iterable_dataset() if streamed else data,
            eval_dataset=Dataset.from_dict(VALIDATION),
            data_collator=AugmentingDataCollator(tokenizer, augmenter, label_names=NAMES),
            compute_metrics=lambda found: {"checksum": float(np.abs(found.predictions).sum())},
        )

    make.lengths = lengths
    return make


def evaluated(trainer):
    found = trainer.evaluate()
    return found["eval_loss"], found["eval_checksum"]


@pytest.mark.parametrize("workers", [0, 1])
def test_evaluation_and_prediction_rows_are_never_augmented(make, workers):
    plain = make()
    augmented = make(Prefix(), dataloader_num_workers=workers)
    assert evaluated(augmented) == evaluated(augmented) == evaluated(plain)
    validation = Dataset.from_dict(VALIDATION)
    one, other = (trainer.predict(validation) for trainer in (plain, augmented))
    assert np.array_equal(one.predictions, other.predictions)
    assert np.array_equal(one.label_ids, other.label_ids)


@pytest.mark.parametrize("workers", [0, 1])
def test_evaluation_during_training_is_not_augmented_and_training_is(make, workers):
    trainer = make(Prefix(), dataloader_num_workers=workers, eval_strategy="steps", eval_steps=1)
    trainer.train()
    assert len(make.lengths) == 4 and all(length > 6 for length in make.lengths)
    assert len(set(make.lengths)) > 1, "epochs and batches differ"
    last = [entry for entry in trainer.state.log_history if "eval_checksum" in entry][-1]
    assert evaluated(trainer) == (last["eval_loss"], last["eval_checksum"])


def test_training_rows_are_the_same_with_and_without_evaluation(make):
    make(Prefix()).train()
    lengths = list(make.lengths)
    make(Prefix(), eval_strategy="steps", eval_steps=1).train()
    assert make.lengths == lengths


@pytest.mark.slow
@pytest.mark.parametrize("context", ["spawn", "forkserver"])
def test_workers_that_do_not_inherit_the_stack(make, context):
    options = {"dataloader_num_workers": 1, "dataloader_multiprocessing_context": context}
    trainer = make(Prefix(), **options)
    assert evaluated(trainer) == evaluated(make())
    trainer = make(Prefix(), **options)
    trainer.train()
    assert all(length > 6 for length in make.lengths)


def test_a_loop_of_your_own_says_which_rows_are_for_evaluation(make):
    from torch.utils.data import DataLoader

    collator = make(Prefix()).data_collator
    rows = Dataset.from_dict(VALIDATION)

    def lengths(collate):
        loader = DataLoader(rows, batch_size=1, collate_fn=collate)
        return [batch["input_ids"].shape[1] for batch in loader]

    assert lengths(collator.for_evaluation()) == [6, 4, 5]
    assert all(a > b for a, b in zip(lengths(collator), [6, 4, 5], strict=True))
    assert collator.augmenter == Prefix()


@pytest.mark.parametrize("workers", [0, 1])
def test_resumed_training_gives_the_same_weights(make, tmp_path, workers):
    rows = {name: TRAIN[name][:2] + column[:2] for name, column in VALIDATION.items()}
    options = {"train": rows, "save_strategy": "steps", "save_steps": 1}
    options["dataloader_num_workers"] = workers
    whole = make(Prefix(), **options)
    whole.train()
    expected, lengths = whole.model.state_dict(), list(make.lengths)
    # Backwards, because what is resumed writes the later checkpoints anew.
    for step, where in ((3, "in the next epoch"), (2, "between epochs"), (1, "in an epoch")):
        resumed = make(Prefix(), **options)
        resumed.train(resume_from_checkpoint=str(tmp_path / "out" / f"checkpoint-{step}"))
        assert make.lengths == lengths[step:], where
        for name, tensor in resumed.model.state_dict().items():
            assert tensor.equal(expected[name]), (where, name)


def test_epochs_of_a_stream_and_of_persistent_workers_differ(make):
    make(Prefix(), streamed=True, max_steps=6).train()
    assert len({tuple(make.lengths[i : i + 2]) for i in (0, 2, 4)}) > 1
    make(
        Prefix(), num_train_epochs=4, dataloader_num_workers=1, dataloader_persistent_workers=True
    ).train()
    assert len({tuple(make.lengths[i : i + 2]) for i in (0, 2, 4, 6)}) > 1


@pytest.mark.parametrize("streamed", [False, True])
def test_removed_columns_are_an_error_with_a_remedy(make, streamed):
    trainer = make(Prefix(), remove_unused_columns=True, streamed=streamed, max_steps=2)
    with pytest.raises(ValueError, match="remove_unused_columns=False"):
        trainer.train()


def test_a_column_that_the_model_takes_does_not_hide_the_remedy(make):
    trainer = make(Prefix(), remove_unused_columns=True, train={**TRAIN, "labels": [0] * 4})
    with pytest.raises(ValueError, match="no column 'tokens' .columns: labels.*remove_unused"):
        trainer.train()
