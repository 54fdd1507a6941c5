"""A server that runs Spark for real, one for all tests of a process, with the clock going."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from emulator.support import APPLICATION, request_for
from pulumi_emr_serverless.emulator.records import RecordedRun
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.spark.installation import default_cache, installed
from pulumi_emr_serverless.emulator.spark.runner import Settings

BUCKET = "spark"
PATIENCE = 240
"""Seconds after which a test gives up; no assertion is about time."""


@dataclass(frozen=True)
class Spark:
    """Starts jobs, and waits for what becomes of them."""

    server: Server

    def client(self, service: str) -> Any:
        return boto3.session.Session().client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.server.endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def put(self, key: str, body: str | bytes) -> str:
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def start(self, entry_point: str, *arguments: str, parameters: str = "", **more: Any) -> str:
        submit = {
            "entryPoint": entry_point,
            "entryPointArguments": list(arguments),
            **({"sparkSubmitParameters": parameters} if parameters else {}),
        }
        overrides = {"monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": f"s3://{BUCKET}/logs"}}}
        request = {
            "clientToken": f"{time.monotonic_ns()}",
            "jobDriver": {"sparkSubmit": submit},
            "configurationOverrides": overrides,
            **more,
        }
        run_id: str = self.client("emr-serverless").start_job_run(**request_for(**request))["jobRunId"]
        return run_id

    def run(self, run_id: str) -> RecordedRun:
        return next(run for run in self.server.control.runs() if run.job_run_id == run_id)

    def until(self, run_id: str, holds: Callable[[RecordedRun], bool]) -> RecordedRun:
        deadline = time.monotonic() + PATIENCE
        while not holds(run := self.run(run_id)):
            assert time.monotonic() < deadline, run
            assert run.ended_at is None, f"{run.state}: {run.state_details}\n{self.log(run_id)}"
            time.sleep(0.1)
        return run

    def ended(self, run_id: str) -> RecordedRun:
        return self.until(run_id, lambda run: run.ended_at is not None)

    def log(self, run_id: str, name: str = "stderr", attempts: str = "") -> str:
        key = f"logs/applications/{APPLICATION}/jobs/{run_id}/{attempts}SPARK_DRIVER/{name}.gz"
        body: bytes = self.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        return gzip.decompress(body).decode()


@pytest.fixture(scope="session")
def _serving() -> Iterator[Server]:
    # What is missing for Spark fails the tests, in a sentence.
    with serving(spark=Settings(installed(default_cache(), print), slots=2)) as server:
        yield server


@pytest.fixture
def spark(_serving: Server) -> Iterator[Spark]:
    _serving.control.reset()
    spark = Spark(_serving)
    spark.client("s3").create_bucket(Bucket=BUCKET)
    yield spark
    assert _serving.control.health()["violations"] == []
    _serving.control.reset()
