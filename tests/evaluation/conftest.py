"""What the tests of self-training share."""

import pytest


@pytest.fixture
def small_teachers(tmp_path, monkeypatch):
    """Teachers that train in a moment, kept in a folder of the test."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HOME", str(tmp_path))
    monkeypatch.setattr("textaug.models.teachers.STEPS_LEAST", 60)
    monkeypatch.setattr("textaug.models.word_head.WIDTH", 32)
