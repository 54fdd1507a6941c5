"""A run that the program gives no name has its resource's at AWS, and is the same run as without it."""

from __future__ import annotations

from collections.abc import Callable

import boto3
import pytest

from engineless import EnginelessStack, inputs, new_process
from pulumi_emr_serverless import persisted, provider
from pulumi_emr_serverless.emulator.world import DEFAULT_APPLICATION_ID
from pulumi_emr_serverless.verbs import job_run

URN = "urn:pulumi:dev::test::test:index:House$pulumi-python:dynamic/emrserverless:JobRun::house"


def named(job: str, **changes: object) -> dict[str, object]:
    """The inputs after a check."""
    with new_process({}):
        return dict(provider.JobRunProvider().check({}, {**inputs(**changes), persisted.JOB: job}).inputs)


@pytest.mark.parametrize(
    ("job", "name"),
    [
        ("nightly", "nightly"),
        (f"{URN}::nightly", "nightly"),
        ("Nächtlicher Lauf №1 ✓", "Nächtlicher Lauf №1 ✓"),
        (" a\tb\n\x00c  d ", "a b c d"),
        ("x" * 256, "x" * 256),
        (" \n ", None),
        ("", None),
    ],
)
def test_the_name_of_the_resource_becomes_one_that_aws_takes(job: str, name: str | None) -> None:
    """1 to 256 characters and no line ends: AWS refuses others, and Pulumi takes any."""
    assert named(job).get("name") == name


def test_two_long_names_with_one_beginning_stay_apart() -> None:
    """Whoever looks for a run by its name must not find another job's."""
    first, second = (str(named("x" * length)["name"]) for length in (257, 258))
    assert len(first) == len(second) == 256
    assert first != second


def test_a_name_of_the_program_is_no_default() -> None:
    """Nor is one that is not known yet."""
    assert named("nightly", name="etl")["name"] == "etl"
    assert persisted.DEFAULTS not in named("nightly", name="etl")
    assert named("nightly")[persisted.DEFAULTS] == ["name"]


@pytest.fixture
def by_an_earlier_version(stack: EnginelessStack, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`up` as a version did that gave no names."""

    def up(**options: str) -> None:
        with monkeypatch.context() as then:
            then.setattr(job_run, "with_default_name", dict)
            stack.up(inputs(), **options)  # type: ignore[arg-type]  # those of `up`
        assert stack.runs()[-1].name is None

    return up


def test_an_upgrade_to_names_starts_nothing(stack: EnginelessStack, by_an_earlier_version: Callable[..., None]) -> None:
    """The run of a state without names is the one that is wanted; so it stays when tags are changed, and the next one has it."""
    by_an_earlier_version()
    assert not stack.up(inputs())
    stack.up(inputs(tags={"team": "data"}))
    stack.assert_settled(1)
    stack.up(inputs(triggers=["again"]))
    stack.assert_settled(2)
    assert stack.runs()[-1].name == "nightly"


@pytest.mark.parametrize("compares", [{}, {"token_reuse": "first_run"}])
@pytest.mark.parametrize("ended", [False, True], ids=["alive", "ended"])
def test_an_upgrade_between_a_crash_and_the_retry(
    stack: EnginelessStack, by_an_earlier_version: Callable[..., None], ended: bool, compares: dict[str, str]
) -> None:
    """The old version started the run without a name and was killed; this one must find it, whatever AWS says of the token."""
    stack.server.control.set_options(**compares)
    by_an_earlier_version(kill="StartJobRun.answered")
    (run,) = stack.runs()
    if ended:
        stack.server.control.settle(run.job_run_id, "SUCCESS")
    stack.up(inputs())
    assert [one.job_run_id for one in stack.runs()] == [stack.run_id()]
    assert not stack.up(inputs())


def test_a_renamed_resource_keeps_its_run(stack: EnginelessStack) -> None:
    """An alias is there so that nothing happens; its name at AWS is as of its start."""
    stack.up(inputs())
    stack.name = "daily"
    assert not stack.up(inputs())
    assert not stack.up(inputs(name="nightly")), "nor does it start one to spell the name out that the run has"
    assert stack.up(inputs(name="daily"))
    stack.assert_settled(2)


def test_a_name_that_is_taken_away_is_a_change(stack: EnginelessStack) -> None:
    """As it was before there were defaults."""
    stack.up(inputs(name="etl"))
    assert stack.up(inputs())
    stack.assert_settled(2)
    listed = boto3.client("emr-serverless", region_name="us-east-1", endpoint_url=stack.server.endpoint).list_job_runs(
        applicationId=DEFAULT_APPLICATION_ID
    )
    assert {run["name"] for run in listed["jobRuns"]} == {"etl", "nightly"}
