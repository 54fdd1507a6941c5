"""What looking around costs on a busy application, in requests: it is paid for each update, and everybody else waits."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from fakes import APPLICATION, ARN, NOW, FakeAws
from pulumi_emr_serverless.errors import AwsError, RunNotFoundError
from pulumi_emr_serverless.launching import LaunchTag, Look, Surroundings
from pulumi_emr_serverless.launching.surroundings import LOOKS_AT_ONCE, MOST_RECENT
from pulumi_emr_serverless.launching.tags import LAUNCH_TAG
from pulumi_emr_serverless.runs import Application, Observation

OURS = LaunchTag("ours", "intent", 0)


def world(others: int, *, mine: int = 0, aws: FakeAws | None = None) -> FakeAws:
    """An application with so many living runs; those of others have no tag of ours."""
    aws = aws or FakeAws()
    for number in range(others + mine):
        run_id = f"run{number}"
        tags = {LAUNCH_TAG: str(OURS)} if number >= others else {"team": "data"}
        created = NOW + timedelta(seconds=number)
        aws.runs[run_id] = Observation(
            APPLICATION, run_id, f"{ARN}/{APPLICATION}/jobruns/{run_id}", "RUNNING", created_at=created, tags=tags
        )
    return aws


def look(surroundings: Surroundings, aws: FakeAws, launch: str = "ours", since: datetime | None = None) -> Look:
    return surroundings.living(aws, APPLICATION, launch, since=since, known=lambda _: False)


def test_300_runs_of_others_are_asked_for_their_tags_and_no_more() -> None:
    """GetJobRun is what verbs and waits need too: 300 of them are half a minute of its quota."""
    aws, surroundings = world(300, mine=2), Surroundings()
    found = look(surroundings, aws)
    assert {run.job_run_id for run in found.runs} == {"run300", "run301"}
    assert found.complete
    assert Counter(aws.calls) == {"list": 2, "tags_of": 302, "get": 2}


def test_a_hundred_jobs_of_one_update_look_around_once() -> None:
    """What one has asked, no other one asks again."""
    aws, surroundings = world(50), Surroundings()
    for number in range(100):
        look(surroundings, aws, f"launch{number}", NOW - timedelta(seconds=number))
    assert Counter(aws.calls)["tags_of"] == 50
    assert Counter(aws.calls)["list"] == 3
    assert "get" not in aws.calls


def test_where_tags_may_not_be_listed_each_run_is_asked_for_once() -> None:
    """A policy of before; it is not tried again for each run."""
    denied = AwsError("ListTagsForResource: AccessDeniedException", code="AccessDeniedException")
    aws, surroundings = world(60, mine=1, aws=FakeAws(deny={"tags_of": denied})), Surroundings()
    found = look(surroundings, aws)
    assert [run.job_run_id for run in found.runs] == ["run60"]
    assert Counter(aws.calls)["get"] == 61
    assert Counter(aws.calls)["tags_of"] <= LOOKS_AT_ONCE


@dataclass(eq=False)
class Late(FakeAws):
    """A list shows runs that nothing else knows."""

    unseen: tuple[str, ...] = ()

    def get(self, application_id: str, job_run_id: str) -> Observation:
        seen = super().get(application_id, job_run_id)
        if job_run_id in self.unseen:
            raise RunNotFoundError("GetJobRun: ResourceNotFoundException", code="ResourceNotFoundException")
        return seen

    def tags_of(self, arn: str) -> dict[str, str]:
        tags = super().tags_of(arn)
        if arn.rpartition("/")[2] in self.unseen:
            raise RunNotFoundError("ListTagsForResource: ResourceNotFoundException", code="ResourceNotFoundException")
        return tags


def test_runs_that_only_a_list_shows_are_not_waited_for() -> None:
    """They may be anybody's: two questions each, and the next update looks again."""
    aws = world(4, mine=1, aws=Late(unseen=("run0", "run1", "run2", "run3")))
    found = look(Surroundings(), aws)
    assert [run.job_run_id for run in found.runs] == ["run4"]
    assert not found.complete
    assert Counter(aws.calls) == {"list": 2, "tags_of": 5, "get": 5}


def test_an_application_with_more_runs_than_are_looked_at_is_not_listed_for_each_job() -> None:
    """20 pages are 20 seconds of ListJobRuns' quota."""
    aws, surroundings = world(MOST_RECENT + 10), Surroundings()
    for number in (3, 2, 1, 3, 2, 1):
        look(surroundings, aws, f"launch{number}", NOW + timedelta(seconds=number))
    assert Counter(aws.calls)["list"] <= 2


@dataclass(eq=False)
class Slow(FakeAws):
    """Its lists do not answer until they are let go on."""

    listing: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def list(self, application_id: str, **bounds: Any) -> Iterator[Observation]:
        self.listing.set()
        assert self.go_on.wait(20), "nobody came past this list"
        return super().list(application_id, **bounds)


def test_who_asks_for_the_application_does_not_wait_for_its_list() -> None:
    """A list waits for its quota at times; whether a run can be started at all is known without it."""
    aws, surroundings = Slow(), Surroundings()
    looking = threading.Thread(target=look, args=(surroundings, aws))
    looking.start()
    assert aws.listing.wait(20)
    assert isinstance(surroundings.application(aws, APPLICATION), Application)
    aws.go_on.set()
    looking.join()


@pytest.mark.parametrize("first", ["other", "ours"])
def test_a_run_is_shown_as_it_is_whoever_has_asked_for_its_tags(first: str) -> None:
    """A list shows neither resources nor times of a run: what another job knows of it is too little for its own."""
    aws, surroundings = world(0, mine=1), Surroundings()
    look(surroundings, aws, first)
    aws.put("run0", execution_role_arn="arn:role")
    seen = surroundings.get(aws, APPLICATION, "run0", aws.runs["run0"].arn)
    assert seen.execution_role_arn == ("arn:role" if first == "other" else "")
    assert Counter(aws.calls)["get"] == 1
