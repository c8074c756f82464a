"""``textaug preview`` and ``textaug convert``; ``report`` is tested in ``tests/evaluation``."""

from support.shell import shell


def test_what_cannot_be_converted(tmp_path, file):
    done = shell("convert", file, "-o", tmp_path / "a.xml")
    assert done.exit_code == 2 and "must end in .parquet, .jsonl, .csv, .conll" in done.output
    file.write_text('{"text": "Rome", "entities": []}\n')
    done = shell("convert", file, "-o", tmp_path / "a.csv")
    assert done.exit_code == 2 and "CSV cannot hold column 'tokens'" in done.output
    assert not (tmp_path / "a.csv").exists()


def test_convert_names_the_columns_that_are_left_out(tmp_path, file):
    row = '{"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"], "links": [[0, 1]], "id": 7}'
    file.write_text(row + "\n")
    done = shell("convert", file, "-o", tmp_path / "a.conll")
    assert done.exit_code == 0
    assert "left out columns links, id" in " ".join(done.output.split())


def test_preview(file, tmp_path):
    done = shell("preview", file, "--with", "mentions:p=1", "-n", 2, "--html", tmp_path / "p.html")
    assert done.exit_code == 0, done.output
    assert "[«" in done.output and "MentionReplacement" in done.output
    assert done.output.count("\n- ") + done.output.startswith("- ") == 2
    assert "<mark>" in (tmp_path / "p.html").read_text()


def test_the_default_policy_says_what_it_decided(file):
    done = shell("preview", file, "--with", "default", "-n", 1)
    assert done.exit_code == 0, done.output
    assert "default policy: 60 texts of" in done.output.replace("\n", " ")
    assert "default policy" not in shell("preview", file, "--with", "noise", "-n", 1).output
