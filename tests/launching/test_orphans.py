"""Living runs that no state knows: found, told apart, and cancelled when asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fakes import APPLICATION, NOW
from pulumi_emr_serverless.aws import EmrServerless
from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.launching.orphans import KnownLaunches, known_launches, sort_orphans
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, CLOSED_TO_RETAIN, LAUNCH_TAG
from pulumi_emr_serverless.launching.tokens import Launch, launch_digest, mint_launch_token
from pulumi_emr_serverless.persisted import (
    JOB_RUN_TYPE,
    LAUNCH_TOKEN_TYPE,
    NATIVE_JOB_TYPE,
    NATIVE_LAUNCH_TOKEN_TYPE,
    NATIVE_RUN_TYPE,
)
from pulumi_emr_serverless.runs import Observation

MINE, OTHERS, THIRD = (mint_launch_token(NOW) for _ in range(3))


def run(run_id: str, token: str | None, state: str = "RUNNING", **tags: str) -> Observation:
    own = {} if token is None else {LAUNCH_TAG: str(Launch(token, "{}").tag(0))}
    return Observation(APPLICATION, run_id, f"arn:{run_id}", state, tags={**own, **tags})


def export(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": list(resources)}}


def companion(token: str) -> dict[str, Any]:
    return {"type": LAUNCH_TOKEN_TYPE, "outputs": {"__launch": launch_digest(token), "value": {"ciphertext": "x"}}}


def job(token: str, run_id: str, **more: Any) -> dict[str, Any]:
    tag = str(Launch(token, "{}").tag(0))
    return {"type": JOB_RUN_TYPE, "urn": f"urn:{run_id}", "outputs": {"jobRunId": run_id, "__launchTag": tag}, **more}


def test_what_a_state_knows() -> None:
    """A companion alone counts: a first create that was killed is taken over by the next up."""
    known = known_launches(export(companion(MINE), job(OTHERS, "r1"), {"type": "pulumi:pulumi:Stack"}))
    mine, others = launch_digest(MINE), launch_digest(OTHERS)
    assert known == KnownLaunches(frozenset({mine, others}), frozenset({"r1"}), frozenset({others}))
    assert known_launches({"deployment": {}}) == KnownLaunches()
    with pytest.raises(ValueError, match="pulumi stack export"):
        known_launches({"resources": []})


def test_a_state_of_the_native_form_says_the_same() -> None:
    """Runs of a YAML program are no orphans of a stack that names them."""
    native = [
        {**companion(MINE), "type": NATIVE_LAUNCH_TOKEN_TYPE},
        {**job(OTHERS, "r1"), "type": NATIVE_RUN_TYPE},
        {"type": NATIVE_JOB_TYPE, "outputs": {"jobRunId": "r1"}},
    ]
    assert known_launches(export(*native)) == known_launches(export(companion(MINE), job(OTHERS, "r1")))


def test_orphans_are_told_from_the_rest() -> None:
    """Cancelling a run that somebody counts on would be worse than leaving one behind."""
    known = known_launches(export(companion(MINE), job(MINE, "recorded"), companion(THIRD)))
    living = [
        run("recorded", MINE),
        run("side by side", MINE),
        run("taken over next", THIRD),
        run("orphan", OTHERS),
        run("ended", OTHERS, "FAILED"),
        run("let go", OTHERS, **{CLOSED_TAG: CLOSED_TO_RETAIN}),
        run("by hand", None),
    ]
    found = sort_orphans(living, known)
    assert [one.job_run_id for one in found.orphans] == ["orphan"]
    assert [one.job_run_id for one in found.awaited] == ["taken over next"]
    assert [one.job_run_id for one in found.rivals] == ["side by side"]


@pytest.mark.parametrize(
    "job_in_state",
    [
        pytest.param(job(MINE, "r1", pendingReplacement=True), id="its replacement was cut off"),
        pytest.param(job(MINE, "r1", delete=True), id="it is still to be deleted"),
    ],
)
def test_a_run_is_awaited_where_something_is_under_way(job_in_state: dict[str, Any]) -> None:
    """The next update comes back to it by itself."""
    found = sort_orphans([run("new", MINE)], known_launches(export(companion(MINE), job_in_state)))
    assert [one.job_run_id for one in found.awaited] == ["new"]


def test_a_run_is_awaited_where_a_creation_is_pending() -> None:
    """The engine was killed: it keeps in the state that it was creating."""
    state = export(companion(MINE), job(MINE, "r1"))
    state["deployment"]["pending_operations"] = [{"type": "creating", "resource": {"urn": "urn:r1"}}]
    found = sort_orphans([run("new", MINE)], known_launches(state))
    assert [one.job_run_id for one in found.awaited] == ["new"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as started:
        at_once = dict.fromkeys(("SUBMITTED", "PENDING", "SCHEDULED"), 0.0)
        started.control.set_fate(stay_in="RUNNING", seconds={**at_once, "CANCELLING": 0.01})
        for name, value in {
            "AWS_ENDPOINT_URL": started.endpoint,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield started


def start(server: Server, token: str) -> str:
    launch = Launch(token, "{}")
    connection = Connection(region="us-east-1", endpoint=server.endpoint)
    request = {
        "applicationId": DEFAULT_APPLICATION_ID,
        "executionRoleArn": "arn:aws:iam::123456789012:role/r",
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py"}},
        "tags": {LAUNCH_TAG: str(launch.tag(0))},
    }
    return EmrServerless(connection).start(request, launch.client_token(0))[0]


def test_the_command_lists_and_cancels(server: Server, tmp_path: Path) -> None:
    """The whole way: a state from standard input, a list for people and machines, a cancellation that is asked for."""
    recorded, lost = start(server, MINE), start(server, OTHERS)
    state = json.dumps(export(companion(MINE), job(MINE, recorded)))
    (tmp_path / "state.json").write_text(state)
    runner = CliRunner()

    listed = runner.invoke(app, ["orphans", DEFAULT_APPLICATION_ID, "--state", "-", "--json"], input=state)
    assert listed.exit_code == 1
    assert [one["jobRunId"] for one in json.loads(listed.stdout)["orphans"]] == [lost]

    asked = ["orphans", DEFAULT_APPLICATION_ID, "--state", str(tmp_path / "state.json"), "--cancel"]
    assert runner.invoke(app, [*asked, "--min-age", "0"]).exit_code == 2, "nobody to ask, so nothing is cancelled"
    assert runner.invoke(app, [*asked, "--yes"]).exit_code == 1, "it may be of an update that is under way"
    assert {one.state for one in server.control.runs()} == {"RUNNING"}
    asked += ["--min-age", "0"]
    assert runner.invoke(app, [*asked, "--yes"]).exit_code == 0
    assert {one.job_run_id: one.state for one in server.control.runs()} == {recorded: "RUNNING", lost: "CANCELLED"}
    assert "No orphans." in runner.invoke(app, asked).stdout


@pytest.mark.parametrize("arguments", [[], ["--state", "no-such-file"], ["--state", "-"]])
def test_without_a_state_nothing_is_called_an_orphan(arguments: list[str]) -> None:
    """Every living run would be one, and --cancel would cancel them all."""
    outcome = CliRunner().invoke(app, ["orphans", APPLICATION, *arguments], input="[]")
    assert outcome.exit_code == 2
    assert "--state" in outcome.output
