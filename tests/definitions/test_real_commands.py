"""No imported command changes its meaning silently: held against what the AWS CLI sends when it is run for real."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from declaring import declared
from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.definitions.files import load_definition
from pulumi_emr_serverless.request import changed_members, start_job_run_input
from real_commands import Case, RefusedError, cases, request_of

CASES = cases(Path(__file__).parents[1] / "corpus" / "real")
READ = [case for case in CASES if "refused" not in case.said]
REFUSED = [case for case in CASES if "refused" in case.said]


def name_of(case: Case) -> str:
    return case.file.name


def imported(file: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["import-command", str(file), *options])


def requested(definition: dict[str, Any], variables: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The request of an imported definition, with its variables filled in."""
    file = folder / "imported.json"
    file.write_text(json.dumps(definition), encoding="utf-8")
    request = start_job_run_input(load_definition(file, variables or None).properties)
    request.pop("clientToken", None)
    return request


def expected(case: Case, folder: Path) -> dict[str, Any]:
    if "request" in case.said:
        request: dict[str, Any] = case.said["request"]
        return request
    calls = case.calls(folder)
    assert len(calls) == 1, f"{case.file.name} starts {len(calls)} runs"
    return request_of(calls[0], folder)


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_an_imported_command_asks_for_what_the_aws_cli_sends(case: Case, tmp_path: Path) -> None:
    """The same request, or one that says in a note what is not in it."""
    file = case.laid_out(tmp_path)
    result = imported(file, "--json")
    assert result.exit_code == 0, result.output or result.exception
    found = json.loads(result.stdout)
    variables = {name: case.said["variables"][name] for name in found["placeholders"]}
    assert requested(found["definition"], variables, tmp_path) == expected(case, tmp_path), case.said["why"]
    told = "\n".join(found["notes"])
    for note in case.said.get("notes", []):
        assert note in told
    assert sorted(found["placeholders"].values()) == sorted(case.said.get("sources", found["placeholders"].values()))
    said = imported(file).stderr
    for name, kind in case.said.get("kinds", {}).items():
        assert any(kind in line for line in said.splitlines() if line.startswith(f"placeholder ${{{name}}}"))


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_the_text_says_what_the_suffix_says(case: Case, tmp_path: Path) -> None:
    """A command is pasted without a name as often as it is read from a file."""
    folder = case.laid_out(tmp_path).parent
    bare = folder / "pasted"
    bare.write_bytes(case.file.read_bytes())
    assert (
        json.loads(imported(bare, "--json").stdout)["definition"]
        == json.loads(imported(folder / case.file.name, "--json").stdout)["definition"]
    )


@pytest.mark.parametrize("case", READ, ids=name_of)
def test_the_program_says_what_the_definition_says(case: Case, tmp_path: Path) -> None:
    """spark_submit quotes; what is text in a definition must not become one word of it."""
    file = case.laid_out(tmp_path)
    program = tmp_path / "__main__.py"
    program.write_text(imported(file, "--python").stdout, encoding="utf-8")
    definition = json.loads(imported(file, "--json").stdout)
    variables = {name: case.said["variables"][name] for name in definition["placeholders"]}
    wanted = requested(definition["definition"], variables, tmp_path)
    values = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in configured(program, variables)
    }
    (job,) = declared(program, values).jobs().values()
    job.pop("clientToken", None)
    assert (changed_members(job, wanted), job.get("tags")) == ([], wanted.get("tags"))


def configured(program: Path, variables: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The configuration that the program asks for: the values of the placeholders, under its own keys."""
    keys = re.findall(r'config\.require\w*\("(\w+)"\)', program.read_text("utf-8"))
    assert len(keys) == len(variables)
    return zip(keys, variables.values(), strict=True)


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_no_definition_can_say_is_refused_by_name(case: Case, tmp_path: Path) -> None:
    """One sentence that says where and what; the AWS CLI, where it could be asked, refuses the same."""
    file = case.laid_out(tmp_path)
    result = imported(file)
    assert (result.exit_code, result.stdout) == (1, "")
    for part in case.said["refused"]:
        assert part in str(result.exception), case.said["why"]
    if "fails_in" in case.said:
        case.said["ran_by"] = case.said["fails_in"]
        with pytest.raises(RefusedError):
            request_of(case.calls(tmp_path)[0], tmp_path)
