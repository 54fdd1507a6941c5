"""What a run may well fail of is said before it starts, once for each definition."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engineless import inputs, new_process, stack_on
from pulumi_emr_serverless import provider
from pulumi_emr_serverless.emulator.server import serving
from pulumi_emr_serverless.persisted import JOB, SECRETS

UNFILLED = {
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py", "entryPointArguments": ["--day", "{{ ds }}"]}}
}


@pytest.fixture(autouse=True)
def _process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with serving() as server, stack_on(server, monkeypatch), new_process({}):
        yield


def test_a_placeholder_that_nobody_fills_in(capfd: pytest.CaptureFixture[str]) -> None:
    """At the first check and after an edit; a job that goes on as it is does not nag."""
    job, news = provider.JobRunProvider(), inputs(**UNFILLED, **{JOB: "urn:pulumi:dev::test::job::nightly"})
    assert not job.check({}, news).failures
    said = capfd.readouterr().err
    assert "nightly: jobDriver.sparkSubmit.entryPointArguments[1]" in said
    assert "{{ ds }}" in said
    job.check(news, news)
    assert capfd.readouterr().err == ""
    job.check(news, {**news, "name": "another"})
    assert "{{ ds }}" in capfd.readouterr().err


def test_a_secret_placeholder_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    """That it looks like one is said, and not what it is."""
    where = ["jobDriver", "sparkSubmit", "entryPointArguments"]
    provider.JobRunProvider().check({}, inputs(**UNFILLED, **{SECRETS: [where]}))
    said = capfd.readouterr().err
    assert "entryPointArguments" in said
    assert "{{ ds }}" not in said
