"""What the package shows, and what it costs to look at it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pulumi_emr_serverless

HEAVY = ("boto3", "botocore", "moto", "pydantic", "pulumi_aws")
INIT = Path(pulumi_emr_serverless.__file__)


def loaded_by(program: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after this program."""
    text = f"{program}\nimport sys\nprint('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].removeprefix("loaded:").split())


def test_every_export_is_there() -> None:
    """Names are imported when they are first used: a wrong entry would only fail in a user's program."""
    for name in pulumi_emr_serverless.__all__:
        assert getattr(pulumi_emr_serverless, name) is not None
    assert dir(pulumi_emr_serverless) == pulumi_emr_serverless.__all__


def test_exports_are_sorted_and_complete() -> None:
    """What loads a name, what type checkers see of it, and what is listed are three tables that could differ."""
    assert sorted(pulumi_emr_serverless.__all__) == sorted({*pulumi_emr_serverless._HOMES, "__version__"})
    seen_by_type_checkers = {
        (alias.name, str(node.module).partition(".")[2])
        for node in ast.walk(ast.parse(INIT.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("pulumi_emr_serverless.")
        for alias in node.names
    }
    homes = {*pulumi_emr_serverless._HOMES.items(), ("__version__", "_version")}
    assert seen_by_type_checkers == homes


def test_an_unknown_name_is_an_attribute_error() -> None:
    """`from pulumi_emr_serverless import JobRnu` must fail as in any other package."""
    with pytest.raises(AttributeError, match="JobRnu"):
        _ = pulumi_emr_serverless.JobRnu


@pytest.mark.parametrize(
    "program",
    [
        "import pulumi_emr_serverless",
        "import pulumi_emr_serverless; pulumi_emr_serverless.JobRun",
        (
            "import pulumi_emr_serverless as it\n"
            "[getattr(it, name) for name in it.__all__ if name not in ('Completion', 'total_billed')]"
        ),
        "from pulumi_emr_serverless import spark_submit; spark_submit('s3://b/x.py', executor_cores=4)",
    ],
)
def test_a_program_loads_nothing_heavy(program: str) -> None:
    """A program is started for every preview; what only the provider or the emulator needs would slow each of them."""
    assert loaded_by(program) == set()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["validate", "--help"], {"pydantic"}),  # typer itself imports it where it finds it
        (["local", "--help"], {"pydantic"}),
    ],
)
def test_the_command_answers_without_loading_anything_heavy(arguments: list[str], allowed: set[str]) -> None:
    """A shell's completion, a script's `emrs --version` and a reader of `--help` wait for it."""
    program = (
        f"import sys; sys.argv = ['emrs', *{arguments!r}]\n"
        "from pulumi_emr_serverless.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass"
    )
    assert loaded_by(program) <= allowed


def test_the_package_alone_does_not_load_pulumi() -> None:
    """The command needs the package and its version, not Pulumi's half second."""
    text = "import sys, pulumi_emr_serverless, pulumi_emr_serverless.cli; print('pulumi' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
