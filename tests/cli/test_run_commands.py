"""The commands on runs, against the emulator; the Pulumi CLI is a script that prints a state."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from pulumi_emr_serverless import cli
from pulumi_emr_serverless.cli.cancel import cancel
from pulumi_emr_serverless.cli.dashboard import dashboard
from pulumi_emr_serverless.cli.describe import describe
from pulumi_emr_serverless.cli.finding import Finder, FoundRun, Stack
from pulumi_emr_serverless.cli.logs import logs
from pulumi_emr_serverless.cli.watch import Watched, _table, watch
from pulumi_emr_serverless.emulator.server import Server, serving
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID as APPLICATION
from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    EmrServerlessError,
    RunLookupError,
    RunNotFoundError,
)
from pulumi_emr_serverless.persisted import JOB_RUN_TYPE
from pulumi_emr_serverless.runs import Observation

COMMANDS = (watch, logs, dashboard, describe, cancel)

app = typer.Typer(pretty_exceptions_enable=False)
for command in COMMANDS:
    app.command()(command)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as running:
        running.control.set_fate(
            stay_in="RUNNING", seconds={"SUBMITTED": 0.01, "PENDING": 0, "SCHEDULED": 0, "CANCELLING": 0.05}
        )
        environment = {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield running
        assert running.control.health()["violations"] == []


@pytest.fixture
def start(server: Server) -> Callable[..., str]:
    """Starts a run and returns its ID."""
    client = boto3.client("emr-serverless", endpoint_url=server.endpoint, region_name="us-east-1")

    def begin(name: str, **more: Any) -> str:
        answer = client.start_job_run(
            applicationId=APPLICATION,
            executionRoleArn="arn:aws:iam::123456789012:role/job",
            jobDriver={"sparkSubmit": {"entryPoint": "s3://b/e.py"}},
            name=name,
            **more,
        )
        return str(answer["jobRunId"])

    return begin


def emrs(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def resource(name: str, run_id: str, **outputs: Any) -> dict[str, Any]:
    arn = f"arn:aws:emr-serverless:us-east-1:123456789012:/applications/{APPLICATION}/jobruns/{run_id}"
    return {
        "urn": f"urn:pulumi:dev::test::{JOB_RUN_TYPE}::{name}",
        "type": JOB_RUN_TYPE,
        "id": f"{APPLICATION}/{run_id}",
        "outputs": {"jobRunId": run_id, "arn": arn, "applicationId": APPLICATION, **outputs},
    }


def deployment(*resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, Any]:
    stack = {
        "urn": "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev",
        "type": "pulumi:pulumi:Stack",
        "outputs": outputs or {},
    }
    return {"deployment": {"resources": [stack, *resources]}}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the Pulumi CLI of the PATH one that knows this state and configuration."""

    def make(
        *resources: dict[str, Any], outputs: dict[str, Any] | None = None, config: dict[str, Any] | None = None
    ) -> None:
        (tmp_path / "stack.json").write_text(json.dumps(deployment(*resources, outputs=outputs)))
        entries = {key: {"value": value, "secret": False} for key, value in (config or {}).items()}
        (tmp_path / "config.json").write_text(json.dumps(entries))
        script = tmp_path / "pulumi"
        script.write_text(f'#!/bin/sh\ncat "{tmp_path}/$1.json"\n')
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    return make


def finder(*resources: dict[str, Any], outputs: dict[str, Any] | None = None, application: str | None = None) -> Finder:
    text = json.dumps(deployment(*resources, outputs=outputs))
    return Finder(Stack(lambda _: text), application)


@pytest.mark.parametrize(
    "text",
    [
        "nightly",
        "runId",
        "runArn",
        "run2",
        f"{APPLICATION}/run2",
        f"arn:aws-cn:emr-serverless:us-east-1:123456789012:/applications/{APPLICATION}/jobruns/run2",
    ],
)
def test_a_run_is_found_by_whatever_a_person_has_at_hand(text: str) -> None:
    """A resource's name, a stack output with an ID or an ARN, a run ID, both IDs, an ARN of any partition."""
    outputs = {"runId": "run2", "runArn": resource("", "run2")["outputs"]["arn"]}
    found = finder(resource("other", "run1"), resource("nightly", "run2"), outputs=outputs).find(text)
    assert found.id == f"{APPLICATION}/run2"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("run9", "is 'run9', and no run of the state has that ID"),
        ("SUCCESS", "is 'SUCCESS', and no run of the state"),
        (None, "has no value: what it is made of failed in the last update"),
        ({"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}, "is secret"),
        (["run2"], "is no text"),
    ],
    ids=["a run of before", "another output", "after a failure", "secret", "a list"],
)
def test_an_output_that_names_no_run_is_explained(output: Any, said: str) -> None:
    """After a failed update an output may be older than the state: "no run 'runId'" would not tell."""
    with pytest.raises(RunLookupError, match=re.escape(said)) as refused:
        finder(resource("nightly", "run2"), outputs={"runId": output}).find("runId")
    assert "this stack has: nightly" in str(refused.value)


def test_a_bare_id_belongs_to_the_given_application() -> None:
    """Outside of a stack there is no name to look up."""
    assert finder(application="00other").find("abc1") == FoundRun("00other", "abc1")


def test_a_run_that_only_waits_to_be_deleted_is_not_the_one() -> None:
    """After a failed replacement the state names two runs of one resource."""
    old = {**resource("nightly", "run1"), "delete": True}
    assert finder(old, resource("nightly", "run2")).find("nightly").job_run_id == "run2"


@pytest.mark.parametrize(
    ("text", "words"), [("nightlyy", "nightly, nightly"), ("nightly", "2 runs")], ids=["unknown", "ambiguous"]
)
def test_a_name_that_leads_nowhere_says_what_would(text: str, words: str) -> None:
    """A typo is answered with the names there are."""
    with pytest.raises(RunLookupError, match=words):
        finder(resource("nightly", "run1"), resource("nightly", "run2")).find(text)


def test_without_a_pulumi_cli_the_message_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has only an ID needs no Pulumi; whoever gives a name learns that."""
    monkeypatch.setenv("PATH", "")
    assert isinstance(emrs("describe", "nightly").exception, RunLookupError)


def test_watch_ends_with_the_runs_and_tells_how(server: Server, start: Callable[..., str]) -> None:
    """Exit code 1 when one failed: a script that starts and watches needs no other check."""
    good, bad = start("good"), start("bad")
    server.control.settle(good, "SUCCESS")
    result = emrs("watch", f"{APPLICATION}/{good}")
    assert (result.exit_code, "SUCCESS" in result.stdout) == (0, True)
    server.control.settle(bad, "FAILED", "ExitCode: 1")
    result = emrs("watch", good, bad, "--application", APPLICATION, "--json")
    assert result.exit_code == 1
    changes = [json.loads(line) for line in result.stdout.splitlines()]
    assert {each["jobRunId"]: each["state"] for each in changes} == {good: "SUCCESS", bad: "FAILED"}


def test_watch_once_shows_the_living_runs_of_an_application(start: Callable[..., str]) -> None:
    """A look at what goes on, without waiting for its end."""
    ids = [start("a"), start("b")]
    result = emrs("watch", "--application", APPLICATION, "--once", "--json")
    assert result.exit_code == 0
    assert sorted(json.loads(line)["jobRunId"] for line in result.stdout.splitlines()) == sorted(ids)


def test_watch_of_an_application_follows_what_starts_meanwhile(
    server: Server, start: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next job of a pipeline begins when the first has ended: the table must not close in between."""
    # The package has the function `watch` under the module's name.
    monkeypatch.setattr(sys.modules[Watched.__module__], "_NEW_RUNS_SECONDS", 0.1)
    first, later = start("first"), list[str]()

    def pipeline() -> None:
        while not server.control.calls("ListJobRuns"):  # until the first one is watched
            time.sleep(0.05)
        later.append(start("second"))
        server.control.settle(first, "SUCCESS")
        asked = len(server.control.calls("GetJobRun"))
        while len(server.control.calls("GetJobRun")) < asked + 2:  # until the second one is watched
            time.sleep(0.05)
        server.control.settle(later[0], "SUCCESS")

    job = threading.Thread(target=pipeline)
    job.start()
    result = emrs("watch", "--application", APPLICATION, "--json")
    job.join()
    assert result.exit_code == 0
    seen = {one["jobRunId"]: (one["name"], one["state"]) for one in map(json.loads, result.stdout.splitlines())}
    assert seen == {first: ("first", "SUCCESS"), later[0]: ("second", "SUCCESS")}


def test_watch_once_ends_where_aws_does_not_answer(server: Server, start: Callable[..., str]) -> None:
    """It was asked for the runs as they are now."""
    run_id = start("a")
    server.control.arm("error", "GetJobRun", status=503, code="ServiceUnavailableException", message="no", times=0)
    result = emrs("watch", f"{APPLICATION}/{run_id}", "--once")
    assert isinstance(result.exception, AwsUnavailableError)


def test_a_narrow_table_keeps_the_ids() -> None:
    """A run whose ID is cut off cannot be looked up."""
    run_id = "00fjvi7pk2l9bc09"
    seen = Observation(APPLICATION, run_id, "arn", "FAILED", "out of memory: " * 40, name="nightly", attempt=1)
    console = Console(width=80, file=io.StringIO())
    console.print(_table([Watched(FoundRun(APPLICATION, run_id), seen)]))
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
    assert run_id in text
    assert "nightly" in text
    assert len(text.splitlines()) < 14


def test_the_table_shows_names_as_they_are() -> None:
    """What a person sees on a terminal; a name with brackets is no markup."""
    noon = datetime.now(timezone.utc) - timedelta(minutes=5)
    seen = Observation(
        APPLICATION,
        "run1",
        "arn",
        "FAILED",
        "ExitCode: 1",
        attempt=2,
        started_at=noon,
        ended_at=noon + timedelta(seconds=72),
    )
    console = Console(width=120, file=io.StringIO())
    console.print(
        _table(
            [
                Watched(FoundRun(APPLICATION, "run1", name="[bold]x"), seen),
                Watched(FoundRun(APPLICATION, "run2"), gone=True),
            ]
        )
    )
    text = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO above
    for part in ("[bold]x", "FAILED", "1m12s", "ExitCode: 1", "unknown to AWS"):
        assert part in text


def test_watch_of_a_stack(stack: Callable[..., None], server: Server, start: Callable[..., str]) -> None:
    """All runs of the stack, under the names that its program gives them."""
    ids = [start("a"), start("b")]
    for run_id in ids:
        server.control.settle(run_id)
    stack(resource("extract", ids[0]), resource("load", ids[1]))
    result = emrs("watch", "--stack", "dev")
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.stdout.splitlines()} == {"extract", "load"}


def test_watch_of_a_run_that_aws_does_not_know(server: Server) -> None:
    """It must not wait for ever."""
    assert server.control.runs() == []
    result = emrs("watch", f"{APPLICATION}/00nothing")
    assert result.exit_code == 1
    assert "unknown to AWS" in result.stdout


def test_logs_from_the_place_that_the_run_names(start: Callable[..., str], server: Server) -> None:
    """The lines alone go to standard output, so that they can be piped; where they come from goes to standard error."""
    s3 = boto3.client("s3", endpoint_url=server.endpoint, region_name="us-east-1")
    s3.create_bucket(Bucket="cli-logs")
    server.control.set_fate(stay_in="SCHEDULED")  # such a run writes no logs itself
    run_id = start(
        "a",
        configurationOverrides={
            "monitoringConfiguration": {"s3MonitoringConfiguration": {"logUri": "s3://cli-logs/p"}}
        },
    )
    run = f"{APPLICATION}/{run_id}"
    assert emrs("logs", run).exit_code == 1
    prefix = f"p/applications/{APPLICATION}/jobs/{run_id}"
    for key, text in (("SPARK_DRIVER/stderr.gz", "boom\n"), ("SPARK_EXECUTOR/1/stdout.gz", "done\n")):
        s3.put_object(Bucket="cli-logs", Key=f"{prefix}/{key}", Body=gzip.compress(text.encode()))
    result = emrs("logs", run)
    assert (result.exit_code, result.stdout) == (0, "boom\n")
    assert f"s3://cli-logs/{prefix}/SPARK_DRIVER/stderr.gz" in result.stderr
    assert json.loads(emrs("logs", run, "--executor", "1", "--stdout", "--json").stdout)["line"] == "done"
    server.control.settle(run_id, "FAILED")
    assert emrs("logs", run, "--follow").stdout == "boom\n"


def test_logs_of_an_attempt_that_there_is_not(start: Callable[..., str]) -> None:
    """Another attempt's log under this one's number would mislead."""
    result = emrs("logs", f"{APPLICATION}/{start('a')}", "--attempt", "2")
    assert result.exit_code == 1
    assert "There is no attempt 2: the run has 1." in result.stderr


def test_secrets_of_the_configuration_are_asked_for_one_by_one() -> None:
    """A stack's keys may be its only credentials; what is not needed stays encrypted."""
    asked: list[tuple[str, ...]] = []

    def pulumi(arguments: Sequence[str]) -> str:
        asked.append(tuple(arguments))
        entries = {"aws:secretKey": {"secret": True}, "aws:region": {"value": "eu-west-1", "secret": False}}
        return "hush\n" if "get" in arguments else json.dumps(entries)

    stack = Stack(pulumi, "dev")
    assert [stack.setting(key) for key in ("aws:region", "aws:secretKey", "aws:token")] == ["eu-west-1", "hush", None]
    assert [stack.setting("aws:secretKey")] == ["hush"]
    assert asked == [("config", "--json", "--stack", "dev"), ("config", "get", "aws:secretKey", "--stack", "dev")]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (RunNotFoundError("GetJobRun: no such run", hint="Check the application's ID"), 1, "Check the IDs"),
        (AwsUnavailableError("GetJobRun: 503", hint="it finds what was started"), 1, "Try again"),
        (AwsError("GetJobRun: denied", hint="Allow it"), 1, "Allow it"),
        (RunLookupError("No run 'x'"), 2, "No run"),
    ],
)
def test_errors_of_the_command_say_what_helps_there(
    error: EmrServerlessError,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`emrs` starts nothing, so "run the same command again: it finds what was started" would be odd."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == code
    assert said.startswith("error: ")
    assert words in said
    assert "what was started" not in said


def test_logs_that_go_nowhere_name_the_ui(start: Callable[..., str]) -> None:
    """AWS's managed logs are in no bucket."""
    run_id = start("a")
    result = emrs("logs", f"{APPLICATION}/{run_id}")
    assert result.exit_code == 1
    assert f"emrs dashboard {APPLICATION}/{run_id}" in result.stderr


def test_dashboard_prints_a_fresh_link(start: Callable[..., str], server: Server) -> None:
    """Without a terminal nothing is opened."""
    run_id = start("a")
    assert emrs("dashboard", f"{APPLICATION}/{run_id}").stdout.startswith(server.endpoint)
    document = json.loads(emrs("dashboard", f"{APPLICATION}/{run_id}", "--json").stdout)
    assert document["jobRunId"] == run_id
    assert isinstance(emrs("dashboard", f"{APPLICATION}/{run_id}", "--attempt", "7").exception, EmrServerlessError)


PRICES = {"vCPUHour": 0.05, "memoryGBHour": 0.005, "storageGBHour": 0}


def test_describe_sums_a_stack_up_at_its_prices(
    stack: Callable[..., None], server: Server, start: Callable[..., str]
) -> None:
    """What did last night cost? With the prices of the stack's configuration, and with those of a file."""
    ids = [start("a"), start("b")]
    wait_until_running(server, 2)
    for run_id in ids:
        server.control.settle(run_id)
    server.control.advance(60)  # what a run is billed is known a while after its end
    stack(resource("a", ids[0]), resource("b", ids[1]), config={"emrServerless:prices": json.dumps(PRICES)})
    document = json.loads(emrs("describe", "--json").stdout)
    assert [run["state"] for run in document["runs"]] == ["SUCCESS", "SUCCESS"]
    assert document["billed"] == {"vCPUHour": 0.534, "memoryGBHour": 2.134, "storageGBHour": 0.0}
    assert (document["cost"], document["currency"]) == (0.03737, "USD")
    assert "2 runs billed 0.534 vCPU-hours" in emrs("describe").stdout
    assert datetime.fromisoformat(document["runs"][0]["endedAt"]).tzinfo == timezone.utc


def test_describe_without_prices_has_no_cost(start: Callable[..., str], tmp_path: Path) -> None:
    """Prices are not invented; a file gives them as well as a stack."""
    run = f"{APPLICATION}/{start('a')}"
    assert "cost" not in json.loads(emrs("describe", run, "--json").stdout)
    (tmp_path / "prices.yaml").write_text("vCPUHour: 0.05\nmemoryGBHour: 0.005\nstorageGBHour: 0\ncurrency: EUR\n")
    document = json.loads(emrs("describe", run, "--json", "--prices", str(tmp_path / "prices.yaml")).stdout)
    assert document["currency"] == "EUR"
    assert emrs("describe", run, "--prices", str(tmp_path / "none.yaml")).exit_code == 2


def test_describe_tells_the_attempts_apart(server: Server, start: Callable[..., str]) -> None:
    """A job that failed twice before it succeeded deserves a look."""
    server.control.set_fate("flaky", failing_attempts=1, details="ExitCode: 1", seconds={"RUNNING": 0.1})
    run_id = start("flaky", retryPolicy={"maxAttempts": 3})
    server.control.advance(60)
    document = json.loads(emrs("describe", f"{APPLICATION}/{run_id}", "--json").stdout)["runs"][0]
    assert document["attempt"] == 2
    assert list(document["attempts"]) == ["1", "2"]
    assert document["attempts"]["1"].startswith("FAILED")


def test_cancel_ends_runs_once(server: Server, start: Callable[..., str]) -> None:
    """A run that has ended is left alone; without a terminal nobody is asked, so --yes has to be said."""
    living, ended = start("a"), start("b")
    server.control.settle(ended, "SUCCESS")
    runs = (f"{APPLICATION}/{living}", f"{APPLICATION}/{ended}")
    assert emrs("cancel", *runs).exit_code == 2
    assert server.control.calls("CancelJobRun") == []
    result = emrs("cancel", *runs, "--yes", "--grace-period", "0", "--json")
    assert result.exit_code == 0
    assert [each["state"] for each in json.loads(result.stdout)] == ["CANCELLED", "SUCCESS"]
    (call,) = server.control.calls("CancelJobRun")
    assert call.input["shutdownGracePeriodInSeconds"] == 0
    assert emrs("cancel", *runs, "--yes", "--grace-period", "5").exit_code == 2


@pytest.mark.parametrize("name", [command.__name__ for command in COMMANDS])
def test_each_help_has_an_example_and_exit_codes(name: str) -> None:
    """What a person copies, and what a script needs."""
    text = re.sub(r"\s+", " ", emrs(name, "--help").stdout)
    assert f"Example: emrs {name}" in text
    assert "Exit code 0" in text


def wait_until_running(server: Server, count: int) -> None:
    """The emulator's clock goes on by itself; this moves it past the states before RUNNING."""
    server.control.advance(1)
    assert [run.state for run in server.control.runs()] == ["RUNNING"] * count
