"""emrs import-run, against the emulator: what was asked for comes back, and nothing that AWS adds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.definitions.answers import with_placeholders
from pulumi_emr_serverless.definitions.files import load_definition
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.errors import RunLookupError, RunNotFoundError
from pulumi_emr_serverless.request import changed_members, start_job_run_input

REQUEST: dict[str, Any] = {
    "applicationId": DEFAULT_APPLICATION_ID,
    "executionRoleArn": "arn:aws:iam::123456789012:role/job",
    "executionIamPolicy": {"policyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]},
    "jobDriver": {
        "sparkSubmit": {
            "entryPoint": "s3://acme/etl.py",
            "entryPointArguments": ["--literal", "${stage}"],
            "sparkSubmitParameters": "--conf spark.executor.cores=4",
        }
    },
    "configurationOverrides": {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://acme/logs/"}}},
    "executionTimeoutMinutes": 90,
    "name": "nightly",
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running:
        for name, value in {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield running


def started(server: Server, **more: Any) -> str:
    client = boto3.client("emr-serverless", endpoint_url=server.endpoint, region_name="us-east-1")
    run = client.start_job_run(**REQUEST, **more, clientToken="t")["jobRunId"]
    return f"{DEFAULT_APPLICATION_ID}/{run}"


def test_a_run_becomes_the_definition_of_another(server: Server, tmp_path: Path) -> None:
    """It is run again from a file as it was run by hand, without tags that no request may bring."""
    run = started(server, tags={"team": "data", "pulumi-emr-serverless:launch": "x"})
    result = CliRunner().invoke(app, ["import-run", run])
    assert result.exit_code == 0, result.output
    file = tmp_path / "again.json"
    file.write_text(result.stdout)
    again = start_job_run_input(load_definition(file).properties)
    assert (changed_members(REQUEST, again), again["tags"]) == ([], {"team": "data"})
    assert set(again) <= {*REQUEST, "tags", "mode", "retryPolicy"}
    assert f"of the run {run}" in result.stderr
    written = CliRunner().invoke(app, ["import-run", run, "--python"]).stdout
    assert "spark_submit(" in written
    assert json.loads(CliRunner().invoke(app, ["import-run", run, "--json"]).stdout)["problems"] == []


def test_what_a_stack_keeps_secret_becomes_a_placeholder() -> None:
    """A definition is committed; what looked like a placeholder before stays what it was."""
    secret: tuple[str | int, ...] = ("jobDriver", "sparkSubmit", "entryPointArguments", 0)
    properties, placeholders = with_placeholders(REQUEST, [secret, ("tags", "none of it")])
    assert properties["jobDriver"]["sparkSubmit"]["entryPointArguments"] == ["${entryPointArguments_0}", "$${stage}"]
    assert list(placeholders) == ["entryPointArguments_0"]
    assert with_placeholders(REQUEST, []) == (REQUEST, {})


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [(["00none/00none"], RunNotFoundError), (["no run at all"], RunLookupError)],
)
def test_a_run_that_is_not_there_is_an_error(arguments: list[str], error: type[Exception]) -> None:
    """Exit codes 1 and 2, and nothing on standard output that could be taken for a definition."""
    result = CliRunner().invoke(app, ["import-run", *arguments])
    assert isinstance(result.exception, error)
    assert result.stdout == ""
