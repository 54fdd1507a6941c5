"""What a change of a declaration amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_emr_serverless.launch import CLOSED_TAG, LAUNCH_TAG
from pulumi_emr_serverless.lifecycle import STATES, Change, Observation, compare, facts, region_of, tag_change
from pulumi_emr_serverless.request import UNKNOWN

INPUTS: Mapping[str, Any] = {
    "applicationId": "00app",
    "executionRoleArn": "arn:aws:iam::123456789012:role/r",
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "sparkSubmitParameters": "--conf a=1 --conf b=2"}},
    "executionTimeoutMinutes": 60.0,
    "tags": {"team": "data"},
}
OUTPUTS = {**INPUTS, "clientToken": "derived", "jobRunId": "r", "logs": {}, "observed": {"state": "FAILED"}}


def changed(new: Mapping[str, Any], old: Mapping[str, Any] = OUTPUTS) -> Change:
    merged = {**INPUTS, **new}
    return compare(old, {k: v for k, v in merged.items() if v is not None}, started_in="eu-west-1")


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param({}, Change(), id="nothing changed, whatever the outputs say"),
        pytest.param({"executionTimeoutMinutes": 60}, Change(), id="an int is what the engine made a float"),
        pytest.param({"mode": "BATCH"}, Change(), id="AWS's default, spelled out"),
        pytest.param(
            {
                "jobDriver": {
                    "sparkSubmit": {"entryPoint": "s3://b/x.py", "sparkSubmitParameters": "--conf b=2  --conf 'a=1'"}
                }
            },
            Change(),
            id="reformatted parameters",
        ),
        pytest.param({"region": "eu-west-1"}, Change(), id="the region where the run is, spelled out"),
        pytest.param({"tags": {"team": "ml"}}, Change(updates=("tags",)), id="a tag changes the living run"),
        pytest.param({"tags": None}, Change(updates=("tags",)), id="tags removed"),
        pytest.param({"tags": UNKNOWN}, Change(updates=("tags",)), id="tags not yet known"),
        pytest.param({"endpoint": "https://vpce"}, Change(updates=("endpoint",)), id="another way to the same run"),
        pytest.param({"executionTimeoutMinutes": 61}, Change(("executionTimeoutMinutes",)), id="timeout"),
        pytest.param({"applicationId": "00other"}, Change(("applicationId",)), id="application"),
        pytest.param({"name": "n"}, Change(("name",)), id="name"),
        pytest.param({"mode": "STREAMING"}, Change(("mode",)), id="mode"),
        pytest.param({"triggers": ["v2"]}, Change(("triggers",)), id="triggers"),
        pytest.param({"region": "us-east-1"}, Change(("region",)), id="another region"),
        pytest.param({"region": UNKNOWN}, Change(("region",)), id="a region not yet known"),
        pytest.param({"clientToken": "mine"}, Change(("clientToken",)), id="a token of one's own"),
        pytest.param({"jobDriver": UNKNOWN}, Change(("jobDriver",)), id="not yet known counts as changed"),
        pytest.param({"name": "n", "tags": {}}, Change(("name",), ("tags",)), id="both kinds at once"),
    ],
)
def test_compare(new: Mapping[str, Any], expected: Change) -> None:
    """What starts a run, what changes it in place, and what does neither."""
    assert changed(new) == expected


def test_an_explicit_client_token_is_compared_with_itself_only() -> None:
    """The output clientToken shows a derived token too, which is no input and no change."""
    explicit = {**OUTPUTS, "clientToken": "mine", "__explicitClientToken": True}
    assert not changed({"clientToken": "mine"}, explicit)
    assert changed({"clientToken": "other"}, explicit).replaces == ("clientToken",)
    assert changed({}, explicit).replaces == ("clientToken",)


def test_no_tags_and_empty_tags_are_the_same() -> None:
    """A refresh of a run without tags must not show a change."""
    assert not changed({"tags": None}, {**OUTPUTS, "tags": {}})


def test_states_of_tomorrow_are_alive() -> None:
    """An enum that breaks on a new state would give up, or repeat, a living run."""
    assert not facts("RESUMING").terminal
    assert facts("RESUMING").cancellable
    assert {state for state, known in STATES.items() if known.terminal} == {"SUCCESS", "FAILED", "CANCELLED"}


def test_every_state_of_awss_model_is_known() -> None:
    """A state that a new botocore adds should get its row before a user meets it."""
    from botocore.loaders import Loader

    shapes = Loader().load_service_model("emr-serverless", "service-2")["shapes"]
    assert set(STATES) == set(shapes["JobRunState"]["enum"])


def test_tag_change_touches_neither_ours_nor_awss() -> None:
    """Removing the launch tag would orphan the run; AWS refuses to remove its own."""
    actual = {"a": "1", "b": "2", "aws:x": "y", LAUNCH_TAG: "l.i.0", CLOSED_TAG: "true"}
    change = tag_change(actual, {"a": "1", "c": "3"})
    assert (dict(change.put), change.remove) == ({"c": "3"}, ("b",))


def test_region_of_an_arn() -> None:
    """A started run is where its ARN says, whatever the configuration has become."""
    assert region_of("arn:aws:emr-serverless:eu-west-1:123456789012:/applications/a/jobruns/r") == "eu-west-1"
    assert region_of("") == ""


def test_observed_leaves_out_what_is_not_there() -> None:
    """A state full of nulls hides what is known."""
    run = Observation("a", "r", "arn", "RUNNING", details={"releaseLabel": "emr-7.1.0", "jobDriver": {}})
    assert run.observed() == {"state": "RUNNING", "releaseLabel": "emr-7.1.0"}
