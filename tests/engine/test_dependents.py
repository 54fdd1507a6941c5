"""Jobs that depend on each other, jobs in components, and jobs that get another name."""

from __future__ import annotations

import pytest

from engine.harness import APPLICATION, ROLE, Stack

JOB = f"application_id={APPLICATION!r}, execution_role_arn={ROLE!r}"

CHAIN = f"""
from pulumi_emr_serverless import JobRun, spark_submit

first = JobRun("first", {JOB}, job_driver=spark_submit("s3://b/first.py", arguments=["DAY"]))
second = JobRun("second", {JOB}, job_driver=spark_submit("s3://b/second.py"), triggers=[first.job_run_id])
"""


def test_a_dependent_job_runs_again_with_the_job_it_waits_for(stack: Stack) -> None:
    """A new day for the first job is a new run of both, one each."""
    stack.up(text=CHAIN)
    stack.up(text=CHAIN.replace("DAY", "2026-01-02"))
    assert len(stack.runs()) == 4
    assert sorted(stack.alive()) == sorted(job["outputs"]["jobRunId"] for job in stack.jobs())
    stack.up("--expect-no-changes")


def test_a_dependent_that_target_drags_in_is_refused(stack: Stack) -> None:
    """Pulumi would create it from its old inputs, without a check, and the next `up` would run it once more."""
    stack.up(text=CHAIN)
    stack.write(CHAIN.replace("DAY", "2026-01-02"))
    refused = stack.up("--target", stack.urn("first"), expect=1)
    assert "which this update did not check" in refused.output
    assert "Traceback" not in refused.output
    assert len(stack.runs()) == 3
    stack.up()
    assert len(stack.runs()) == 4
    assert sorted(stack.alive()) == sorted(job["outputs"]["jobRunId"] for job in stack.jobs())
    stack.up("--expect-no-changes")


NAMED = f"""
import pulumi
from pulumi_emr_serverless import JobRun, spark_submit

class Team(pulumi.ComponentResource):
    def __init__(self, name, aliases=None, kind="Team"):
        super().__init__(f"test:index:{{kind}}", name, None, pulumi.ResourceOptions(aliases=aliases))
        JobRun("JOB", pulumi.ResourceOptions(parent=self, aliases=JOB_ALIASES), {JOB},
               job_driver=spark_submit("s3://b/x.py"))

Team("TEAM", TEAM_ALIASES)
"""


def named(team: str, job: str, team_aliases: str = "None", job_aliases: str = "None") -> str:
    text = NAMED.replace("TEAM_ALIASES", team_aliases).replace("JOB_ALIASES", job_aliases)
    return text.replace('"TEAM"', f'"{team}"').replace('"JOB"', f'"{job}"')


def test_names_may_change_with_an_alias(stack: Stack) -> None:
    """A rename is for people: with an alias, by name or by URN, of the job or of its component, nothing runs again."""
    stack.up(text=named("data", "nightly"))
    (run,) = stack.runs()
    by_name = "[pulumi.Alias(name='nightly')]"
    stack.up(text=named("data", "daily", job_aliases=by_name))
    urn = stack.jobs()[0]["urn"]
    stack.up(text=named("data", "hourly", job_aliases=f"[{urn!r}]"))
    component = "[pulumi.Alias(name='data')]"
    stack.up(text=named("ml", "hourly", team_aliases=component))
    assert stack.alive() == [run.job_run_id] == [stack.run_id()]
    assert len(stack.runs()) == 1
    stack.up("--expect-no-changes", "--skip-preview")


def test_two_jobs_of_one_name_in_two_components(stack: Stack) -> None:
    """Their companions must not swap values when both are replaced at once."""
    text = named("a", "nightly") + '\nTeam("b", kind="Group")\n'
    stack.up(text=text)
    stack.up("--replace", "**nightly")
    assert len(stack.runs()) == 4
    assert sorted(stack.alive()) == sorted(job["outputs"]["jobRunId"] for job in stack.jobs())
    stack.up("--expect-no-changes")


@pytest.mark.parametrize("option", ["delete_before_replace=False", "retain_on_delete=True"])
def test_options_that_would_leave_two_runs_are_refused(stack: Stack, option: str) -> None:
    """The new run would start beside the old one, or the old one be taken for a crash's; the message says why."""
    text = CHAIN.replace('"first", ', f'"first", pulumi.ResourceOptions({option}), ')
    result = stack.preview(text=f"import pulumi\n{text}", expect=1)
    assert f"first: {option.removesuffix('=True')} is not possible for a JobRun" in result.output
    assert "Traceback" not in result.output


def test_a_job_deleted_from_the_state_is_found_again(stack: Stack) -> None:
    """The companion remembers: the living run is recorded again instead of a second one being started."""
    stack.up(text=CHAIN.replace(", triggers=[first.job_run_id]", ""))
    stack.pulumi("state", "delete", stack.urn("first"), "--yes", "--force")
    stack.up()
    assert len(stack.runs()) == 2
    assert sorted(stack.alive()) == sorted(job["outputs"]["jobRunId"] for job in stack.jobs())
