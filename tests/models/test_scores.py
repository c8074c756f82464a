"""Surprisal by causal and masked language models."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from support.augmenters import tiny_bert

from textaug import Example
from textaug.models import scores as scoring
from textaug.models.loading import ModelSpec, load
from textaug.models.masked_lm import logits_at, states_at


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
    model, tokenizer = load("AutoModelForMaskedLM", tiny_bert())
    ids = tokenizer("prices fell", return_tensors="pt")["input_ids"]
    total = 0.0
    for at in (1, 2):
        masked = ids.clone()
        masked[0, at] = tokenizer.mask_token_id
        with torch.inference_mode():
            total += model(masked).logits[0, at].log_softmax(-1)[ids[0, at]].item()
    (found,) = scoring.surprisals([example], ModelSpec(tiny_bert()))
    assert found == pytest.approx(-total / 2, rel=1e-4)


def test_states_times_the_vocabulary_are_the_logits_also_from_several_threads():
    model, tokenizer = load("AutoModelForMaskedLM", ModelSpec("offline"))
    inputs = tokenizer(
        ["The old man slept.", "Oil prices fell."], padding=True, return_tensors="pt"
    )
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    positions = [(0, 2), (1, 1), (1, 3)]
    logits = logits_at(model, ids, mask, positions)
    head = model.get_output_embeddings()

    def both(_):
        states = states_at(model, ids, mask, positions)
        return states @ head.weight.T + head.bias, logits_at(model, ids, mask, positions)

    with ThreadPoolExecutor(4) as threads:
        for of_states, again in threads.map(both, range(20)):
            torch.testing.assert_close(of_states, logits, rtol=1e-4, atol=1e-4)
            torch.testing.assert_close(again, logits)
