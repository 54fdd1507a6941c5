"""What the commands on runs know of a stack's secrets: from its state, which shows where they are and not what."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pulumi_emr_serverless import cli
from pulumi_emr_serverless.cli.finding import Stack
from pulumi_emr_serverless.cli.run_options import Place
from pulumi_emr_serverless.cli.secrecy import Curtain, is_secret, revealed, secret_locations
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID as APPLICATION
from pulumi_emr_serverless.errors import AwsUnavailableError, InvalidConfigurationError
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE, SECRETS
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.runs import Observation

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x:y"}


def shown(value: Any) -> dict[str, Any]:
    """A secret as an export with ``--show-secrets`` has it."""
    return {**SECRET, "plaintext": json.dumps(value)}


def test_a_state_says_where_its_secrets_are() -> None:
    """By its own marks, which secret default tags have too; a list is marked as a whole, but the program knew better."""
    inputs = {
        "name": SECRET,
        "tags": {"team": SECRET, "stage": "dev"},
        "jobDriver": {"sparkSubmit": {"entryPointArguments": SECRET, "entryPoint": "s3://b/x.py"}},
        "__launchToken": SECRET,
        SECRETS: [["name"], ["jobDriver", "sparkSubmit", "entryPointArguments", 1.0]],
    }
    assert set(secret_locations(inputs)) == {
        ("name",),
        ("tags", "team"),
        ("jobDriver", "sparkSubmit", "entryPointArguments", 1),
    }
    assert secret_locations({}) == ()


def test_what_is_revealed_has_no_marks() -> None:
    """An endpoint that is secret is still where the run has to be asked for."""
    value = {"a": shown("x"), "b": [shown({"c": 1})], "d": 2}
    assert revealed(value) == {"a": "x", "b": [{"c": 1}], "d": 2}
    assert is_secret(value["a"])


def seen(**more: Any) -> Observation:
    logs = {"s3MonitoringConfiguration": {"logUri": "s3://vault-9/logs"}}
    details = {"configurationOverrides": {"monitoringConfiguration": logs}}
    return Observation("app", "run1", "arn", "FAILED", **{"details": details, "name": "hunter2", **more})


def test_a_curtain_hides_by_place_and_by_value() -> None:
    """The name is hidden where the name is shown, and in AWS's words; what is public stays."""
    curtain = Curtain.before(seen(), (("name",), ("tags", "team")), Redactor())
    assert curtain.value("hunter2", ("name",)) == "[secret]"
    assert curtain.value("BATCH", ("mode",)) == "BATCH"
    assert curtain.value(None, ("name",)) is None
    assert curtain.tags({"team": "x", "stage": "dev"}) == {"team": "[secret]", "stage": "dev"}
    assert curtain.text("run hunter2 of s3://vault-9") == "run [secret] of s3://vault-9"
    logs = {"s3Prefix": "s3://vault-9/logs/applications/app/jobs/run1/", "cloudWatchLogGroup": "/aws/emr"}
    assert curtain.logs(logs) == logs


def test_a_whole_map_hides_its_keys_and_the_logs_that_are_made_of_it() -> None:
    """Who hides all tags hides which there are."""
    curtain = Curtain.before(seen(tags={"customer": "x"}), (("tags",), ("configurationOverrides",)), Redactor())
    assert curtain.tags({"customer": "x"}) == "[secret]"
    assert curtain.tags({}) == {}
    assert curtain.logs({"s3Prefix": "s3://vault-9/logs/", "cloudWatchLogGroup": "/aws/emr"}) == {
        "s3Prefix": "[secret]",
        "cloudWatchLogGroup": "[secret]",
    }
    assert curtain.text("customer at s3://vault-9/logs/a") == "[secret] at [secret]/a"


def test_of_a_run_that_aws_does_not_show_no_text_is() -> None:
    """What is secret is known by AWS's answer alone; without it any word could be it."""
    curtain = Curtain.before(None, (("name",),), Redactor())
    assert (curtain.text("anything"), curtain.text("")) == ("[secret]", "")
    assert Curtain.before(None, (), Redactor()).text("anything") == "anything"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    with serving() as running:
        running.control.set_fate(stay_in="RUNNING")
        for name, value in {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A folder of a project, and a Pulumi CLI that is this script."""

    def make(script: str) -> None:
        (tmp_path / "Pulumi.yaml").write_text("name: test\nruntime: python\n")
        (tmp_path / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "pulumi").chmod(0o755)
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return make


def start(server: Server) -> str:
    import boto3

    client = boto3.client("emr-serverless", endpoint_url=server.endpoint, region_name="us-east-1")
    answer = client.start_job_run(
        applicationId=APPLICATION,
        clientToken="secrecy",
        executionRoleArn="arn:aws:iam::123456789012:role/job",
        jobDriver={"sparkSubmit": {"entryPoint": "s3://b/e.py"}},
        name="hunter2",
    )
    return str(answer["jobRunId"])


def test_by_its_id_alone_a_run_is_hidden_where_a_stack_is_at_hand(
    server: Server, pulumi: Callable[[str], None], tmp_path: Path
) -> None:
    """A person copies the ID from the plan, in the folder of the stack; outside of one nobody can know."""
    run_id = start(server)
    resource = {
        "urn": f"urn:pulumi:dev::test::{JOB_RUN_TYPE}::nightly",
        "type": JOB_RUN_TYPE,
        "id": f"{APPLICATION}/{run_id}",
        "inputs": {"name": SECRET},
        "outputs": {"jobRunId": run_id, "name": SECRET},
    }
    (tmp_path / "stack.json").write_text(json.dumps({"deployment": {"resources": [resource]}}))
    describe = ("describe", f"{APPLICATION}/{run_id}", "--json")
    for script, expected, note in (
        (f'cat "{tmp_path}/stack.json"', "[secret]", ""),
        ("echo no stack selected >&2; exit 1", "hunter2", "no stack selected"),
    ):
        pulumi(script)
        result = CliRunner().invoke(cli.app, describe)
        assert json.loads(result.stdout)["runs"][0]["name"] == expected
        assert note in result.stderr
    pulumi(f'cat "{tmp_path}/stack.json"')
    asked = CliRunner().invoke(cli.app, [*describe, "--show-secrets"])
    assert json.loads(asked.stdout)["runs"][0]["name"] == "hunter2"


def test_a_secret_endpoint_is_asked_for_and_not_shown() -> None:
    """The run cannot be found without it; a call that fails names it."""
    exports = {
        "stack export": {"arn": SECRET, "endpoint": SECRET, "jobRunId": "run1"},
        "stack export --show-secrets": {
            "arn": shown(f"arn:aws:emr-serverless:eu-west-1:1:/applications/{APPLICATION}/jobruns/run1"),
            "endpoint": shown("http://vault-9:4577"),
        },
    }

    def run(arguments: Any) -> str:
        resource = {"urn": "urn:a::b::c::nightly", "type": JOB_RUN_TYPE, "id": f"{APPLICATION}/run1", "inputs": {}}
        resources = [{**resource, "outputs": exports[" ".join(arguments)]}]
        return json.dumps({"deployment": {"resources": resources}})

    stack = Stack(run)
    (found,) = stack.runs
    assert (found.region, found.endpoint) == ("eu-west-1", "http://vault-9:4577")
    assert stack.redactor.redacted("no answer from http://vault-9:4577") == "no answer from [secret]"


def test_an_error_does_not_show_a_secret_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """AWS's client names the endpoint that it could not reach, and our message the value that is wrong."""
    entries = {
        "emrServerless:endpoint": {"value": "http://vault-9", "secret": True},
        "aws:region": {"value": "eu-west-1"},
    }
    for error in (
        AwsUnavailableError("GetJobRun: no answer from http://vault-9"),
        InvalidConfigurationError("vault-9"),
    ):

        def fail(error: Exception = error) -> None:
            place = Place()
            vars(place)["stack"] = Stack(lambda _: json.dumps(entries))
            assert place.stack.setting("emrServerless:endpoint") == "http://vault-9"
            raise error

        monkeypatch.setattr(cli, "app", fail)
        with pytest.raises(SystemExit):
            cli.main()
        said = capsys.readouterr().err
        assert "[secret]" in said
        assert "vault-9" not in said
