"""`emrs init`: what it writes, what it refuses, and which commands it says; `tests/engine/test_init.py` runs the projects."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.cli.init import init
from pulumi_emr_serverless.cli.new_project import project_name
from pulumi_emr_serverless.definitions.files import check_definition

app = typer.Typer()
app.command()(init)

SCRIPT = """#!/bin/sh
APP_ID=00f1abcd2efgh30h
DAYS='7 or so'
DB_PASSWORD=hunter2
aws emr-serverless start-job-run --application-id $APP_ID --execution-role-arn "$ROLE_ARN" --name nightly-etl \\
  --execution-timeout-minutes $TIMEOUT --job-driver "{\\"sparkSubmit\\": {\\"entryPoint\\": \\"s3://$BUCKET/etl.py\\",
  \\"entryPointArguments\\": [\\"--days\\", \\"$DAYS\\", \\"--password\\", \\"$DB_PASSWORD\\"]}}"
"""


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a machine where Pulumi was never used."""
    (tmp_path / "etl").mkdir()
    monkeypatch.chdir(tmp_path / "etl")
    for name in ("PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def document(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def text(path: str) -> str:
    return Path(path).read_text("utf-8")


def test_an_empty_folder_becomes_a_project() -> None:
    """Everything that Pulumi wants, and nothing to fill in before the emulator takes it."""
    result = run()
    assert result.exit_code == 0
    assert sorted(each.name for each in Path().iterdir()) == [
        ".gitignore", "Pulumi.local.yaml", "Pulumi.yaml", "__main__.py", "requirements.txt"
    ]  # fmt: skip
    project = yaml.safe_load(text("Pulumi.yaml"))
    assert project["name"] == "etl"
    assert set(project["config"]) == {"applicationId", "executionRoleArn"}
    local = yaml.safe_load(text("Pulumi.local.yaml"))["config"]
    assert {key for key in local if key.startswith("etl:")} == {"etl:applicationId", "etl:executionRoleArn"}
    assert set(local["aws:endpoints"][0].values()) == {"http://127.0.0.1:4577"}
    ast.parse(text("__main__.py"))
    assert text(".gitignore") == ".venv/\n__pycache__/\n"


def test_the_commands_that_come_next() -> None:
    """They are typed as they stand: each in the order in which it works."""
    assert document("jobs/nightly run", "--name", "nightly") == {
        "files": ["Pulumi.yaml", "Pulumi.local.yaml", "__main__.py", "requirements.txt", ".gitignore"],
        "first": ["cd 'jobs/nightly run'", "pulumi install", "pulumi login --local"],
        "emulator": "emrs local",
        "local": ["pulumi stack init local", "pulumi up"],
        "aws": [
            "pulumi stack init dev",
            "pulumi config set aws:region <region, like eu-west-1>",
            "pulumi config set applicationId <applicationId>",
            "pulumi config set executionRoleArn <executionRoleArn>",
            "pulumi up",
        ],
    }
    shown = run("shown").stdout
    for said in ("Written: Pulumi.yaml, ", "while `emrs local` runs in another terminal", "On AWS:"):
        assert said in shown
    assert max(len(line) for line in shown.splitlines() if line.startswith("  ")) <= 80


@pytest.mark.parametrize(
    "environment", [{"PULUMI_BACKEND_URL": "file://~"}, {"PULUMI_ACCESS_TOKEN": "pul-1"}, {"credentials": "yes"}]
)
def test_who_is_logged_in_need_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """`pulumi login --local` would take a team's project away from where its states are."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if "credentials" in environment:
        (tmp_path / "pulumi").mkdir()
        (tmp_path / "pulumi" / "credentials.json").write_text('{"current": "https://api.pulumi.com"}')
    assert "pulumi login --local" not in document()["first"]


def test_a_pasted_command_becomes_the_program() -> None:
    """What the script sets is known, what it does not is asked for, and what sounds secret is not written anywhere."""
    Path("run.sh").write_text(SCRIPT)
    steps = document("--from", "run.sh")
    assert "pulumi config set --secret dbPassword <dbPassword>" in steps["local"]
    assert "pulumi config set timeout <timeout>" in steps["local"]
    assert not [each for each in steps["local"] if "appId" in each or "days" in each or "roleArn" in each]
    assert "pulumi config set appId 00f1abcd2efgh30h" in steps["aws"]
    assert "pulumi config set days '7 or so'" in steps["aws"]
    local = yaml.safe_load(text("Pulumi.local.yaml"))["config"]
    assert local["etl:appId"] == "00emrslocalspark"
    assert local["etl:roleArn"].startswith("arn:aws:iam::123456789012:role/")
    assert local["etl:days"] == "7 or so"
    described = yaml.safe_load(text("Pulumi.yaml"))["config"]
    assert described["appId"]["description"] == "APP_ID of run.sh: line 2 sets it to 00f1abcd2efgh30h"
    assert described["bucket"]["description"] == "BUCKET of run.sh"
    assert 'timeout = config.require_int("timeout")' in text("__main__.py")
    written = [text(str(each)) for each in Path().iterdir() if each.name != "run.sh"]
    assert not [each for each in written if "hunter2" in each]


def test_a_pasted_command_becomes_a_definition() -> None:
    """The same command as a file that the AWS CLI takes too, once its placeholders are filled in."""
    Path("run.sh").write_text(SCRIPT)
    document("--from", "run.sh", "--jobs")
    variables = {"APP_ID": "00a", "ROLE_ARN": "arn:aws:iam::123456789012:role/r", "TIMEOUT": 60, "BUCKET": "b"}
    definition, problems = check_definition("jobs/nightly-etl.yaml", {**variables, "DAYS": "7", "DB_PASSWORD": "x"})
    assert definition is not None
    assert problems == []
    assert definition.properties["executionTimeoutMinutes"] == 60
    program = text("__main__.py")
    ast.parse(program)
    assert '"TIMEOUT": config.require_int("timeout"),' in program
    assert "application_id=" not in program, "the file says it"


def test_what_a_command_leaves_out_is_configuration() -> None:
    """A command in a README often names no application; a run needs one."""
    Path("run.sh").write_text("aws emr-serverless start-job-run --job-driver sparkSubmit={entryPoint=s3://b/e.py}\n")
    for flags in ((), ("--jobs",)):
        folder = "-".join(("x", *flags))
        steps = document(folder, "--from", "run.sh", *flags)
        assert steps["aws"][2:4] == [
            "pulumi config set applicationId <applicationId>",
            "pulumi config set executionRoleArn <executionRoleArn>",
        ]
        assert 'config.require("applicationId")' in text(f"{folder}/__main__.py")


def test_an_application_that_the_command_names_is_one_of_the_emulator() -> None:
    """Else the first `pulumi up` fails: the emulator has other applications."""
    Path("run.sh").write_text(
        "aws emr-serverless start-job-run --application-id 00mine --execution-role-arn arn:aws:iam::123456789012:role/r"
    )
    assert document("--from", "run.sh")["emulator"] == "emrs local --application 00mine"


@pytest.mark.parametrize(
    "there", ["Pulumi.yaml", "Pulumi.local.yaml", "__main__.py", "requirements.txt", "jobs/pi.yaml"]
)
def test_nothing_is_overwritten(there: str) -> None:
    """Not one file, and then no other is written either."""
    Path("jobs").mkdir()
    Path(there).write_text("mine")
    result = run("--jobs")
    assert result.exit_code == 2
    assert f"{there}: there already; nothing was written" in " ".join(result.stderr.replace("│", " ").split())
    assert text(there) == "mine"
    assert sorted(str(each) for each in Path().rglob("*") if each.is_file()) == [there]


def test_a_gitignore_stays_and_the_rest_is_written() -> None:
    """A new repository often has one already."""
    Path(".gitignore").write_text("*.log\n")
    result = run()
    assert result.exit_code == 0
    assert text(".gitignore") == "*.log\n"
    assert "it should have: .venv/ __pycache__/" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--name", "a b"], 2, "'a b': Pulumi takes"),
        (["--number", "1"], 2, "is about a command given with --from"),
        (["--from", "nosuch.sh"], 2, "nosuch.sh: No such file or directory"),
        (["file/below"], 2, "Not a directory"),
    ],
    ids=["a name that Pulumi refuses", "a number of nothing", "no such script", "a file in the way"],
)
def test_a_wrong_command_writes_nothing(arguments: list[str], code: int, words: str) -> None:
    """One sentence, and an empty folder."""
    Path("file").write_text("")
    result = run(*arguments)
    assert result.exit_code == code
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert [each.name for each in Path().iterdir()] == ["file"]


def test_a_command_that_breaks_a_rule_is_not_used() -> None:
    """The project would not get past its first preview."""
    Path("run.sh").write_text("aws emr-serverless start-job-run --execution-timeout-minutes 20000 --name x")
    result = run("--from", "run.sh")
    assert result.exit_code == 1
    assert "problem: executionTimeoutMinutes: 20000 must be" in result.stderr
    assert [each.name for each in Path().iterdir()] == ["run.sh"]


@pytest.mark.parametrize(
    ("direct", "requirement"),
    [
        (None, f"pulumi-emr-serverless~={__version__}"),
        ({"url": "file:///src/emrs", "dir_info": {"editable": True}}, "pulumi-emr-serverless @ file:///src/emrs"),
        (
            {"url": "https://host/repo.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}},
            "pulumi-emr-serverless @ git+https://host/repo.git@abc",
        ),
    ],
    ids=["an index", "a clone", "a repository"],
)
def test_the_project_gets_the_package_from_where_it_is_from(
    monkeypatch: pytest.MonkeyPatch, direct: dict[str, Any] | None, requirement: str
) -> None:
    """It is in no index yet: a bare name in requirements.txt would not be found."""
    installed = SimpleNamespace(read_text=lambda _: None if direct is None else json.dumps(direct))
    monkeypatch.setattr(sys.modules[init.__module__], "distribution", lambda _: installed)
    document()
    assert text("requirements.txt") == f"{requirement}\n"


def test_a_virtualenv_of_the_project_is_the_one_that_it_runs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made and activated before `emrs init`: then there is nothing to install."""
    Path("env").mkdir()
    monkeypatch.setattr(sys, "prefix", str(Path("env").resolve()))
    assert document()["first"] == ["pulumi login --local"]
    assert yaml.safe_load(text("Pulumi.yaml"))["runtime"]["options"]["virtualenv"] == "env"
    assert text(".gitignore").startswith("env/\n")


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("etl", "etl"),
        ("my jobs", "my-jobs"),
        ("día.2", "d-a.2"),
        ("...", "emr-serverless-jobs"),
        ("a" * 200, "a" * 100),
    ],
)
def test_a_project_is_named_after_its_folder(folder: str, name: str) -> None:
    """As far as Pulumi takes the name."""
    assert project_name(folder) == name
