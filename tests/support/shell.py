"""Commands as one types them."""

from typer.testing import CliRunner

from textaug.cli.app import app


def shell(*words):
    """Run ``textaug`` with these words, in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
