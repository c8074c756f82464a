"""Universal Dependencies."""

import logging

import pytest
from support.files import text_file

from textaug.io.errors import SourceError
from textaug.io.read import read

DU = """# sent_id = a-1
# text = Il vient du nord
1\tIl\til\tPRON\t_\tNumber=Sing\t2\tnsubj\t_\t_
2\tvient\tvenir\tVERB\t_\t_\t0\troot\t_\t_
3-4\tdu\t_\t_\t_\t_\t_\t_\t_\t_
3\tde\tde\tADP\t_\t_\t5\tcase\t_\t_
4\tle\tle\tDET\t_\t_\t5\tdet\t_\t_
5\tnord\tnord\tNOUN\t_\t_\t2\tobl\t_\tSpaceAfter=No
5.1\tvient\tvenir\tVERB\t_\t_\t_\t_\t_\t_

1\t_\t_\tSYM\t_\t_\t0\troot\t_\t_
"""


@pytest.mark.parametrize("content", [DU, "\ufeff" + DU.replace("\n", "\r\n"), DU.rstrip()])
def test_words_ranges_and_empty_nodes(content, tmp_path, caplog):
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(text_file(tmp_path / "a.conllu", content))["train"]
    assert data["tokens"][:] == [["Il", "vient", "de", "le", "nord"], ["_"]]
    assert data["head"][:] == [[2, 0, 5, 5, 2], [0]]
    assert data["lemma"][1] == ["_"] and data["feats"][0][:2] == ["Number=Sing", None]
    assert data["sent_id"][:] == ["a-1", None] and data["deprel"][1] == ["root"]
    assert "1 lines of multi-word tokens" in caplog.text and "1 empty nodes" in caplog.text
    assert "1 comments" in caplog.text and "1 values of MISC (SpaceAfter)" in caplog.text


def test_values_that_are_left_out_are_named(tmp_path, caplog):
    line = "1\tAnn\tAnn\tPROPN\t_\t_\t0\troot\t0:root\tNE=B-PER|SpaceAfter=No\n"
    with caplog.at_level(logging.WARNING, logger="textaug"):
        read(text_file(tmp_path / "a.conllu", line))
    assert "1 values of DEPS, 1 values of MISC (NE, SpaceAfter)" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING, logger="textaug"):
        read(text_file(tmp_path / "b.conllu", "1\tAnn\t_\t_\t_\t_\t0\troot\t_\t_\n"))
    assert not caplog.text


def test_words_may_hold_blanks(tmp_path):
    line = "1\t20 000\t20 000\tNUM\t_\t_\t0\troot\t_\t_\n"
    assert read(text_file(tmp_path / "a.conllu", line))["train"]["tokens"][:] == [["20 000"]]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 Ann", r"a\.conllu, line 1: 1 columns separated by tabs; CoNLL-U has 10"),
        ("2\ta\t_\t_\t_\t_\t0\troot\t_\t_", "word '2' where 1 is expected"),
        ("1\ta\t_\t_\t_\t_\tx\troot\t_\t_", "the head 'x' is not a number"),
        ("1\ta\t_\t_\t_\t_\t2\troot\t_\t_", "word 1 has head 2, but there are 1 words"),
        ("", "holds no rows"),
    ],
)
def test_damaged_lines_are_named(line, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(text_file(tmp_path / "a.conllu", line + "\n"))
