"""Models with random weights, which are as fast as trained ones, and batches for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .inputs import some_sentences
from .settings import OUTPUT_TOKENS, WORK


def masked_lm(size: str) -> str:
    """A folder with a masked language model of MiniLM's or BERT's size."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    from textaug import offline

    folder = WORK / f"masked-lm-{size}"
    if not (folder / "config.json").exists():
        torch.manual_seed(0)
        tokenizer = AutoTokenizer.from_pretrained(offline.encoder())
        if size == "base":  # random weights are as fast as trained ones
            model = BertForMaskedLM(BertConfig(vocab_size=len(tokenizer)))
        elif hasattr(offline, "masked_lm"):
            model, tokenizer = offline.masked_lm()
        else:  # the head that predicts words is random
            model = BertForMaskedLM.from_pretrained(offline.encoder())
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return str(folder)


def marian() -> list[str]:
    """Two folders with random models of Marian's base size; their output has a fixed length."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folders = [WORK / f"marian-{name}" for name in ("out", "back")]
    for seed, folder in enumerate(folders):
        if (folder / "config.json").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        text = (" ".join(tokens) for tokens in some_sentences(5_000)["tokens"])
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=text,
            model_prefix=str(folder / "source"),
            vocab_size=4_000,
            hard_vocab_limit=False,
            minloglevel=2,
        )
        spm = folder / "source.spm"
        (folder / "source.model").rename(spm)
        pieces = [
            line.split("\t")[0]
            for line in (folder / "source.vocab").read_text().splitlines()
            if not line.startswith("<")
        ]
        # As many entries as an OPUS-MT model has: the last layer is a large part of the work.
        names = ["</s>", "<unk>", *pieces]
        names += [f"▁x{i}" for i in range(58_100 - len(names))] + ["<pad>"]
        (folder / "vocab.json").write_text(json.dumps({name: i for i, name in enumerate(names)}))
        tokenizer = MarianTokenizer(
            str(spm), str(spm), str(folder / "vocab.json"), model_max_length=512
        )
        config = MarianConfig(
            vocab_size=len(names), max_position_embeddings=512, encoder_layers=6, decoder_layers=6,
            encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=2048,
            decoder_ffn_dim=2048, d_model=512, pad_token_id=len(names) - 1, eos_token_id=0,
            forced_eos_token_id=0, decoder_start_token_id=len(names) - 1, scale_embedding=True,
            activation_function="swish",
        )  # fmt: skip
        torch.manual_seed(seed)
        model = MarianMTModel(config)
        model.generation_config.num_beams = 1
        model.generation_config.max_length = None  # `max_new_tokens` is given
        # The end comes after exactly this many tokens.
        model.generation_config.min_new_tokens = OUTPUT_TOKENS
        model.final_logits_bias[0, config.eos_token_id] = 1e4
        # Only parts of words, so that both directions have about as many tokens.
        model.final_logits_bias[0, 2 + len(pieces) :] = -1e4
        tokenizer.save_pretrained(folder)
        model.save_pretrained(folder)
    return [str(folder) for folder in folders]


def batches(rows: Sequence[Sequence[int]], budget: int) -> list[list[int]]:
    """Rows sorted by length, in batches of at most ``budget`` padded tokens."""
    result: list[list[int]] = []
    for i in sorted(range(len(rows)), key=lambda i: -len(rows[i])):
        if result and (len(result[-1]) + 1) * len(rows[result[-1][0]]) <= budget:
            result[-1].append(i)
        else:
            result.append([i])
    return result


def padded(rows: Sequence[Sequence[int]], padding: int, device: Any) -> tuple[Any, Any]:
    """Ids and attention mask as tensors."""
    import torch

    longest = max(map(len, rows))
    ids = torch.tensor([[*row, *[padding] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids.to(device), mask.to(device)
