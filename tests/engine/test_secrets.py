"""What a program makes secret is in the clear nowhere: no screen, no file, no message, whoever words it."""

from __future__ import annotations

import gzip
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from engine.harness import APPLICATION, Result, Stack
from engine.plants import (
    BASES,
    PROGRAM,
    Job,
    job_with_all_secrets,
    jobs_with_one_secret,
    jobs_with_secret_keys,
)
from model_members import model_paths, paths_in, start_job_run
from pulumi_emr_serverless.emulator.server import Server
from pulumi_emr_serverless.request import BEHAVIOUR_PROPERTIES, JobRunProperties
from pulumi_emr_serverless.runs import LOG_LOCATION_SOURCES

SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"


def planted(stack: Stack, jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Write a program with these jobs."""
    found = tuple(jobs)
    (stack.folder / "jobs.json").write_text(json.dumps([job.document() for job in found]))
    stack.write(PROGRAM)
    return found


def leaks(jobs: Iterable[Job], written: Mapping[str, str]) -> list[str]:
    """Which secret of which job is where, with what stands around it."""
    found = []
    for where, text in written.items():
        for job in jobs:
            for secret in job.texts:
                if secret in text:
                    at = text.index(secret)
                    found.append(f"{where}: {job.name}: ...{text[max(0, at - 100) : at + 60]!r}")
    return found


def files(stack: Stack) -> dict[str, str]:
    """Everything that the engine has written: the state, its backups, the history, plans."""
    wanted = [*(stack.folder / "state").rglob("*"), *stack.folder.glob("*.plan.json")]
    return {str(file.relative_to(stack.folder)): file.read_text() for file in wanted if file.is_file()}


def failing(result: Result) -> str:
    """What a command shows that has to fail."""
    assert result.code != 0, result.output
    assert "Traceback" not in result.output
    return result.output


def repeated(request: Mapping[str, Any]) -> str:
    """All of a request in the words of somebody who repeats it, spelled as AWS, a log and a URL would."""
    text = json.dumps(request)
    return f"bad request {text}; again {json.dumps(text)}; {request!r}; ?q={urllib.parse.quote(text)}"


def test_a_secret_is_planted_at_every_input() -> None:
    """A member that AWS, or this package, adds is secret when somebody makes it so; this table must have it."""
    bases = [
        {name: value for name, value in base.items() if name in start_job_run().members} for base in BASES.values()
    ]
    assert {path for base in bases for path in paths_in(base, start_job_run())} == set(model_paths(start_job_run()))
    assert {name for base in BASES.values() for name in base} == {
        field.alias or name for name, field in JobRunProperties.model_fields.items()
    }
    assert set(BEHAVIOUR_PROPERTIES) <= {name for base in BASES.values() for name in base}


def test_no_command_shows_a_secret(new: Callable[[str], Stack], emulator: Server) -> None:
    """One job for each input: a state is shared, a plan is read by a team, a log of CI by everybody."""
    stack = new("")
    jobs = planted(stack, [*jobs_with_one_secret(emulator.endpoint), *jobs_with_secret_keys()])
    written = {
        "preview": stack.preview("--diff").output,
        "preview as JSON": stack.preview("--json", "--save-plan", "first.plan.json").output,
        "up": stack.up("--diff", "--plan", "first.plan.json").output,
    }
    assert len(stack.runs()) == len(jobs)
    for run in stack.runs():
        emulator.control.settle(run.job_run_id, "FAILED", repeated(run.request))
    written |= {
        "refresh": stack.refresh("--diff").output,
        "preview after it": stack.preview("--diff", "--save-plan", "second.plan.json").output,
        "export": stack.pulumi("stack", "export").output,
        "outputs": stack.pulumi("stack", "output", "--json").output,
        "history": stack.pulumi("stack", "history", "--json").output,
        "describe": stack.emrs("describe").everything,
        "describe as JSON": stack.emrs("describe", "--json").everything,
        "watch": stack.emrs("watch", "--once").everything,
        "watch as JSON": stack.emrs("watch", "--once", "--json").everything,
    }
    assert_encrypted(stack, jobs)
    written["destroy"] = stack.destroy("--diff").output
    assert "\n".join(leaks(jobs, {**written, **files(stack)})) == ""


def assert_encrypted(stack: Stack, jobs: Iterable[Job]) -> None:
    """Also what cannot be looked for in a text: each secret input, and each output that is made of it."""
    kept = {str(found["urn"]).rpartition("::")[2]: found for found in stack.jobs()}
    for job in jobs:
        for bag in ("inputs", "outputs"):
            for location in job.secrets:
                assert is_encrypted(kept[job.name][bag], location), f"{job.name}: {bag} at {location}"
        outputs = kept[job.name]["outputs"]
        for name, sources in LOG_LOCATION_SOURCES.items():
            made_of_one = any(_overlap(source, secret) for source in sources for secret in job.secrets)
            if name in outputs["logs"]:
                assert is_encrypted(outputs, ("logs", name)) == made_of_one, f"{job.name}: {name}"
        place = {("applicationId",), ("region",)}
        assert is_encrypted(outputs, ("arn",)) == bool(place & set(job.secrets)), job.name
        assert is_encrypted(outputs, ("observed", "mode")) == (("mode",) in job.secrets), job.name
        assert outputs["observed"]["state"] == "FAILED"


def is_encrypted(value: Any, location: Iterable[Any]) -> bool:
    """Whether a value in a state is, or something that it is a part of."""
    for step in location:
        if is_encrypted(value, ()):
            return True
        value = value[step]
    return isinstance(value, dict) and SECRET_MARK in value.values()


def _overlap(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


@pytest.fixture
def all_secret(emulator: Server) -> Job:
    """A run each value of which is a secret, with all that goes with BATCH."""
    return job_with_all_secrets("batch", emulator.endpoint)


def test_no_refusal_repeats_a_secret(new: Callable[[str], Stack], emulator: Server, all_secret: Job) -> None:
    """AWS's words are shown to whoever has to act on them, and repeat what was asked for."""
    stack, written = new(""), dict[str, str]()
    words = repeated(all_secret.inputs)

    def refused(operation: str, code: str, command: Callable[[], str]) -> None:
        emulator.control.arm("error", operation, status=400, code=code, message=words, times=0)
        said = command()
        emulator.control.disarm()
        assert code in said, said
        assert "[secret]" in said
        written[f"{operation} {code}"] = said

    planted(stack, [all_secret])
    for code in ("ValidationException", "AccessDeniedException", "ConflictException"):
        refused("StartJobRun", code, lambda: failing(stack.up(expect=None)))
    stack.up()
    refused("GetJobRun", "ValidationException", lambda: failing(stack.refresh(expect=None)))
    tagged = {**all_secret.inputs, "tags": {"cost_center": "plant599x"}}
    changed = Job(all_secret.name, tagged, all_secret.secrets, (*all_secret.texts, "plant599x"))
    planted(stack, [changed])
    words = repeated(tagged)
    refused("TagResource", "AccessDeniedException", lambda: failing(stack.up(expect=None)))
    words = repeated(all_secret.inputs)
    refused("CancelJobRun", "AccessDeniedException", lambda: failing(stack.destroy(expect=None)))
    assert "\n".join(leaks([changed], {**written, **files(stack)})) == ""


def test_no_message_of_ours_repeats_a_secret(new: Callable[[str], Stack], emulator: Server) -> None:
    """A token that is used again, options that change, values that break a rule, and what a log of the engine has of us."""
    stack, jobs = new(""), [job_with_all_secrets(base, emulator.endpoint) for base in ("batch", "token")]
    planted(stack, jobs)
    stack.up()
    for job in jobs:
        job.inputs["name"] = "another"
    parameters = "--conf spark.hadoop.password=plant598x --conf spark.executor.cores=3"
    jobs[0].inputs["jobDriver"]["sparkSubmit"]["sparkSubmitParameters"] = parameters
    planted(stack, jobs)
    reused = failing(stack.preview(expect=None))
    assert "is the token of run" in reused
    wrong = Job(jobs[0].name, _broken(jobs[0].inputs), jobs[0].secrets, (*jobs[0].texts, "plant598x"))
    planted(stack, [wrong])
    refused = failing(stack.preview(expect=None))
    assert refused.count("<hidden>") > 10, refused
    logged = failing(stack.pulumi("preview", "-v=9", "--logtostderr", expect=None))
    # The engine's own log has everything, as that of every resource; ours is what it shows of us.
    ours = "\n".join(line for line in logged.splitlines() if not re.match(r'\{"time"|[IWEF]\d{4} ', line.strip()))
    assert "<hidden>" in ours
    assert (
        "\n".join(leaks([*jobs, wrong], {"reused": reused, "refused": refused, "logged": ours, **files(stack)})) == ""
    )


def _broken(value: Any) -> Any:
    """The same, with each text too long or otherwise not what AWS takes."""
    if isinstance(value, dict):
        return {key: _broken(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_broken(item) for item in value]
    return f"{value} WRONG\u0007" * 20 if isinstance(value, str) else value


def test_no_wait_shows_a_secret(new: Callable[[str], Stack], emulator: Server, all_secret: Job) -> None:
    """Why a run failed, the end of its log and where that is are shown in CI; a rerun says why it is one."""
    stack = new("")
    planted(stack, [all_secret])
    stack.up()
    fail_with_a_log(stack, emulator, all_secret)
    written = {}
    for forgives in (True, False):
        waiting = job_with_all_secrets("batch", emulator.endpoint, waits=True, forgives=forgives)
        planted(stack, [waiting])
        written[f"wait that forgives: {forgives}"] = stack.up(expect=None).output
    assert "No success" not in written["wait that forgives: True"]
    assert "No success" in written["wait that forgives: False"]
    assert "The driver's stderr ends with:" in written["wait that forgives: False"]
    again = job_with_all_secrets("batch", emulator.endpoint)
    again.inputs["rerun"] = "on_failure"
    planted(stack, [again])
    written["rerun"] = stack.preview("--diff").output
    assert "is FAILED (" in written["rerun"]
    assert "\n".join(leaks([all_secret], {**written, **files(stack)})) == ""


def fail_with_a_log(stack: Stack, emulator: Server, job: Job) -> None:
    """End the one run as a job does that prints what it was given, and whose failure AWS explains with it."""
    (run,) = stack.runs()
    text = repeated(run.request)
    monitoring = job.inputs["configurationOverrides"]["monitoringConfiguration"]
    bucket = monitoring["s3MonitoringConfiguration"]["logUri"].split("/")[2]
    key = f"logs/applications/{APPLICATION}/jobs/{run.job_run_id}/SPARK_DRIVER/stderr.gz"
    s3 = boto3.client(
        "s3",
        endpoint_url=emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(f"{text}\nKeyError\n".encode()))
    emulator.control.settle(run.job_run_id, "FAILED", text)


def test_emrs_shows_a_secret_only_when_asked(
    new: Callable[[str], Stack], emulator: Server, all_secret: Job, tmp_path: Path
) -> None:
    """By name and, in the stack's folder, by ID; the screens and the JSON; what is asked for is shown."""
    stack = new("")
    planted(stack, [all_secret])
    stack.up()
    missing = {"logs, none there": stack.emrs("logs", all_secret.name, "--executor", "9", expect=1).everything}
    fail_with_a_log(stack, emulator, all_secret)
    run, state = f"{APPLICATION}/{stack.run_id()}", tmp_path / "state.json"
    state.write_text('{"deployment": {"resources": []}}')
    commands = [
        (command, named, *form)
        for command in ("describe", "logs", "watch")
        for named in (all_secret.name, run)
        for form in ((), ("--json",))
    ]
    shown = {" ".join(command): stack.emrs(*command, expect=None).everything for command in commands}
    planted(stack, [Job(all_secret.name, {**all_secret.inputs, "triggers": 1}, all_secret.secrets, ())])
    stack.up()
    living = ("watch", "--application", APPLICATION, "--once")
    lost = ("orphans", APPLICATION, "--state", str(state))
    for command in (living, (*living, "--json"), lost, (*lost, "--json")):
        shown[" ".join(command)] = stack.emrs(*command, expect=None).everything
    assert "\n".join(leaks([all_secret], {**missing, **shown})) == ""
    assert all("FAILED" in shown[f"describe {named}"] for named in (all_secret.name, run))
    for asked in (("describe", all_secret.name), ("logs", run), ("watch", run), lost):
        assert leaks([all_secret], {"": stack.emrs(*asked, "--show-secrets", expect=None).everything}), asked


def test_a_secret_in_the_configuration_stays_one(new: Callable[[str], Stack]) -> None:
    """Default tags are on each run; a key or an endpoint that is wrong is named, and not said."""
    stack = new(PROGRAM)
    plain = {
        "applicationId": APPLICATION,
        **{name: BASES["stream"][name] for name in ("executionRoleArn", "jobDriver")},
    }
    job = Job("nightly", {**plain, "tags": {"own": "public"}}, (), ("plant701x", "plant702x", "plant703x", "plant704x"))
    planted(stack, [job])
    tags = '{"tags": {"plant701x": "plant702x"}}'
    stack.pulumi("config", "set", "--secret", "aws:defaultTags", tags)
    written = {"preview": stack.preview("--diff").output, "up": stack.up("--diff").output}
    (run,) = stack.runs()
    assert run.tags["plant701x"] == "plant702x"
    written |= {"refresh": stack.refresh("--diff").output, "describe": stack.emrs("describe").everything}
    stack.up("--expect-no-changes")
    for key, value in (("emrServerless:endpoint", "plant703x"), ("emrServerless:insecure", "plant704x")):
        stack.pulumi("config", "set", "--secret", key, value)
        written[key] = failing(stack.preview(expect=None))
        assert f"{key.partition(':')[2]}: " in written[key], written[key]
        written[f"{key} in emrs"] = stack.emrs("describe", "nightly", expect=2).everything
        stack.pulumi("config", "rm", key)
    stack.pulumi("config", "set", "--secret", "emrServerless:prices", "plant704x")
    planted(stack, [Job("nightly", job.inputs, (), (), waits=True)])
    written["prices"] = failing(stack.preview(expect=None))
    assert "emrServerless:prices: '[secret]' is not JSON" in written["prices"]
    assert "\n".join(leaks([job], {**written, **files(stack)})) == ""
