"""The logs of a run, where its request sends them: what most tools read after a run, and what `emrs logs` reads."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, Start, client, request_for, role_of
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.emulator.world import DEFAULT_HIVE_APPLICATION_ID

Read = Callable[[str], dict[str, str]]


@pytest.fixture
def bucket(server: Server, request: pytest.FixtureRequest) -> str:
    """A bucket of the test's own: moto's state stays from test to test."""
    name = f"logs-{abs(hash(request.node.nodeid))}"
    client("s3", server.endpoint).create_bucket(Bucket=name)
    return name


@pytest.fixture
def read(server: Server) -> Read:
    """All objects of a bucket: their text by key."""

    def everything(bucket: str) -> dict[str, str]:
        s3 = client("s3", server.endpoint)
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode() for key in keys}

    return everything


def to_s3(uri: str) -> dict[str, Any]:
    return {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": uri}}}


def to_cloudwatch(**more: Any) -> dict[str, Any]:
    return {"monitoringConfiguration": {"cloudWatchLoggingConfiguration": {"enabled": True, **more}}}


@pytest.mark.parametrize("prefix", ["", "/", "/emr/logs", "/emr/logs/"])
def test_logs_in_s3(control: Control, start: Start, bucket: str, read: Read, prefix: str) -> None:
    """awslabs' emr-cli and dagster read exactly these keys; without them one fails and the other waits for a minute."""
    control.set_fate(stdout="Pi is roughly 3.14\n", stderr="Traceback\nKeyError: 'day'\n", outcome="FAILED")
    run_id = start(configurationOverrides=to_s3(f"s3://{bucket}{prefix}"))
    assert read(bucket) == {}
    control.advance(60)
    folder = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    folder += f"applications/{APPLICATION}/jobs/{run_id}/"
    logs = {key.removeprefix(folder): text for key, text in read(bucket).items()}
    assert sorted(logs) == [
        "SPARK_DRIVER/stderr.gz",
        "SPARK_DRIVER/stdout.gz",
        "SPARK_EXECUTOR/1/stderr.gz",
        "SPARK_EXECUTOR/1/stdout.gz",
    ]
    assert logs["SPARK_DRIVER/stdout.gz"] == "Pi is roughly 3.14\n"
    assert logs["SPARK_DRIVER/stderr.gz"].endswith("Traceback\nKeyError: 'day'\n")
    assert "FAILED: Job failed" in logs["SPARK_DRIVER/stderr.gz"]


def test_logs_are_there_while_the_run_is(control: Control, start: Start, bucket: str, read: Read) -> None:
    """A follower sees something before the end, and what comes later."""
    control.set_fate(stay_in="RUNNING", stdout="the end\n")
    run_id = start(configurationOverrides=to_s3(f"s3://{bucket}"))
    control.advance(1)
    driver = f"applications/{APPLICATION}/jobs/{run_id}/SPARK_DRIVER"
    assert "RUNNING" in read(bucket)[f"{driver}/stderr.gz"]
    assert read(bucket)[f"{driver}/stdout.gz"] == ""
    control.settle(run_id, "SUCCESS")
    assert "SUCCESS" in read(bucket)[f"{driver}/stderr.gz"]
    assert read(bucket)[f"{driver}/stdout.gz"] == "the end\n"


def test_a_run_that_never_ran_has_no_logs(
    emr: EMRServerlessClient, control: Control, start: Start, bucket: str, read: Read
) -> None:
    """A run that is cancelled before its driver starts leaves nothing."""
    run_id = start(configurationOverrides=to_s3(f"s3://{bucket}"))
    emr.cancel_job_run(applicationId=APPLICATION, jobRunId=run_id)
    control.advance(60)
    assert control.runs()[0].state == "CANCELLED"
    assert read(bucket) == {}


@pytest.mark.parametrize(
    "request_of",
    [{"retryPolicy": {"maxAttempts": 2}}, {"mode": "STREAMING", "retryPolicy": {}}],
    ids=["batch", "stream"],
)
def test_attempts_have_folders(
    control: Control, start: Start, bucket: str, read: Read, request_of: dict[str, Any]
) -> None:
    """The error that started it is in the first attempt, which the last one must not overwrite."""
    control.set_fate(failing_attempts=1, stderr="once more\n")
    run_id = start(configurationOverrides=to_s3(f"s3://{bucket}"), **request_of)
    control.advance(60)
    folder = f"applications/{APPLICATION}/jobs/{run_id}/attempts"
    logs = read(bucket)
    assert "FAILED" in logs[f"{folder}/1/SPARK_DRIVER/stderr.gz"]
    if "maxAttempts" in request_of["retryPolicy"]:
        assert "SUCCESS" in logs[f"{folder}/2/SPARK_DRIVER/stderr.gz"]
        assert "FAILED" not in logs[f"{folder}/2/SPARK_DRIVER/stderr.gz"]


def test_logs_in_cloudwatch(server: Server, control: Control, start: Start) -> None:
    """The other destination: a stream for each log of the driver, in AWS's group, with new lines alone."""
    control.set_fate(stay_in="RUNNING", stdout="one\ntwo\n")
    run_id = start(configurationOverrides=to_cloudwatch(logStreamNamePrefix="mine"))
    control.advance(1)
    logs = client("logs", server.endpoint)
    group, prefix = "/aws/emr-serverless", f"mine/applications/{APPLICATION}/jobs/{run_id}/"
    names = [
        one["logStreamName"]
        for one in logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=prefix)["logStreams"]
    ]
    assert names == [f"{prefix}SPARK_DRIVER/stderr", f"{prefix}SPARK_DRIVER/stdout"]
    control.settle(run_id, "SUCCESS")

    def lines(name: str) -> list[str]:
        found = logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)
        return [one["message"] for one in found["events"]]

    assert lines(names[1]) == ["one", "two"]
    told = lines(names[0])
    assert [line.partition("emulator: ")[2] for line in told] == [
        "SUBMITTED",
        "PENDING",
        "SCHEDULED",
        "RUNNING",
        "SUCCESS",
    ]


def test_log_types(server: Server, control: Control, start: Start) -> None:
    """Who asks for the executors' stderr alone gets that alone, in the group of that name."""
    start(
        configurationOverrides=to_cloudwatch(logGroupName="/team/spark", logTypes={"SPARK_EXECUTOR": ["STDERR"]}),
        name="x",
    )
    control.advance(60)
    found = client("logs", server.endpoint).describe_log_streams(logGroupName="/team/spark")["logStreams"]
    assert [one["logStreamName"].partition("/jobs/")[2].partition("/")[2] for one in found] == [
        "SPARK_EXECUTOR/1/stderr"
    ]


def test_the_applications_own_destination(
    emr: EMRServerlessClient, control: Control, start: Start, bucket: str, read: Read
) -> None:
    """A platform team sends all logs of an application to one bucket; a job may name another."""
    made = emr.create_application(
        releaseLabel="emr-7.14.0",
        type="SPARK",
        clientToken="application",
        monitoringConfiguration={"s3MonitoringConfiguration": {"logUri": f"s3://{bucket}/all"}},
    )["applicationId"]
    control.advance(1)
    one = start(applicationId=made)
    other = start(applicationId=made, clientToken="b", configurationOverrides=to_s3(f"s3://{bucket}/mine"))
    control.advance(60)
    assert {key.partition("/SPARK_")[0] for key in read(bucket)} == {
        f"all/applications/{made}/jobs/{one}",
        f"mine/applications/{made}/jobs/{other}",
    }


def test_hive(emr: EMRServerlessClient, control: Control, bucket: str, read: Read) -> None:
    """The other engine's driver has the other name."""
    request = request_for(
        applicationId=DEFAULT_HIVE_APPLICATION_ID,
        jobDriver={"hive": {"query": "select 1"}},
        configurationOverrides=to_s3(f"s3://{bucket}"),
    )
    emr.start_job_run(**request)
    control.advance(60)
    assert {key.partition("/HIVE_DRIVER/")[2] for key in read(bucket)} == {"stdout.gz", "stderr.gz"}


def test_a_bucket_that_is_not_there(server: Server, control: Control, start: Start) -> None:
    """The run goes on, and the emulator says where its logs went."""
    run_id = start(configurationOverrides=to_s3("s3://no-such-bucket/logs"))
    control.advance(60)
    assert control.runs()[0].state == "SUCCESS"
    assert server.emulator.notes[-1] == (
        f"The logs of {run_id} could not be written to s3://no-such-bucket: NoSuchBucket"
    )


def test_another_account_has_logs_of_its_own(
    server: Server, control: Control, client_of: Callable[..., EMRServerlessClient]
) -> None:
    """A run writes as itself: into a bucket of its own account."""
    s3 = client("s3", server.endpoint, "222222222222")
    s3.create_bucket(Bucket="of-another-account")
    emr = client_of("222222222222")
    emr.start_job_run(
        **request_for(executionRoleArn=role_of("222222222222"), configurationOverrides=to_s3("s3://of-another-account"))
    )
    control.advance(60)
    control.runs()
    assert s3.list_objects_v2(Bucket="of-another-account")["KeyCount"] == 4
    assert not server.emulator.notes


def test_the_dashboard_serves_logs(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Managed logs are on by default at AWS: they are read by the link, without any destination."""
    control.set_fate(stdout="<b>3.14</b>\n", failing_attempts=1)
    run_id = start(retryPolicy={"maxAttempts": 2})
    control.advance(60)
    link = emr.get_dashboard_for_job_run(applicationId=APPLICATION, jobRunId=run_id)["url"]

    def fetched(path: str) -> bytes:
        with urllib.request.urlopen(link.replace("?", f"{path}?")) as answer:
            return bytes(answer.read())

    assert gzip.decompress(fetched("/logs/SPARK_DRIVER/stdout.gz")) == b"<b>3.14</b>\n"
    assert fetched("/logs/attempts/1/SPARK_DRIVER/stdout") == b"<b>3.14</b>\n"
    page = fetched("").decode()
    assert "&lt;b&gt;3.14" in page
    assert "SUCCESS" in page
    with pytest.raises(urllib.error.HTTPError, match="404") as caught:
        fetched("/logs/SPARK_DRIVER/stdlog.gz")
    assert b"SPARK_DRIVER/stderr" in caught.value.read()


def test_the_form_of_aws_dashboards(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Who checks the link's form gets AWS's, if that is asked for."""
    control.set_options(dashboard_urls="aws")
    run_id = start()
    control.advance(60)
    link = emr.get_dashboard_for_job_run(applicationId=APPLICATION, jobRunId=run_id)["url"]
    assert link.startswith(f"https://j-{run_id}.dashboard.emr-serverless.us-east-1.amazonaws.com/?authToken=")
