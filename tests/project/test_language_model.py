"""The recipe and the page about language models: what a reader types works."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.chat_server import KEY, ChatServer

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "language-model.md").read_text()


def test_the_recipe_runs_with_two_variables(tmp_path):
    pytest.importorskip("urllib3", reason="servers need the extra 'llm'")
    with ChatServer(key=KEY).serving() as server:
        names = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
        command = [sys.executable, "recipes/llm_rewrite.py", "--rows", "2", "--generate", "2"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **names, "HF_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stderr
    assert "As we have heard" in done.stdout.replace("»", "").replace("«", "")
    assert "Usage(calls=" in done.stdout and "New sentences" in done.stdout


def test_the_code_of_the_page_runs():
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "docs/language-model.md", "exec"), namespace := {})
    assert namespace["rewrite"]("yesterday they left the old house") == (
        "yesterday they went away from the old house"
    )


def test_the_page_names_every_style():
    from textaug.llm.prompts import STYLES

    assert all(f"`{style}`" in PAGE for style in STYLES)
