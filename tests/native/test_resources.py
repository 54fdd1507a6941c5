"""What the native form adds to the verbs: previews, plans and imports, on plain bags against the emulator."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pulumi.runtime.proto import alias_pb2

from engineless import EnginelessStack, inputs
from pulumi_emr_serverless.native.component import OUTPUTS
from pulumi_emr_serverless.native.host import NativeHost
from pulumi_emr_serverless.native.plugin import _alias
from pulumi_emr_serverless.native.resources import LaunchTokens, Runs
from pulumi_emr_serverless.native.schema import schema
from pulumi_emr_serverless.persisted import JOB, LAUNCH_TOKEN, NATIVE_JOB_TYPE
from pulumi_emr_serverless.request import UNKNOWN
from pulumi_emr_serverless.verbs import Process

BESIDE = {JOB: "urn:pulumi:dev::test::emr-serverless:index:Run::nightly"}


@dataclass
class Listening(NativeHost):
    """A host whose engine is there, and which keeps what is said."""

    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__("")

    def say(self, line: str) -> None:
        self.said.append(line)

    warn = progress = say

    def require_engine(self) -> None:
        """It is there."""


@pytest.fixture
def process() -> Process:
    return Process(Listening())


def started(process: Process, **changes: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A run: its ID, its checked inputs and its outputs."""
    token = LaunchTokens(process).create(BESIDE, preview=False).outputs["value"]
    runs = Runs(process)
    checked = runs.check({}, {**inputs(**changes), LAUNCH_TOKEN: token, **BESIDE}).inputs
    made = runs.create(checked, preview=False)
    return made.id, checked, made.outputs


def test_a_preview_starts_nothing(stack: EnginelessStack, process: Process) -> None:
    """And what is not known yet says so, so that what depends on it is not taken for known."""
    runs = Runs(process)
    token = LaunchTokens(process).create(BESIDE, preview=True).outputs["value"]
    assert token is UNKNOWN
    checked = runs.check({}, {**inputs(), LAUNCH_TOKEN: token, **BESIDE})
    assert not checked.failures
    made = runs.create(checked.inputs, preview=True).outputs
    assert {name for name in OUTPUTS if made.get(name) is UNKNOWN} == {
        "jobRunId", "arn", "clientToken", "logs", "observed",
    }  # fmt: skip
    assert not stack.runs()


def test_an_update_in_a_preview_keeps_what_is_known(stack: EnginelessStack, process: Process) -> None:
    """Tags change on the living run: whatever uses its ID sees no change coming."""
    id_, checked, outputs = started(process)
    seen = Runs(process).update(id_, outputs, {**checked, "tags": {"team": "data"}}, preview=True)
    assert seen["jobRunId"] == outputs["jobRunId"]
    assert seen["tags"] == {"team": "data"}
    assert [dict(run.tags).get("team") for run in stack.runs()] == [None]


@pytest.mark.parametrize(
    ("changes", "shown", "replaces"),
    [
        ({}, {}, False),
        ({"tags": {"team": "a", "new": "x"}}, {"tags.new": (False, True)}, False),
        ({"tags": {}}, {"tags.team": (True, False)}, False),
        (
            {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py", "entryPointArguments": ["1", "2"]}}},
            {
                "jobDriver.sparkSubmit.entryPointArguments": (False, True),
            },
            True,
        ),
        ({"executionTimeoutMinutes": UNKNOWN}, {"executionTimeoutMinutes": (True, True)}, True),
        ({"tags": {"a.b": "c", "team": "a"}}, {'tags["a.b"]': (False, True)}, False),
    ],
    ids=["nothing", "a tag more", "a tag less", "arguments", "what is not known yet", "a key that is no word"],
)
def test_a_plan_shows_each_change_where_it_is(
    stack: EnginelessStack, process: Process, changes: Any, shown: Any, replaces: bool
) -> None:
    """Pulumi shows the properties that a provider names, and nothing else."""
    id_, checked, outputs = started(process, tags={"team": "a"})
    plan = Runs(process).diff(id_, outputs, {**checked, **changes})
    assert plan.shown == shown
    assert bool(plan.change) == bool(changes)
    assert bool(plan.change.replaces) == replaces
    assert len(stack.runs()) == 1


def test_an_import_brings_the_definition(stack: EnginelessStack, process: Process) -> None:
    """So that a program that says the same changes nothing; neither AWS's own additions nor our tags are asked for."""
    id_, checked, _ = started(process, tags={"team": "a"})
    later = Runs(Process(Listening()))
    seen = later.read(id_, dict(BESIDE), dict(BESIDE))
    assert seen is not None
    asked_for = {name: value for name, value in inputs(tags={"team": "a"}).items() if name in seen.inputs}
    assert {name: seen.inputs[name] for name in asked_for} == asked_for
    assert not {"clientToken", "jobRunId", "arn"} & set(seen.inputs)
    news = {**{name: value for name, value in checked.items() if name != LAUNCH_TOKEN}, **BESIDE}
    assert not later.check(seen.inputs, news).failures
    assert not later.diff(id_, seen.outputs, news).change
    assert len(stack.runs()) == 1


def test_a_run_alone_is_for_imports(process: Process) -> None:
    """Started without a launch token, a retry would start it twice."""
    (failure,) = Runs(process).check({}, {**inputs(), **BESIDE}).failures
    assert "Declare an emr-serverless:JobRun" in failure.message


def test_a_refresh_sees_tags_that_were_changed_elsewhere(stack: EnginelessStack, process: Process) -> None:
    """In the inputs too, so that the next update puts them back."""
    id_, checked, outputs = started(process, tags={"team": "a"})
    stack.server.control.advance(1)
    seen = Runs(process).read(id_, checked, outputs)
    assert seen is not None
    assert seen.inputs == checked
    assert seen.outputs["observed"]["state"]
    assert {name for name in seen.outputs if not name.startswith("__")} >= set(OUTPUTS)


def test_the_function_shows_any_run(stack: EnginelessStack, process: Process) -> None:
    """With the state at hand, and nothing that its schema does not have."""
    started(process)
    (run,) = stack.runs()
    shown = Runs(process).get({"applicationId": run.application_id, "jobRunId": run.job_run_id, **BESIDE})
    function = schema()["functions"]["emr-serverless:index:getJobRun"]["outputs"]
    assert set(function["required"]) <= set(shown) <= set(function["properties"])
    assert shown["state"] == run.state


def test_the_component_puts_out_what_its_schema_has() -> None:
    """An output that is missing would be unknown for ever in a program."""
    assert tuple(schema()["resources"][NATIVE_JOB_TYPE]["properties"]) == OUTPUTS


def test_an_alias_of_a_component_is_one_of_its_resource() -> None:
    """Pulumi's SDK hands on the protocol's own, and then refuses it: a rename would start a run, or fail."""
    assert _alias(alias_pb2.Alias(urn="urn:a")) == "urn:a"
    spec = alias_pb2.Alias.Spec(name="old", parentUrn="urn:parent")
    found = vars(_alias(alias_pb2.Alias(spec=spec)))
    assert (found["name"], found["parent"], found["type_"]) == ("old", "urn:parent", ...)
    alone = vars(_alias(alias_pb2.Alias(spec=alias_pb2.Alias.Spec(noParent=True))))
    assert (alone["name"], alone["parent"]) == (..., None)
