"""The projects that `emrs init` writes, on the real engine, as a new user types the commands that it says."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.harness import Stack, environment
from pulumi_emr_serverless.emulator.server import Server

SCRIPT = """
aws emr-serverless start-job-run --application-id "$APP_ID" --execution-role-arn "$ROLE" --name nightly \\
  --execution-timeout-minutes "$TIMEOUT" --job-driver "sparkSubmit={entryPoint=s3://acme/etl.py}"
"""


@pytest.mark.parametrize(
    ("arguments", "name", "minutes"),
    [
        pytest.param([], "pi", 30, id="a program"),
        pytest.param(["--jobs"], "pi", 30, id="a folder of definitions"),
        pytest.param(["--from", "run.sh"], "nightly", 45, id="a program of a pasted command"),
        pytest.param(["--from", "run.sh", "--jobs"], "nightly", 45, id="a definition of a pasted command"),
    ],
)
def test_a_new_project_is_up_with_the_commands_that_init_says(
    *, tmp_path: Path, engine: Path, emulator: Server, arguments: Sequence[str], name: str | None, minutes: int
) -> None:
    """From an empty folder to a run, and no change at the second look."""
    emulator.control.set_fate()
    folder = tmp_path / "etl"
    folder.mkdir()
    stack = Stack(folder, engine, emulator, environment(tmp_path, engine, emulator))
    (folder / "run.sh").write_text(SCRIPT)
    steps = json.loads(stack.emrs("init", "--json", *arguments).output)
    # `pulumi install` makes it from requirements.txt, with what an index has; here are the same packages.
    assert steps["first"] == ["pulumi install"]
    (folder / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    local = folder / "Pulumi.local.yaml"
    local.write_text(local.read_text().replace("http://127.0.0.1:4577", emulator.endpoint))
    for command in steps["local"]:
        program, *words = shlex.split(command.replace("<timeout>", "45"))
        assert program == "pulumi"
        if words == ["up"]:
            stack.up()
            stack.up("--expect-no-changes")
        else:
            stack.pulumi(*words)
    (run,) = stack.runs()
    assert (run.request.get("name"), run.request["executionTimeoutMinutes"]) == (name, minutes)
    assert run.job_run_id in stack.emrs("describe").output
