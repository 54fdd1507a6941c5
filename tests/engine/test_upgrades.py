"""States that released versions have written: this version must work with each of them.

``tools/make_states.py`` writes them, once for each release.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from engine.harness import Stack
from model_members import model_paths, paths_in, start_job_run
from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.emulator.server import Server

STATES = Path(__file__).parents[1] / "states"
FOUND = sorted(file for file in STATES.glob("*/*.json") if not file.name.endswith(".made.json"))
SETTLED = [file for file in FOUND if not file.stem.startswith("pending")]
PENDING = [file for file in FOUND if file.stem.startswith("pending")]


def name_of(file: Path) -> str:
    return f"{file.parent.name}-{file.stem}"


def import_state(new: Callable[[str], Stack], emulator: Server, file: Path) -> Stack:
    """A stack in the state of that time, and an AWS that knows the runs of that time, under IDs of now."""
    made = json.loads(file.with_suffix(".made.json").read_text())
    text = file.read_text()
    for run in made["runs"]:
        text = text.replace(run["job_run_id"], start_as(emulator, run))
    stack = new(made["program"])
    (stack.folder / "then.json").write_text(text)
    stack.pulumi("stack", "import", "--file", "then.json")
    return stack


def start_as(emulator: Server, run: dict[str, Any]) -> str:
    client = boto3.client(
        "emr-serverless",
        endpoint_url=emulator.endpoint,
        region_name=run["region"],
        aws_access_key_id=run["account"],
        aws_secret_access_key="x",
    )
    started = client.start_job_run(**run["request"])
    client.tag_resource(resourceArn=started["arn"], tags=run["tags"])
    if run["state"] in ("SUCCESS", "FAILED", "CANCELLED"):
        emulator.control.settle(started["jobRunId"], run["state"])
    return str(started["jobRunId"])


def test_there_are_states() -> None:
    """A glob that finds nothing would pass every test of this module."""
    assert {file.stem for file in FOUND if file.parent.name == "0.1.0"} == {
        "secrets",
        "component",
        "alias",
        "each-member",
        "pending-replacement",
        "pending-create",
    }


def test_a_state_has_each_member() -> None:
    """A member that no old state has is one whose upgrade nobody tries. Released versions keep what they had."""
    made = json.loads((STATES / __version__ / "each-member.made.json").read_text())
    kept = {path for run in made["runs"] for path in paths_in(run["request"], start_job_run())}
    assert kept == set(model_paths(start_job_run()))


@pytest.mark.parametrize("file", SETTLED, ids=name_of)
def test_an_upgrade_starts_nothing(new: Callable[[str], Stack], emulator: Server, file: Path) -> None:
    """Whoever upgrades this package sees no change, starts no run, and can still refresh and destroy."""
    stack = import_state(new, emulator, file)
    before, alive = len(stack.runs()), set(stack.alive())
    assert alive
    stack.preview("--expect-no-changes")
    stack.refresh("--expect-no-changes")
    stack.up("--expect-no-changes")
    assert (len(stack.runs()), set(stack.alive())) == (before, alive)
    assert "hunter" not in stack.pulumi("stack", "export").output
    for run in stack.runs():
        if run.request.get("mode") == "STREAMING":
            emulator.control.settle(run.job_run_id, "SUCCESS")  # else the destroy waits for two minutes of grace
    retained = {job["outputs"]["jobRunId"] for job in stack.jobs() if job["inputs"].get("onDelete") == "retain"}
    stack.destroy()
    assert set(stack.alive()) == retained
    assert len(stack.runs()) == before


@pytest.mark.parametrize("file", PENDING, ids=name_of)
def test_an_upgrade_between_crash_and_retry(new: Callable[[str], Stack], emulator: Server, file: Path) -> None:
    """The crash came with the old version and the retry with this one: the run is found all the same."""
    stack = import_state(new, emulator, file)
    before, alive = len(stack.runs()), stack.alive()
    stack.up()
    assert len(stack.runs()) == before
    assert [stack.run_id()] == stack.alive() == alive
    stack.up("--expect-no-changes")
    stack.destroy()
    assert not stack.alive()
