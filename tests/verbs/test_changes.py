"""What a change of a declaration amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_emr_serverless.request import UNKNOWN
from pulumi_emr_serverless.verbs.changes import Change, compare

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
