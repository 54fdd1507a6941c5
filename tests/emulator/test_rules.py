"""What AWS refuses beyond its model: a stack that passes here and fails there was tested in vain."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from mypy_boto3_emr_serverless import EMRServerlessClient

from emulator.support import APPLICATION, Start, code_of, request_for, role_of
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.emulator.sizes import Worker, megabytes, workers_of


def spark(parameters: str, **more: Any) -> dict[str, Any]:
    return request_for(
        jobDriver={"sparkSubmit": {"entryPoint": "s3://bucket/etl.py", "sparkSubmitParameters": parameters}}, **more
    )


def defaults(**properties: str) -> dict[str, Any]:
    named = {name.replace("_", "."): value for name, value in properties.items()}
    configuration = [{"classification": "spark-defaults", "properties": named}]
    return request_for(configurationOverrides={"applicationConfiguration": configuration})


SHUFFLE = "--conf spark.emr-serverless.executor.disk.type=shuffle_optimized"
SIZES = [
    # reason, request, the sentence it is refused with; None: it is accepted
    ("nothing said", request_for(), None),
    ("each size of cores", spark("--executor-cores 16 --executor-memory 108g --driver-cores 1 --driver-memory 2g"), None),
    ("3 vCPU", spark("--executor-cores 3"), "SPARK_EXECUTOR: 3 vCPU is no size of a worker. Supported are 1, 2, 4, 8, 16 vCPU"),
    ("3 vCPU, as a property", spark("--conf spark.driver.cores=3"), "SPARK_DRIVER: 3 vCPU"),
    ("3 vCPU, in spark-defaults", defaults(spark_executor_cores="3"), "SPARK_EXECUTOR: 3 vCPU"),
    ("the parameters win", {**defaults(spark_executor_cores="3"), "jobDriver": spark("--executor-cores 4")["jobDriver"]}, None),
    ("300 GB", spark("--executor-memory 300g"), "SPARK_EXECUTOR: 330.0 GB of memory, overhead included, is more than a worker of 4 vCPU has: 30 GB"),
    ("the last GB that fits with its overhead", spark("--executor-memory 27g"), None),
    ("the overhead does not fit", spark("--executor-memory 28g"), "30.8 GB"),
    ("an overhead of one's own", spark("--executor-memory 28g --conf spark.executor.memoryOverhead=1g"), None),
    ("megabytes", spark("--executor-memory 300000m"), "GB of memory"),
    ("a factor of one's own", spark("--executor-memory 20g --conf spark.emr-serverless.memoryOverheadFactor=0.6"), "32.0 GB"),
    ("a small disk", spark("--conf spark.emr-serverless.executor.disk=10G"), "a STANDARD disk has from 20 to 200 GB, not 10 GB"),
    ("a large disk", spark("--conf spark.emr-serverless.executor.disk=500G"), "from 20 to 200 GB, not 500 GB"),
    ("a large disk for shuffling", spark(f"--conf spark.emr-serverless.executor.disk=500G {SHUFFLE}"), None),
    ("a disk for shuffling on 2 vCPU", spark(f"--executor-cores 2 --executor-memory 8g {SHUFFLE}"), "needs a worker of 4 vCPU or more, not 2 vCPU"),
    ("words that no shell takes", spark("--executor-cores 3 --conf spark.a='x"), "3 vCPU"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "request_of", "says"), SIZES, ids=[row[0] for row in SIZES])
def test_sizes_of_workers(emr: EMRServerlessClient, reason: str, request_of: dict[str, Any], says: str | None) -> None:
    """ "Understanding worker configurations": AWS refuses a size at once, hours before the run would tell."""
    del reason
    if says is None:
        emr.start_job_run(**request_of)
        return
    code, status, message = code_of(lambda: emr.start_job_run(**request_of))
    assert (code, status) == ("ValidationException", 400)
    assert says in message


def test_a_reading_of_parameters() -> None:
    """What is asked for decides what is refused and billed: each way of writing it counts."""
    asked = spark(
        "--verbose --num-executors=7 --driver-memory 4g -c spark.executor.memory=6144m --conf 'spark.driver.cores=2' "
        "--conf spark.dynamicAllocation.maxExecutors=5"
    )
    assert workers_of(asked) == [
        Worker("SPARK_DRIVER", 2, 4.4, 20.0),
        Worker("SPARK_EXECUTOR", 4, 6.6, 20.0, count=5),
    ]
    assert workers_of(asked)[1].billed_memory == 8
    assert workers_of(request_for()) == [
        Worker("SPARK_DRIVER", 4, 15.4, 20.0),
        Worker("SPARK_EXECUTOR", 4, 15.4, 20.0, count=3),
    ]
    assert [one.count for one in workers_of({"jobDriver": {"hive": {"query": "select 1"}}})] == [1, 2]


@pytest.mark.parametrize(
    ("text", "size"),
    [("8g", 8192), ("8192M", 8192), ("1T", 2**20), ("512", 512), ("2gb", 2048), ("big", None), ("", None)],
)
def test_megabytes(text: str, size: float | None) -> None:
    """Spark's own spellings of a size."""
    assert megabytes(text) == size


def test_a_role_of_another_account(emr: EMRServerlessClient) -> None:
    """A copied role ARN is a common mistake; nobody may pass a role of another account."""
    assert code_of(lambda: emr.start_job_run(**request_for(executionRoleArn=role_of("999999999999")))) == (
        "AccessDeniedException",
        403,
        "Cross-account pass role is not allowed.",
    )


ENTRY_POINTS = [
    # option, entry point, the run's end
    ("known_buckets", "s3://code/there.py", "SUCCESS"),
    ("known_buckets", "s3://code/empty.py", "SUCCESS"),
    ("known_buckets", "s3://code/missing.py", "FAILED"),
    ("known_buckets", "s3://elsewhere/missing.py", "SUCCESS"),
    ("known_buckets", "local:///usr/lib/spark/examples/src/main/python/pi.py", "SUCCESS"),
    ("checked", "s3://code/there.py", "SUCCESS"),
    ("checked", "s3://code/missing.py", "FAILED"),
    ("checked", "s3://elsewhere/missing.py", "FAILED"),
    ("unchecked", "s3://code/missing.py", "SUCCESS"),
]


@pytest.mark.parametrize(("option", "entry_point", "state"), ENTRY_POINTS)
def test_an_entry_point_that_is_not_there(
    *, server: Server, control: Control, start: Start, option: str, entry_point: str, state: str
) -> None:
    """Everything succeeded once: a deploy that forgot to upload its script was green, and failed at AWS."""
    s3 = boto3.session.Session().client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="there.py", Body=b"print(1)")
    s3.put_object(Bucket="code", Key="empty.py", Body=b"")
    control.set_options(entry_points=option)
    start(jobDriver={"sparkSubmit": {"entryPoint": entry_point}})
    control.advance(60)
    run = control.runs()[0]
    assert run.state == state
    assert (f"No such file or directory: {entry_point}" in run.state_details) == (state == "FAILED")


def application(**changes: Any) -> dict[str, Any]:
    return {"releaseLabel": "emr-7.14.0", "type": "SPARK", "clientToken": "t", **changes}


def workers(count: int, cpu: str = "4 vCPU", memory: str = "16 GB", **more: str) -> dict[str, Any]:
    return {"workerCount": count, "workerConfiguration": {"cpu": cpu, "memory": memory, **more}}


APPLICATIONS = [
    ("a release of EMR on EC2 alone", {"releaseLabel": "emr-5.36.0"}, "emr-6.6.0 and later"),
    ("a release that is too old", {"releaseLabel": "emr-6.5.0"}, "Release label emr-6.5.0"),
    ("no label", {"releaseLabel": "latest"}, "Release label latest"),
    ("the first release", {"releaseLabel": "emr-6.6.0"}, None),
    ("a preview", {"releaseLabel": "emr-spark-8.0-preview"}, None),
    ("no such engine", {"type": "FLINK"}, "Unsupported engine FLINK"),
    ("no runs at once", {"schedulerConfiguration": {"maxConcurrentRuns": 0}}, "maxConcurrentRuns must be from 1 to 1000, not 0"),
    ("too many runs at once", {"schedulerConfiguration": {"maxConcurrentRuns": 1001}}, "not 1001"),
    ("too short a queue", {"schedulerConfiguration": {"queueTimeoutMinutes": 14}}, "queueTimeoutMinutes must be from 15 to 720, not 14"),
    ("too long a queue", {"schedulerConfiguration": {"queueTimeoutMinutes": 721}}, "not 721"),
    ("the limits of both", {"schedulerConfiguration": {"maxConcurrentRuns": 1000, "queueTimeoutMinutes": 15}}, None),
    ("a queue before 7.0.0", {"releaseLabel": "emr-6.15.0", "schedulerConfiguration": {"maxConcurrentRuns": 5}}, "emr-7.0.0"),
    (
        "more vCPU at the start than at most",
        {"initialCapacity": {"DRIVER": workers(1), "EXECUTOR": workers(10)}, "maximumCapacity": {"cpu": "40 vCPU", "memory": "400 GB"}},
        "initialCapacity needs 44 of cpu, and maximumCapacity has 40 vCPU",
    ),
    (
        "more memory",
        {"initialCapacity": {"DRIVER": workers(2)}, "maximumCapacity": {"cpu": "40 vCPU", "memory": "31 GB"}},
        "needs 32 of memory",
    ),
    (
        "as much as at most",
        {"initialCapacity": {"DRIVER": workers(10)}, "maximumCapacity": {"cpu": "40 vCPU", "memory": "160 GB"}},
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "changes", "says"), APPLICATIONS, ids=[row[0] for row in APPLICATIONS])
def test_applications(emr: EMRServerlessClient, reason: str, changes: dict[str, Any], says: str | None) -> None:
    """An application that AWS would not make must not be made here, by CreateApplication or UpdateApplication."""
    del reason
    if says is None:
        emr.create_application(**application(**changes))
        return
    code, status, message = code_of(lambda: emr.create_application(**application(**changes)))
    assert (code, status) == ("ValidationException", 400)
    assert says in message
    if "type" not in changes:
        made = emr.create_application(**application(clientToken="other"))["applicationId"]
        update = {**changes, "applicationId": made, "clientToken": "update"}
        assert says in code_of(lambda: emr.update_application(**update))[2]
        assert emr.get_application(applicationId=made)["application"]["releaseLabel"] == "emr-7.14.0"


OLD = [
    ("emr-7.0.0", {"mode": "STREAMING"}, "emr-7.1.0"),
    ("emr-7.0.0", {"retryPolicy": {"maxAttempts": 2}}, "emr-7.1.0"),
    ("emr-7.1.0", {"mode": "STREAMING"}, None),
    ("emr-7.10.0", {"executionTimeoutMinutes": 20000}, None),
    ("emr-7.11.0", {"executionTimeoutMinutes": 20000}, "10080"),
]


@pytest.mark.parametrize(("release", "changes", "says"), OLD)
def test_features_have_a_first_release(
    emr: EMRServerlessClient, release: str, changes: dict[str, Any], says: str | None
) -> None:
    """An application of last year does not do what one of today does."""
    made = emr.create_application(**application(releaseLabel=release))["applicationId"]
    request = request_for(applicationId=made, **changes)
    if says is None:
        emr.start_job_run(**request)
    else:
        assert says in code_of(lambda: emr.start_job_run(**request))[2]


@pytest.mark.parametrize(("release", "refused"), [("emr-7.8.0", True), ("emr-7.9.0", False)])
def test_a_grace_period_has_a_first_release(
    emr: EMRServerlessClient, control: Control, start: Start, release: str, refused: bool
) -> None:
    """ "Job run cancellation with grace period": from 7.9.0 on."""
    control.set_fate(stay_in="RUNNING")
    made = emr.create_application(**application(releaseLabel=release))["applicationId"]
    run_id = start(applicationId=made)

    def cancel(**more: Any) -> None:
        emr.cancel_job_run(applicationId=made, jobRunId=run_id, **more)

    if refused:
        assert "emr-7.9.0" in code_of(lambda: cancel(shutdownGracePeriodInSeconds=60))[2]
        cancel()
    else:
        cancel(shutdownGracePeriodInSeconds=60)


def test_wrong_states_of_an_application(emr: EMRServerlessClient, control: Control) -> None:
    """The sentences are AWS's, out of public logs: who matches on them finds them here."""
    control.advance(1)
    assert code_of(lambda: emr.update_application(applicationId=APPLICATION, clientToken="u")) == (
        "ValidationException",
        400,
        (
            "Application cannot be UPDATED. Applications must be in one of the statuses to be updated: [STOPPED, CREATED]. "
            "Current status: STARTED"
        ),
    )
    emr.stop_application(applicationId=APPLICATION)
    control.advance(1)
    assert code_of(lambda: emr.stop_application(applicationId=APPLICATION)) == (
        "ValidationException",
        400,
        "Application cannot be STOPPED. Applications must be in one of the following statuses: [STARTING, STARTED]",
    )
