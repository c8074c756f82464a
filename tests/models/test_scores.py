"""Surprisal by causal and masked language models."""

import pytest
from support.augmenters import tiny_bert

import textaug
from textaug import (
    Example,
)
from textaug.models import scores as scoring
from textaug.models.loading import ModelSpec


def test_a_causal_model_judges_the_first_word_too(tmp_path):
    from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

    letters = {letter: i for i, letter in enumerate("Ġabcdefgh")}
    tokenizer = GPT2Tokenizer(vocab=letters | {"<|endoftext|>": 9}, merges=[], model_max_length=16)
    config = GPT2Config(
        vocab_size=10, n_layer=1, n_head=2, n_embd=8, n_positions=16, bos_token_id=9, eos_token_id=9
    )
    GPT2LMHeadModel(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    word, other, long = (Example((text,)) for text in ("a", "b", "ab" * 50))
    one, two, three = scoring.surprisals([word, other, long], ModelSpec(str(tmp_path)), causal=True)
    assert 0 < one != two > 0 and three > 5 * one, "long: 15 pieces that fit, all of one word"
    assert scoring.surprisals([Example(())], ModelSpec(str(tmp_path)), causal=True) == [0.0]


def test_surprise_by_a_masked_model_is_what_it_says():
    """Each word masked in turn, by hand."""
    import torch

    example = Example(("prices", "fell"))
    model, tokenizer = textaug.models.loading.load("AutoModelForMaskedLM", tiny_bert())
    ids = tokenizer("prices fell", return_tensors="pt")["input_ids"]
    total = 0.0
    for at in (1, 2):
        masked = ids.clone()
        masked[0, at] = tokenizer.mask_token_id
        with torch.inference_mode():
            total += model(masked).logits[0, at].log_softmax(-1)[ids[0, at]].item()
    (found,) = scoring.surprisals([example], ModelSpec(tiny_bert()))
    assert found == pytest.approx(-total / 2, rel=1e-4)
