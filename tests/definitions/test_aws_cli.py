"""The AWS CLI and this package read the same files: the real CLI, against the emulator."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml
from typer.testing import CliRunner

from pulumi_emr_serverless.cli import app
from pulumi_emr_serverless.definitions.files import load_definition, load_definitions
from pulumi_emr_serverless.definitions.skeleton import input_skeleton
from pulumi_emr_serverless.definitions.text import write
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.request import REQUEST_MEMBERS, UNKNOWN, start_job_run_input
from request_table import GOOD

if TYPE_CHECKING:
    from mypy_boto3_emr_serverless.client import EMRServerlessClient

AWS = Path(sys.executable).parent / "aws"
CORPUS = Path(__file__).parents[1] / "corpus" / "definitions"
ROLE = "arn:aws:iam::123456789012:role/r"
NEWER_THAN_THE_CLI = {"flexExecution"}
"""What the CLI's own copy of AWS's model does not have yet. Empty it when the CLI that is locked has caught up."""

ACCEPTED = {name: definition.properties for name, definition in load_definitions(CORPUS).items()} | {
    row.why: row.properties for row in GOOD
}


def is_a_request(properties: Mapping[str, Any]) -> bool:
    """Not one that only a program can make: with our own properties, or with values that are not known yet."""
    return properties.keys() <= set(REQUEST_MEMBERS) - NEWER_THAN_THE_CLI and UNKNOWN.name not in repr(properties)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def start_job_run(server: Server, file: Path) -> subprocess.CompletedProcess[str]:
    assert AWS.exists(), f"no AWS CLI at {AWS}: `make setup` installs it"
    return subprocess.run(
        [AWS, "emr-serverless", "start-job-run", "--cli-input-json", f"file://{file}"],
        env={
            "PATH": str(AWS.parent),
            "HOME": str(file.parent),
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def hive_application(server: Server) -> str:
    """Another engine than the seeded application's: AWS refuses a Hive job on a Spark application."""
    emr: EMRServerlessClient = boto3.client(
        "emr-serverless",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    return emr.create_application(releaseLabel="emr-7.1.0", type="HIVE", clientToken="hive")["applicationId"]


SAMPLE = sorted(name for name, properties in ACCEPTED.items() if is_a_request(properties))[::6]
"""A start of the CLI takes a second: every sixth, and the whole corpus."""


@pytest.mark.parametrize("name", sorted({*SAMPLE, *load_definitions(CORPUS)}))
def test_what_the_cli_sends_is_what_this_package_sends(server: Server, tmp_path: Path, name: str) -> None:
    """A file moves from one to the other unchanged: accepted by both, and the same request."""
    properties = {"executionRoleArn": ROLE, **ACCEPTED[name], "applicationId": DEFAULT_APPLICATION_ID}
    if "hive" in properties.get("jobDriver", {}):
        properties["applicationId"] = hive_application(server)
    properties.pop("clientToken", None)
    file = tmp_path / "job.json"
    file.write_text(json.dumps(start_job_run_input(properties)))
    ran = start_job_run(server, file)
    assert ran.returncode == 0, ran.stderr
    sent = dict(server.control.runs()[-1].request)
    del sent["clientToken"]  # the CLI makes one up
    assert sent == start_job_run_input(load_definition(file).properties)


REFUSED: dict[str, dict[str, Any]] = {
    "an unknown key": {"executionRole": "arn:aws:iam::123456789012:role/r"},
    "an unknown key deep down": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "entry": "x"}}},
    "a number for a text": {"name": 1},
    "a text for a number": {"executionTimeoutMinutes": "60"},
    "a text for a list": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "entryPointArguments": "x"}}},
    "two drivers": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py"}, "hive": {"query": "SELECT 1"}}},
    "no entry point": {"jobDriver": {"sparkSubmit": {}}},
    "null for a structure": {"jobDriver": None},
    "null for a map": {"tags": None},
    "null in a map": {"tags": {"a": None}},
    "null for a list": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "entryPointArguments": None}}},
    "null in a list": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "entryPointArguments": [None]}}},
    "null for the other driver": {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py"}, "hive": None}},
    "null for a text": {"name": None},
    "null for no member": {"nam": None},
    "a whole number with a point": {"executionTimeoutMinutes": 60.0},
    "text for a boolean": {
        "configurationOverrides": {
            "monitoringConfiguration": {"managedPersistenceMonitoringConfiguration": {"enabled": "true"}}
        }
    },
    "no classification": {"configurationOverrides": {"applicationConfiguration": [{"properties": {}}]}},
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_the_cli_refuses_is_refused_here(server: Server, tmp_path: Path, why: str) -> None:
    """And before anything is sent, as there."""
    whole = {"applicationId": DEFAULT_APPLICATION_ID, "executionRoleArn": ROLE}
    file = tmp_path / "job.json"
    file.write_text(json.dumps({**whole, **REFUSED[why]}))
    before = len(server.control.calls("StartJobRun"))
    assert start_job_run(server, file).returncode != 0
    assert len(server.control.calls("StartJobRun")) == before
    assert CliRunner().invoke(app, ["validate", str(file)]).exit_code == 1


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("name", sorted(load_definitions(CORPUS)))
def test_a_definition_survives_the_round_trip(tmp_path: Path, form: Any, name: str) -> None:
    """Definition, request, definition: nothing is lost, added or of another type."""
    read = load_definitions(CORPUS)[name].properties
    file = tmp_path / f"again.{form}"
    file.write_text(write(start_job_run_input(read), form), encoding="utf-8")
    assert load_definition(file).properties == read
    if form == "yaml":
        assert yaml.safe_load(file.read_text("utf-8")) == read, "any reader of YAML agrees, that of the CLI too"


def test_the_skeleton_is_the_clis() -> None:
    """Apart from what its model lacks, and from enumerations in lists: ours shows the first value that AWS takes."""
    ran = subprocess.run(
        [AWS, "emr-serverless", "start-job-run", "--generate-cli-skeleton", "input", "--region", "us-east-1"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours: dict[str, Any] = {name: value for name, value in input_skeleton().items() if name not in NEWER_THAN_THE_CLI}
    monitoring = ours["configurationOverrides"]["monitoringConfiguration"]
    monitoring["cloudWatchLoggingConfiguration"]["logTypes"]["KeyName"] = [""]
    theirs = json.loads(ran.stdout)
    assert theirs["mode"] in ("BATCH", "STREAMING"), "the CLI picks a value by chance"
    assert {**ours, "mode": theirs["mode"]} == theirs
