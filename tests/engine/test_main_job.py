"""The main job on the real engine: each flow, and how many runs it starts."""

from __future__ import annotations

import pytest

from engine.harness import Stack, program
from pulumi_emr_serverless.launching.tags import without_own


def test_a_first_up_starts_one_run_and_records_it(stack: Stack) -> None:
    """The whole point: one `up`, one run, its ID and ARN in the outputs, created without waiting for its end."""
    result = stack.up()
    (run,) = stack.runs()
    assert run.job_run_id in result.output
    assert run.arn in result.output
    (job,) = stack.jobs()
    assert job["id"] == f"{run.application_id}/{run.job_run_id}"
    assert job["outputs"]["jobRunId"] == run.job_run_id
    assert job["outputs"]["arn"] == run.arn
    assert run.state != "SUCCESS"


def test_a_first_preview_shows_two_lines_and_starts_nothing(stack: Stack) -> None:
    """What a reviewer sees: the companion and the run; no property that means nothing to a person, and no warning."""
    output = stack.preview().output
    assert "warning" not in output
    assert lines(output) == ["LaunchToken", "JobRun"]
    assert "__" not in stack.preview("--diff").output
    assert not stack.runs()


def test_nothing_changed_is_no_change(stack: Stack) -> None:
    """A second `up`, a preview and a refresh of an unchanged program start and cancel nothing."""
    stack.up()
    assert lines(stack.preview().output) == []
    stack.up("--expect-no-changes")
    stack.refresh("--expect-no-changes")
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 1
    assert len(stack.alive()) == 1


def test_a_tag_change_keeps_the_run(stack: Stack) -> None:
    """Tags are for people and bills: changing one must not run the job again."""
    stack.up(text=program(tags={"team": "data", "gone": "x"}))
    before = stack.run_id()
    result = stack.up(text=program(tags={"team": "ml"}))
    assert "updated" in result.output
    (run,) = stack.runs()
    assert (run.job_run_id, run.state) == (before, "RUNNING")
    assert without_own(dict(run.tags)) == {"team": "ml"}
    assert stack.run_id() == before
    stack.up("--expect-no-changes")


def test_default_tags_of_the_stack_change_in_place(stack: Stack) -> None:
    """`aws:defaultTags`, as the stack's other resources have them: in the plan, on the run, and no reason to start one."""
    key = ("config", "set", "--path", "aws:defaultTags.tags.team")
    stack.pulumi(*key, "data")
    stack.up(text=program(tags={"env": "dev"}))
    stack.pulumi(*key, "etl")
    plan = stack.preview("--diff").output
    assert '"data" => "etl"' in plan
    assert "replace" not in plan
    stack.up()
    (run,) = stack.runs()
    assert without_own(dict(run.tags)) == {"team": "etl", "env": "dev"}
    stack.up("--expect-no-changes")


REPLACEMENTS = {
    "arguments": program(arguments=("--day", "2026-01-02")),
    "entry point": program(entry_point="s3://bucket/other.py"),
    "role": program(role="arn:aws:iam::123456789012:role/other"),
    "name": program(name="other"),
    "timeout": program(timeout=30),
    "triggers": program(triggers=["v2"]),
    "client token": program(client_token="mine"),
    "mode": program(mode="STREAMING", timeout=None),
}


@pytest.mark.parametrize("changed", REPLACEMENTS)
def test_each_replaced_property_starts_exactly_one_run(stack: Stack, changed: str) -> None:
    """Everything but tags is the run's identity: the old run is cancelled, one new one started, and recorded."""
    stack.up()
    assert "replace" in stack.preview(text=REPLACEMENTS[changed]).output
    stack.up()
    runs = stack.runs()
    assert len(runs) == 2
    assert stack.alive() == [stack.run_id()] == [runs[-1].job_run_id]
    stack.up("--expect-no-changes")


def test_the_old_run_is_terminal_before_the_new_one_starts(stack: Stack) -> None:
    """Two runs of one job would write the same output at once."""
    stack.up()
    stack.up(text=program(name="other"))
    old, new = stack.runs()
    assert old.state == "CANCELLED"
    assert old.ended_at is not None
    assert old.ended_at <= new.created_at


def test_replace_starts_one_run_more(stack: Stack) -> None:
    """`--replace` asks for the same definition again: a hash of the definition alone would replay the old run."""
    stack.up()
    first = stack.run_id()
    for target in (stack.urn(), "**nightly"):
        stack.up("--replace", target)
    assert len(stack.runs()) == 3
    assert stack.run_id() != first
    assert stack.alive() == [stack.run_id()]
    stack.up("--expect-no-changes")


def test_destroy_and_up_starts_a_new_run(stack: Stack) -> None:
    """After a destroy the definition is the same, but the intent is new."""
    stack.up()
    stack.destroy()
    assert not stack.alive()
    stack.up()
    assert len(stack.runs()) == 2
    assert stack.alive() == [stack.run_id()]


def test_the_job_alone_destroyed_and_up_starts_a_new_run(stack: Stack) -> None:
    """The companion is left behind with its value: the cancelled run must not come back as created."""
    stack.up()
    first = stack.run_id()
    stack.destroy("--target", stack.urn())
    stack.up()
    assert stack.run_id() != first
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 2


def test_back_and_forth_is_three_runs(stack: Stack) -> None:
    """A, B, A: the third is the same definition as the first, and a new intent."""
    for day in ("a", "b", "a"):
        stack.up(text=program(arguments=(day,)))
    assert len(stack.runs()) == 3
    assert stack.alive() == [stack.run_id()]


def test_refresh_shows_what_the_run_has_become(stack: Stack) -> None:
    """`observed` is what AWS says now; a finished run stays in the state and is not run again."""
    stack.up()
    (run,) = stack.runs()
    stack.emulator.control.settle(run.job_run_id, "SUCCESS")
    stack.refresh()
    (job,) = stack.jobs()
    assert job["outputs"]["observed"]["state"] == "SUCCESS"
    stack.up("--expect-no-changes")
    assert len(stack.runs()) == 1


def test_refresh_shows_tag_drift_and_up_mends_it(stack: Stack) -> None:
    """Somebody changed a tag by hand: the refresh shows it, the next up puts it back, the run goes on."""
    stack.up(text=program(tags={"team": "data"}))
    (run,) = stack.runs()
    tag_by_hand(stack, run.arn, {"team": "nobody"})
    assert "tags" in stack.refresh("--diff").output
    stack.up()
    (run,) = stack.runs()
    assert run.tags["team"] == "data"


def test_a_run_that_aws_has_forgotten_stays(stack: Stack) -> None:
    """AWS ages finished runs out. Dropping one from the state would run the job again."""
    stack.up()
    stack.emulator.control.settle(stack.run_id(), "SUCCESS")
    stack.refresh()
    stack.emulator.control.set_options(run_visibility_seconds=0)
    before = stack.run_id()
    assert "no longer known" in stack.refresh().output
    assert stack.run_id() == before
    stack.up("--expect-no-changes")
    stack.destroy()


def test_secrets_are_nowhere_in_the_clear(stack: Stack) -> None:
    """An argument that is a password, and the launch token, are encrypted in the state and absent from every plan."""
    text = program().replace("['--day', '2026-01-01']", "['--password', pulumi.Output.secret('hunter2')]")
    printed = [stack.preview("--diff", text=text).output, stack.up("--diff").output]
    printed.append(stack.up("--diff", text=text.replace("60", "61")).output)
    state = stack.pulumi("stack", "export").output
    assert "hunter2" not in "".join([*printed, state])
    token = stack.jobs()[0]["outputs"]["__launchToken"]
    assert set(token) >= {"ciphertext"}
    assert list(stack.runs()[0].request["jobDriver"]["sparkSubmit"]["entryPointArguments"]) == ["--password", "hunter2"]


def lines(output: str) -> list[str]:
    """The kinds of the resources that a plan shows, ours only."""
    return [line.split("emrserverless:")[1].split()[0] for line in output.splitlines() if "emrserverless:" in line]


def tag_by_hand(stack: Stack, arn: str, tags: dict[str, str]) -> None:
    import boto3

    client = boto3.client(
        "emr-serverless",
        endpoint_url=stack.emulator.endpoint,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="x",
    )
    client.tag_resource(resourceArn=arn, tags=tags)


BAD = """
import pulumi
from pulumi_emr_serverless import JobRun

JobRun("nightly",
    application_id="ABC",
    execution_role_arn="my-role",
    job_driver={"spark_submit": {"entry_point": "s3://b/x.py", "entryPoints": "?"}, "hive": {"query": "SELECT 1"}},
    execution_timeout_minutes=-1,
    applicaton_id="00app")
"""


def test_wrong_values_fail_the_preview_all_at_once(stack: Stack) -> None:
    """Whoever made five mistakes wants five messages, at the preview, and no traceback."""
    for result in (stack.preview(text=BAD, expect=1), stack.up(expect=1)):
        for expected in (
            "nightly: application_id: 'ABC'",
            "execution_role_arn: 'my-role'",
            "job_driver: ",
            "job_driver.spark_submit.entryPoints: ",
            "execution_timeout_minutes: -1",
            "did you mean application_id?",
        ):
            assert expected in result.output, result.output
        assert "Traceback" not in result.output
    assert not stack.emulator.control.calls()


def test_what_aws_refuses_is_said_in_its_words_with_a_hint(stack: Stack) -> None:
    """A definite rejection fails once, says what to do, shows no traceback, and leaves nothing behind."""
    result = stack.up(text=program(application="00nosuchapp"), expect=1)
    assert "ResourceNotFoundException" in result.output
    assert "Check the application's ID, the region and the account" in result.output
    assert "Traceback" not in result.output
    assert len(stack.emulator.control.calls("StartJobRun")) == 1
    stack.up(text=program())
    assert stack.alive() == [stack.run_id()]
