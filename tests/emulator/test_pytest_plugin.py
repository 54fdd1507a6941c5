"""The fixture that other people's tests use, as pytest gives it to them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

THEIRS = """
import boto3
import pytest
from botocore.exceptions import ClientError


def start(local, name):
    return boto3.client("emr-serverless").start_job_run(
        applicationId=local.application_id,
        executionRoleArn=local.execution_role_arn,
        name=name,
        jobDriver={"sparkSubmit": {"entryPoint": "s3://bucket/etl.py"}},
    )["jobRunId"]


def test_a_failure(emr_serverless):
    control = emr_serverless.control
    control.freeze()
    control.set_fate("nightly*", outcome="FAILED", details="out of memory")
    boto3.client("s3").create_bucket(Bucket="bucket")
    boto3.client("s3").put_object(Bucket="bucket", Key="etl.py", Body=b"")
    run_id = start(emr_serverless, "nightly-1")
    control.advance(60)
    (run,) = control.runs()
    assert (run.job_run_id, run.state, run.state_details) == (run_id, "FAILED", "out of memory")


def test_nothing_is_left(emr_serverless):
    assert emr_serverless.control.runs() == []
    assert boto3.client("s3").list_buckets()["Buckets"] == []
    assert emr_serverless.control.health()["frozen"] is False


def test_a_defect(emr_serverless, monkeypatch):
    from pulumi_emr_serverless.emulator import service
    broken = {**service.OPERATIONS, "GetJobRun": lambda *_: 1 / 0}
    monkeypatch.setattr(service, "OPERATIONS", broken)
    with pytest.raises(ClientError):
        boto3.client("emr-serverless").get_job_run(applicationId="a", jobRunId="b")
"""


def pytest_of(folder: Path, text: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_theirs.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "AWS_PROFILE": "of-somebody", "AWS_MAX_ATTEMPTS": "1", **environment},
    )


def test_the_fixture(tmp_path: Path) -> None:
    """Environment, control, a fresh start each time, and a test that fails with the emulator's own defects."""
    done = pytest_of(tmp_path, THEIRS, "--tb=short")
    # Each test passes; what fails the third is the end of its fixture.
    assert "3 passed, 1 error" in done.stdout, done.stdout
    assert "ZeroDivisionError" in done.stdout


def test_the_fixture_without_moto(tmp_path: Path) -> None:
    """What to install, and no traceback."""
    (tmp_path / "moto.py").write_text("raise ImportError('no moto')")
    done = pytest_of(tmp_path, "def test_it(emr_serverless): pass", PYTHONPATH=str(tmp_path))
    assert "pip install 'pulumi-emr-serverless[local]'" in done.stdout
    assert "Traceback" not in done.stdout


def test_pytest_starts_light(tmp_path: Path) -> None:
    """Every pytest in the environment loads the plugin: neither Pulumi nor boto3 nor moto for a test without it."""
    text = (
        "import sys\ndef test_it(): assert not {'pulumi', 'boto3', 'botocore', 'moto', 'werkzeug'} & set(sys.modules)"
    )
    assert pytest_of(tmp_path, text).returncode == 0


def test_the_entry_point(pytestconfig: pytest.Config) -> None:
    """Nobody has to name the plugin."""
    assert pytestconfig.pluginmanager.has_plugin("emr_serverless")
