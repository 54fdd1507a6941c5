"""The native form on the real engine, from YAML programs: the promises of the dynamic one, and what only this one can."""

from __future__ import annotations

import compileall
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
import yaml

from engine.every_member import BATCH_REQUEST
from engine.harness import APPLICATION, ROLE, YamlStack, new_stack
from engine.plants import BASES, BATCH, job_with_all_secrets, jobs_with_secret_keys
from engine.test_secrets import assert_encrypted, files, leaks, repeated
from engine.yaml_program import PLUGIN, job, with_secrets, yaml_program
from model_members import model_paths, paths_in, start_job_run
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.persisted import NATIVE_JOB_TYPE, NATIVE_LAUNCH_TOKEN_TYPE, NATIVE_RUN_TYPE

EXAMPLE = Path(__file__).parents[2] / "examples" / "yaml-quickstart"
RUN = f"urn:pulumi:dev::test::{NATIVE_JOB_TYPE}${NATIVE_RUN_TYPE}::nightly"


@pytest.fixture
def stack(tmp_path: Path, engine: Path, emulator: Server) -> Iterator[YamlStack]:
    """A stack with one job run, of a YAML program, that is not up yet."""
    made = cast(
        "YamlStack", new_stack(tmp_path / "yaml", engine, emulator, yaml_program({"nightly": job()}), YamlStack)
    )
    yield made
    made.end()


def assert_settled(stack: YamlStack, runs: int) -> None:
    """So many runs in all, the newest alive and in the state, and nothing left to do."""
    assert len(stack.runs()) == runs
    assert stack.alive() == [stack.run_id()] == [stack.runs()[-1].job_run_id]
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == runs


def test_a_run_and_its_changes(stack: YamlStack) -> None:
    """Reviewed, started once, tagged where it is, replaced when it is another: as a Python program has it."""
    assert "nightly" in stack.preview().output
    assert not stack.runs()
    stack.up()
    assert_settled(stack, 1)
    plan = stack.preview("--diff", text=yaml_program({"nightly": job(tags={"team": "data"})})).output
    assert '+ team: "data"' in plan
    stack.up()
    assert [run.tags["team"] for run in stack.runs()] == ["data"]
    stack.up(text=yaml_program({"nightly": job(("--day", "2026-01-02"))}))
    assert [run.request["jobDriver"]["sparkSubmit"]["entryPointArguments"][1] for run in stack.runs()] == [
        "2026-01-01",
        "2026-01-02",
    ]
    assert_settled(stack, 2)


def test_a_run_is_asked_for_again_and_ended(stack: YamlStack) -> None:
    """`--replace` and taint start one run each, a refresh and a rename none, and destroy leaves nothing alive."""
    stack.up()
    stack.up("--replace", "**nightly")
    stack.pulumi("state", "taint", RUN)
    stack.up()
    assert_settled(stack, 3)
    stack.refresh()
    (kept,) = stack.jobs()
    assert kept["outputs"]["observed"]["state"] == "RUNNING"
    alias = {"aliases": [f"urn:pulumi:dev::test::{NATIVE_JOB_TYPE}::nightly"]}
    stack.up("--expect-no-changes", text=yaml_program({"renamed": job()}, alias))
    stack.destroy()
    assert stack.alive() == []
    assert len(stack.runs()) == 3


def test_what_is_wrong_is_said_in_the_preview(stack: YamlStack) -> None:
    """Each wrong value with its path; a run without a launch token, and an option that cannot be. No traceback."""
    wrong = job(applicationId="My App", executionTimeoutMinutes=-3)
    for resource, options, wanted in (
        (NATIVE_JOB_TYPE, {}, "applicationId: 'My App' must be 1 to 64 lower-case letters"),
        (NATIVE_RUN_TYPE, {}, "launchToken: is missing. Declare an emr-serverless:JobRun"),
        (NATIVE_JOB_TYPE, {"retainOnDelete": True}, "nightly: retainOnDelete is not possible for a JobRun"),
    ):
        only = {"nightly": {"type": resource, "properties": wrong, "options": options}}
        shown = stack.preview(text=yaml_program({}, resources=only), expect=1).output
        assert wanted in shown
        assert ("executionTimeoutMinutes: -3 must be" in shown) != bool(options)
        assert not {"Traceback", 'File "'} & set(shown.split())
    assert not stack.runs()


KILLS: list[Any] = [
    pytest.param("StartJobRun.answered", "provider", (), 1, id="after the first start"),
    pytest.param("StartJobRun.answered", "engine", (), 1, id="the engine, after the first start"),
    pytest.param("StartJobRun.answered", "provider", ("--replace", "**nightly"), 2, id="in a replacement"),
]


@pytest.mark.parametrize(("at", "victim", "arguments", "runs"), KILLS)
def test_killed(stack: YamlStack, at: str, victim: str, arguments: tuple[str, ...], runs: int) -> None:
    """The launch token is in a checkpoint before the run is started, so the retry finds the run that there is."""
    if arguments:
        stack.up()
    stack.killed_up(at, *arguments, victim=victim)
    if victim == "engine":
        stack.wait_for_plugins_to_end()
        stack.unlock()
    stack.up(*arguments)
    assert_settled(stack, runs)


def test_every_member_arrives_as_from_a_python_program(stack: YamlStack) -> None:
    """All of StartJobRun: the request is, member by member, that of the dynamic form's test."""
    stack.up(text=yaml_program({name: base for name, base in BASES.items() if name != "elsewhere"}))
    (run,) = [run for run in stack.runs() if run.request.get("name") == BATCH["name"]]
    sent = {name: value for name, value in run.request.items() if name not in ("applicationId", "clientToken", "tags")}
    assert sent == {name: value for name, value in BATCH_REQUEST.items() if name != "clientToken"}
    arrived = {path for one in stack.runs() for path in paths_in(one.request, start_job_run())}
    assert arrived == set(model_paths(start_job_run()))
    stack.up("--expect-no-changes")


def test_no_command_shows_a_secret(stack: YamlStack, emulator: Server) -> None:
    """Each input, secret where it stands: in state, plans and messages alike, also in AWS's words."""
    jobs = [*(job_with_all_secrets(base, emulator.endpoint) for base in BASES), *jobs_with_secret_keys()]
    text = yaml_program(
        {one.name: with_secrets(one.inputs, one.secrets) for one in jobs}, outputs=("arn", "logs", "tags")
    )
    written = {
        "preview": stack.preview("--diff", text=text).output,
        "up": stack.up("--diff").output,
    }
    for run in stack.runs():
        emulator.control.settle(run.job_run_id, "FAILED", repeated(run.request))
    written |= {"refresh": stack.refresh("--diff").output, "describe": stack.emrs("describe").everything}
    assert_encrypted(stack, jobs)
    written["preview after it"] = stack.preview("--diff", "--expect-no-changes").output
    written["destroy"] = stack.destroy("--diff").output
    assert "\n".join(leaks(jobs, {**written, **files(stack)})) == ""


def test_an_imported_run_is_not_started_again(stack: YamlStack, emulator: Server) -> None:
    """A living run and one that has ended come into the state as they are, by themselves or as the run of a JobRun."""
    client = boto3.client(
        "emr-serverless",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    inputs = job(("--day", "today"), tags={"by": "hand"})
    ids = [client.start_job_run(**inputs, clientToken=f"by-hand-{number}")["jobRunId"] for number in range(2)]
    emulator.control.settle(ids[1], "SUCCESS")
    stack.write(yaml_program({}))
    once = ("import", NATIVE_RUN_TYPE, "alone", f"{APPLICATION}/{ids[0]}", "--yes", "--protect=false")
    stack.pulumi(*once, "--out", "alone.yaml")
    whole = [
        {"type": NATIVE_JOB_TYPE, "name": "job", "logicalName": "nightly", "component": True},
        {"type": NATIVE_RUN_TYPE, "name": "nightly", "id": f"{APPLICATION}/{ids[1]}", "parent": "job"},
    ]
    (stack.folder / "whole.json").write_text(json.dumps({"resources": whole}))
    stack.pulumi("import", "--file", "whole.json", "--yes", "--protect=false", "--generate-code=false")
    alone = yaml.safe_load((stack.folder / "alone.yaml").read_text())["resources"]
    stack.up(text=yaml_program({"nightly": inputs}, resources=alone))
    stack.up("--expect-no-changes")
    assert [run.job_run_id for run in stack.runs()] == ids
    assert stack.alive() == ids[:1]


def test_an_explicit_provider_and_ignored_changes(stack: YamlStack) -> None:
    """What a dynamic provider is never told: another provider's configuration, and what is to be left as it is."""
    other = {
        "other": {
            "type": "pulumi:providers:emr-serverless",
            "properties": {"region": "us-east-1", "defaultTags": {"tags": {"owner": "me"}}},
        }
    }
    stack.env["AWS_REGION"] = "eu-west-1"
    options = {"provider": "${other}", "ignoreChanges": ["executionTimeoutMinutes"]}
    stack.up(text=yaml_program({"nightly": job()}, options, other))
    (run,) = stack.runs()
    assert run.region == "us-east-1"  # the provider's
    assert run.tags["owner"] == "me"
    parts = [one for one in stack.state()["resources"] if one["type"] in (NATIVE_RUN_TYPE, NATIVE_LAUNCH_TOKEN_TYPE)]
    assert ["::other::" in one["provider"] for one in parts] == [True, True]
    stack.up("--expect-no-changes", text=yaml_program({"nightly": job(executionTimeoutMinutes=90)}, options, other))
    assert len(stack.runs()) == 1


def test_the_example_runs(stack: YamlStack) -> None:
    """`examples/yaml-quickstart` as it stands, but for the place of the plugin; and a function shows its run.

    Configuration of pulumi-aws, which the plugin is not told, is warned of.
    """
    project = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text())
    asked = {"applicationId": APPLICATION, "jobRunId": "${pi.jobRunId}"}
    project["variables"] = {"seen": {"fn::invoke": {"function": "emr-serverless:getJobRun", "arguments": asked}}}
    project["outputs"]["seen"] = "${seen.jobRunId}"
    stack.write(json.dumps({**project, "name": "test", "plugins": PLUGIN}))
    stack.pulumi("config", "set", "applicationId", APPLICATION)
    stack.pulumi("config", "set", "executionRoleArn", ROLE)
    stack.pulumi("config", "set", "aws:profile", "work")
    assert "warning: aws:profile: Pulumi tells a plugin no configuration but its own" in stack.up().output
    assert_settled(stack, 1)
    assert stack.runs()[0].tags["team"] == "data"
    assert stack.pulumi("stack", "output", "seen").output.strip() == stack.run_id()


def test_pulumi_makes_an_sdk_of_the_schema(stack: YamlStack) -> None:
    """It checks the schema as a whole before. What it writes for Python is Python, with the types and the enumerations."""
    plugin = Path(sys.executable).with_name("pulumi-resource-emr-serverless")
    stack.pulumi("package", "gen-sdk", str(plugin), "--language", "python", "--out", "sdk")
    made = stack.folder / "sdk" / "python" / "pulumi_emr_serverless_sdk"
    assert compileall.compile_dir(made, quiet=1)
    text = "".join(file.read_text() for file in made.glob("*.py"))
    for wanted in (
        "class JobRun(pulumi.ComponentResource)",
        "class Mode(",
        "class SparkSubmitArgs",
        "def get_job_run(",
    ):
        assert wanted in text
