"""The data set card of a run."""

import json

import pytest
from support.runs import content, loaded, run

from textaug.runs.card import without_folders


def test_the_card_says_how_it_was_made_and_runs_nothing(splits, tmp_path):
    run(splits, tmp_path / "out", source="<script>*x*", command="textaug augment x -o DIR")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "textaug augment x -o DIR" in card and "NoiseInjection(seed=3" in card
    assert card.startswith(
        "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n"
    )
    assert "<script>" not in card and "\\<script\\>" in card
    made = sum(json.loads((tmp_path / "out" / "manifest.json").read_text())["shards"][name]["rows"]
               for name in content(tmp_path / "out" / "data") if "train" in name)  # fmt: skip
    assert f"{made:,} rows, made from 60" in card
    assert f"Unchanged: `test` ({len(splits['test'])} rows)." in card
    run({"train": splits["train"]}, tmp_path / "alone")
    assert "Unchanged: " not in (tmp_path / "alone" / "README.md").read_text()


def test_a_folder_of_the_same_name_is_not_taken_from_the_cache(splits, tmp_path):
    for parent, copies in (("a", 1), ("b", 2)):
        made = run(splits, tmp_path / parent / "out", copies=copies)
        rows = sum(shard.rows for name, shard in made.items() if name.startswith("train"))
        assert len(loaded(tmp_path / parent / "out")["train"]) == rows


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("masked-lm:model=/home/ann/my bert,p=0.1", "masked-lm:model=…/my bert,p=0.1"),
        ("noise+masked-lm:model=/a/b|case", "noise+masked-lm:model=…/b|case"),
        ("llm:model=org/lm,cache=/tmp/x/", "llm:model=org/lm,cache=…/x/"),
        ("MaskedLM(model='/c++/d,e/bert', p=0.1)", "MaskedLM(model='…/bert', p=0.1)"),
        ("Teacher(model='/bert')", "Teacher(model='…/bert')"),
        ("noise:operations=['drop'],p=1/2", "noise:operations=['drop'],p=1/2"),
    ],
)
def test_absolute_paths_are_cut(text, shown):
    assert without_folders(text) == shown
