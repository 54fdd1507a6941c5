"""One port for everything: our own API, moto behind it, and the end of it all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.model import ServiceModel
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, NOON, Start, client, code_of, request_for, role_of
from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.emulator import Emulator
from pulumi_emr_serverless.emulator.refusals import Refusal
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.service import OPERATIONS
from pulumi_emr_serverless.emulator.wire import Api, Request
from pulumi_emr_serverless.emulator.world import Seed, World


def test_s3_on_the_same_port(server: Server) -> None:
    """Logs and entry points lie in S3: keys with escapes and metadata with underscores survive our being in front."""
    s3 = client("s3", server.endpoint)
    s3.create_bucket(Bucket="logs")
    for key in ("a/b", "a%2Fb", "applications/x/jobs/y/SPARK_DRIVER/stdout.gz"):
        s3.put_object(Bucket="logs", Key=key, Body=key.encode(), Metadata={"under_score": "1"})
    assert {one["Key"] for one in s3.list_objects_v2(Bucket="logs")["Contents"]} == {
        "a/b",
        "a%2Fb",
        "applications/x/jobs/y/SPARK_DRIVER/stdout.gz",
    }
    assert s3.get_object(Bucket="logs", Key="a%2Fb")["Body"].read() == b"a%2Fb"
    assert s3.head_object(Bucket="logs", Key="a/b")["Metadata"] == {"under_score": "1"}


def unsigned(server: Server) -> EMRServerlessClient:
    return boto3.session.Session().client(
        "emr-serverless",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED),
    )


def test_a_request_without_a_signature(server: Server, control: Control) -> None:
    """`skipRequestSigning` of a stack, and `--no-sign-request`: moto takes whatever is not signed for S3."""
    emr = unsigned(server)
    run_id = emr.start_job_run(**request_for())["jobRunId"]
    assert (control.runs()[0].account, control.runs()[0].region) == ("123456789012", "us-east-1")
    arn = control.runs()[0].arn
    emr.tag_resource(resourceArn=arn, tags={"a": "b"})
    assert emr.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}
    assert emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)["jobRun"]["state"] == "SUBMITTED"
    assert emr.list_applications()["applications"][0]["id"] == APPLICATION


def test_without_a_signature_the_region_is_that_of_the_applications() -> None:
    """Nothing in such a request names a region; in another one the applications would not be there."""
    with serving(Emulator(World(seeds=(Seed(region="eu-west-1"),)))) as server:
        assert unsigned(server).list_applications()["applications"]


def test_s3_without_a_signature_is_s3(server: Server) -> None:
    """Public objects, and links with their signature in the query, are nobody else's, whatever the bucket is called."""
    s3 = client("s3", server.endpoint)
    for bucket in ("tags", "applications", "public"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="a/b", Body=b"text", ACL="public-read")
    for bucket in ("tags", "public"):
        with urllib.request.urlopen(f"{server.endpoint}/{bucket}/a/b") as answer:
            assert answer.read() == b"text"
    for version in ("s3", "s3v4"):
        signing = boto3.session.Session().client(
            "s3",
            endpoint_url=server.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(signature_version=version, s3={"addressing_style": "path"}),
        )
        link = signing.generate_presigned_url("list_objects", Params={"Bucket": "applications"})
        with urllib.request.urlopen(link) as answer:
            assert b"<Key>a/b</Key>" in answer.read()


def test_the_cli_without_a_signature(server: Server, tmp_path: Path) -> None:
    """What a person types who has no credentials yet."""
    done = subprocess.run(
        [Path(sys.executable).with_name("aws"), "--no-sign-request", "emr-serverless", "list-applications"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout)["applications"][0]["id"] == APPLICATION


def test_the_date_is_the_emulators(emr: EMRServerlessClient, control: Control) -> None:
    """AWS's clock is the one that counts; a client that reads it from the answers must find the emulator's."""
    headers = emr.list_applications()["ResponseMetadata"]["HTTPHeaders"]
    assert parsedate_to_datetime(headers["date"]).timestamp() == NOON
    control.advance(86400)
    headers = emr.list_applications()["ResponseMetadata"]["HTTPHeaders"]
    assert parsedate_to_datetime(headers["date"]).timestamp() == NOON + 86400


def test_logs_iam_and_sts_on_the_same_port(server: Server) -> None:
    """AWS_ENDPOINT_URL is all that a user's environment has to say."""
    client("logs", server.endpoint).create_log_group(logGroupName="/team/one")
    assert client("sts", server.endpoint).get_caller_identity()["Account"] == "123456789012"
    client("iam", server.endpoint).create_role(RoleName="job", AssumeRolePolicyDocument="{}")


def test_an_assumed_role_lands_in_its_account(server: Server, control: Control) -> None:
    """`aws:assumeRoles` of a stack points at another account; its runs belong there."""
    assumed = client("sts", server.endpoint).assume_role(
        RoleArn="arn:aws:iam::222222222222:role/deploy", RoleSessionName="test"
    )
    emr = client("emr-serverless", server.endpoint, assumed["Credentials"]["AccessKeyId"])
    emr.start_job_run(**request_for(executionRoleArn=role_of("222222222222")))
    assert control.runs()[0].account == "222222222222"


def test_moto_reset_resets_us_too(server: Server, control: Control, start: Start) -> None:
    """Users of moto's server reset it between tests; runs that stay would be seen by the next one."""
    start()
    urllib.request.urlopen(urllib.request.Request(f"{server.endpoint}/moto-api/reset", method="POST")).close()
    assert control.runs() == []


def test_reset_restores_the_start(server: Server, control: Control, start: Start) -> None:
    """Whatever one test turned, the next one finds it as it was."""
    control.set_options(token_reuse="first_run")
    control.set_fate(outcome="FAILED")
    control.set_quotas(scale=0.1)
    control.arm("internal_error", times=0)
    control.reset()
    assert control.calls() == []
    assert not control.health()["frozen"]
    assert server.emulator.world.options.token_reuse == "conflict"
    control.freeze(NOON)
    start()
    control.advance(60)
    assert control.runs()[0].state == "SUCCESS"


def test_calls_are_recorded(emr: EMRServerlessClient, control: Control, start: Start) -> None:
    """Tests of the provider count calls: what was sent, and what came of it."""
    run_id = start(name="nightly")
    emr.get_job_run(applicationId=APPLICATION, jobRunId=run_id)
    code_of(lambda: emr.get_job_run(applicationId=APPLICATION, jobRunId="00fnone"))
    first, second, third = control.calls()
    assert (first.operation, first.http_status, first.job_run_id) == ("StartJobRun", 200, run_id)
    assert first.input == request_for(name="nightly")
    assert (first.account, first.region, first.at) == ("123456789012", "us-east-1", NOON)
    assert second.job_run_id == run_id
    assert (third.http_status, third.error_code) == (404, "ResourceNotFoundException")
    assert control.calls("StartJobRun") == [first]
    run = control.runs()[0]
    assert (run.client_token, run.request, run.name) == ("token", request_for(name="nightly"), "nightly")
    assert run.history[0] == {"at": NOON, "state": "SUBMITTED", "attempt": 1}


def test_the_clock(control: Control) -> None:
    """Tests decide what time it is: frozen, advanced, and running again."""
    assert control.now() == NOON
    assert control.advance(5) == NOON + 5
    assert control.resume() >= NOON + 5
    assert not control.health()["frozen"]


def test_the_page(server: Server, control: Control, start: Start) -> None:
    """What a person looks at shows the run, and shows its name as text."""
    start(name="<b>nightly</b>")
    page = urllib.request.urlopen(f"{server.endpoint}/_emrs/").read().decode()
    assert control.runs()[0].job_run_id in page
    assert "&lt;b&gt;nightly" in page
    (run,) = server.control.runs()
    assert f'<a href="dashboard/{run.job_run_id}">' in page
    assert APPLICATION in page
    linked = urllib.request.urlopen(f"{server.endpoint}/_emrs/dashboard/{run.job_run_id}").read().decode()
    assert run.job_run_id in linked


def test_an_answer_in_flight_is_finished() -> None:
    """SIGTERM in the middle of a StartJobRun must not make a run of which nobody hears."""
    with ThreadPoolExecutor(1) as pool:
        with serving() as server:
            emr = client("emr-serverless", server.endpoint)
            server.control.arm("delay_after", "StartJobRun", seconds=30)
            started = pool.submit(lambda: emr.start_job_run(**request_for())["jobRunId"])
            while not (server.control.calls("StartJobRun") or started.done()):
                pass
        assert started.result().startswith("00f")


def test_two_servers_are_apart() -> None:
    """Parallel test workers have an emulator each."""
    with serving() as one, serving() as other:
        client("emr-serverless", one.endpoint).start_job_run(**request_for())
        assert (len(one.control.runs()), len(other.control.runs())) == (1, 0)


def test_a_port_in_use_is_an_error(server: Server) -> None:
    """werkzeug would end the whole process."""
    port = int(server.endpoint.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Server(port=port)


def test_an_answer_against_the_model_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client retries a 500 and may never notice; the fixture of this suite fails on what is remembered here."""
    emulator = Emulator()
    monkeypatch.setattr(
        emulator.service,
        "perform",
        lambda *_: type("Wrong", (), {"output": {"applicationId": "NO"}, "replayed": False})(),
    )
    answer = emulator.answer(Request("POST", f"/applications/{APPLICATION}/jobruns", body=_body()))
    assert answer.status == 500
    (sentence,) = emulator.violations()
    assert "applicationId" in sentence
    assert "jobRunId" in sentence


def test_an_operation_that_breaks_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for a defect of ours that raises."""
    emulator = Emulator()
    monkeypatch.setattr(emulator.service, "perform", lambda *_: 1 / 0)
    assert emulator.answer(Request("GET", "/applications")).status == 500
    assert "ZeroDivisionError" in emulator.violations()[0]


def test_every_operation_is_covered_or_a_session() -> None:
    """A new operation of AWS shows up here when botocore brings it."""
    names = set(Api().model.operation_names)
    assert set(OPERATIONS) <= names
    assert {name for name in names - set(OPERATIONS) if "Session" not in name} == {"GetResourceDashboard"}


def test_errors_have_the_models_statuses() -> None:
    """The codes and statuses are AWS's, not ours."""
    model: ServiceModel = Api().model
    statuses = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in model.error_shapes}
    modelled = [each.kind for each in vars(refusals).values() if isinstance(each, Refusal) and each.kind[1] in statuses]
    assert {code for _, code in modelled} == set(statuses) - {"ServiceQuotaExceededException"}
    assert all(statuses[code] == status for status, code in modelled)


def _body() -> bytes:
    return (
        b'{"clientToken":"t","executionRoleArn":"arn:aws:iam::123456789012:role/job",'
        b'"jobDriver":{"sparkSubmit":{"entryPoint":"s3://b/e.py"}}}'
    )


def test_the_curl_commands_of_the_docs(server: Server) -> None:
    """A team without Python copies them from there."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "emulator.md").read_text()
    commands = [line for line in text.splitlines() if line.startswith("curl ")]
    assert len(commands) > 10
    for command in commands:
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace("http://127.0.0.1:4577", server.endpoint)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert isinstance(json.loads(done.stdout), dict)
