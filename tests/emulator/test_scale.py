"""Many runs and many calls: a listing costs its page, and what is remembered has an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.support import APPLICATION, NOON, request_for
from pulumi_emr_serverless.emulator import documents, run_operations
from pulumi_emr_serverless.emulator.agenda import Agenda
from pulumi_emr_serverless.emulator.call_log import CallLog
from pulumi_emr_serverless.emulator.fates import Fate
from pulumi_emr_serverless.emulator.records import RecordedCall
from pulumi_emr_serverless.emulator.runs import observe
from pulumi_emr_serverless.emulator.service import Service
from pulumi_emr_serverless.emulator.state import Place
from pulumi_emr_serverless.emulator.tags import REMEMBERED, Tags
from pulumi_emr_serverless.emulator.wire import Caller
from pulumi_emr_serverless.emulator.world import World

CALLER = Caller("123456789012", "us-east-1")
STATES = ("SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "SUCCESS", "FAILED", "CANCELLING", "CANCELLED")


class Emulated:
    """The service without its protocol, at a frozen moment."""

    def __init__(self) -> None:
        self.world = World()
        self.world.clock.freeze(NOON)
        self.service = Service(self.world, lambda *_: None)

    def start(self, **changes: Any) -> str:
        token = f"t{len(self.place.runs)}"
        output = self.service.perform("StartJobRun", CALLER, request_for(clientToken=token, **changes)).output
        return str(output["jobRunId"])

    def listed(self, **more: Any) -> list[dict[str, Any]]:
        request = {"applicationId": APPLICATION, **more}
        return list(self.service.perform("ListJobRuns", CALLER, request).output["jobRuns"])

    def pages(self, **more: Any) -> Iterator[dict[str, Any]]:
        token: dict[str, Any] = {}
        while True:
            request = {"applicationId": APPLICATION, **more, **token}
            output = self.service.perform("ListJobRuns", CALLER, request).output
            yield from output["jobRuns"]
            if "nextToken" not in output:
                return
            token = {"nextToken": output["nextToken"]}

    @property
    def place(self) -> Place:
        return self.service.place(CALLER)


@pytest.fixture
def many() -> Emulated:
    """2,000 runs of which the last three are RUNNING."""
    emulated = Emulated()
    for _ in range(1997):
        emulated.start()
    emulated.world.clock.advance(60)
    emulated.world.fates.set(Fate(stay_in="RUNNING"))
    for _ in range(3):
        emulated.start()
    emulated.world.clock.advance(60)
    return emulated


@pytest.mark.parametrize(
    ("more", "shows", "looks_at"), [({}, 50, 51), ({"states": ["RUNNING"]}, 3, 3), ({"states": ["FAILED"]}, 0, 0)]
)
def test_a_listing_looks_at_its_page_alone(
    many: Emulated, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], shows: int, looks_at: int
) -> None:
    """It was linear once: 400 ms a call at 20,000 runs, whatever the page."""
    looked: list[str] = []

    def counting(run: Any, *arguments: Any) -> Any:
        looked.append(run.run_id)
        return observe(run, *arguments)

    many.listed(states=["SUCCESS"], maxResults=1)  # time is caught up with
    monkeypatch.setattr(run_operations, "observe", counting)
    assert len(many.listed(**more)) == shows
    assert len(looked) == looks_at


def test_a_listing_holds_nobody_up(many: Emulated, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run can be started while the page of another client is being written."""
    started: list[str] = []
    summary = documents.job_run_summary

    def starting(*arguments: Any) -> Any:
        if not started:
            other = threading.Thread(target=lambda: started.append(many.start()))
            other.start()
            other.join(20)
        return summary(*arguments)

    monkeypatch.setattr(documents, "job_run_summary", starting)
    listed = many.listed()
    assert started
    assert started[0] not in [run["id"] for run in listed]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.sampled_from(["SUCCESS", "FAILED", "stay", "retry"])),
        st.tuples(st.just("advance"), st.sampled_from([0.1, 0.2, 0.7, 5.0])),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("settle"), st.integers(0, 20)),
    ),
    max_size=40,
)


@given(steps=STEPS, size=st.integers(1, 5), states=st.lists(st.sampled_from(STATES), unique=True, max_size=4))
def test_a_listing_is_what_looking_at_every_run_shows(
    steps: list[tuple[str, Any]], size: int, states: list[str]
) -> None:
    """The index of states is an optimisation, and must never be seen."""
    emulated = Emulated()
    for step, value in steps:
        take(emulated, step, value)
    now = emulated.world.clock.now()
    runs = sorted(emulated.place.runs.values(), key=lambda run: -run.sequence)
    all_of_them = [(run.run_id, observe(run, now).state) for run in runs]
    wanted = [each for state in states for each in all_of_them if each[1] == state] if states else all_of_them
    filters = {"states": states} if states else {}
    assert [(run["id"], run["state"]) for run in emulated.pages(maxResults=size, **filters)] == wanted


def take(emulated: Emulated, step: str, value: Any) -> None:
    ids = list(emulated.place.runs)
    if step == "start":
        fates = {
            "SUCCESS": Fate(),
            "FAILED": Fate(outcome="FAILED"),
            "stay": Fate(stay_in="RUNNING"),
            "retry": Fate(failing_attempts=1),
        }
        emulated.world.fates.set(fates[value])
        emulated.start(retryPolicy={"maxAttempts": 2})
    elif step == "advance":
        emulated.world.clock.advance(value)
    elif value < len(ids):
        run = emulated.place.runs[ids[value]]
        if observe(run, emulated.world.clock.now()).terminal:
            return
        if step == "settle":
            emulated.service.settle(run.run_id, "FAILED", None)
        else:
            emulated.service.perform("CancelJobRun", CALLER, {"applicationId": APPLICATION, "jobRunId": run.run_id})


def test_the_record_of_calls_has_an_end() -> None:
    """A server that a team keeps running for a month would else grow with every call."""
    log = CallLog(limit=3)
    numbers = [log.add(call(f"Op{number}")) for number in range(5)]
    log.conclude(numbers[0], delivered=False)
    log.conclude(numbers[4], delivered=False)
    assert [(each.operation, each.delivered) for each in log.calls()] == [("Op2", True), ("Op3", True), ("Op4", False)]
    assert [each.operation for each in log.latest(2)] == ["Op4", "Op3"]
    assert [each.operation for each in log.calls("Op3")] == ["Op3"]
    assert log.arrived == 5
    log.clear()
    assert (log.arrived, log.calls()) == (0, [])


def test_the_history_of_tags_has_an_end() -> None:
    """A tag that is written every minute must not keep each of its values."""
    tags = Tags.born(0, {"at": "0"})
    for moment in range(1, 1000):
        tags = tags.changed(moment, {"at": str(moment)})
    assert len(tags.changes) == REMEMBERED + 1
    assert tags.current == tags.at(2000) == {"at": "999"}
    assert tags.at(950) == {"at": "950"}


def test_an_agenda() -> None:
    """Appointments come in the order of their time, each once; a new one for the same key replaces the old one."""
    agenda = Agenda()
    for key, at in (("b", 2.0), ("a", 1.0), ("c", 2.0), ("never", float("inf")), ("b", 5.0)):
        agenda.set(key, at)
    assert agenda.due(0.5) is None
    assert [agenda.due(4) for _ in range(3)] == [(1.0, "a"), (2.0, "c"), None]
    agenda.set("b", None)
    assert agenda.due(10) is None


def call(operation: str) -> RecordedCall:
    return RecordedCall(operation, "1", "us-east-1", {}, 200, None, None, replayed=False, at=0.0)
