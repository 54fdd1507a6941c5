"""AWS is eventually consistent: each flow while one of its views, or all of them, are late or fail for a while.

A command may end in one sentence; it is typed again. With the world honest again, and `up` typed until there is nothing
to do, there are exactly the wanted runs.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from engineless import FLOWS, EnginelessStack, Flow, failure_of, inputs
from pulumi_emr_serverless.emulator.control import Control
from pulumi_emr_serverless.errors import EmrServerlessError, RunNotShownError

LONGER_THAN_ANY_TROUBLE = 700.0

View = Callable[[Control], Any]

LATE: dict[str, View] = {
    "GetJobRun shows a new run 20 s late": lambda aws: aws.lag("GetJobRun", 20, what="existence"),
    "GetJobRun shows a new run 80 s late": lambda aws: aws.lag("GetJobRun", 80, what="existence"),
    "GetJobRun is 20 s behind": lambda aws: aws.lag("GetJobRun", 20),
    "GetJobRun shows tags of 60 s ago": lambda aws: aws.lag("GetJobRun", 60, what="tags"),
    "ListJobRuns is 60 s behind": lambda aws: aws.lag("ListJobRuns", 60),
    "every view is 20 s behind": lambda aws: aws.lag(None, 20),
    "a new run is unknown to its cancellation and its tags for 20 s": lambda aws: [
        aws.lag(operation, 20, what="existence") for operation in ("CancelJobRun", "TagResource", "UntagResource")
    ],
    "every run is unknown for 10 s": lambda aws: aws.outage(10, ["GetJobRun", "CancelJobRun", "TagResource"]),
    "every run is unknown for a minute": lambda aws: aws.outage(60, ["GetJobRun", "CancelJobRun", "TagResource"]),
    "every run is unknown for ten minutes": lambda aws: aws.outage(600, ["GetJobRun", "CancelJobRun", "TagResource"]),
}


def make_honest(stack: EnginelessStack) -> None:
    """Every view is up to date again, and nothing fails any more."""
    stack.server.control.lag(None, 0)
    stack.server.control.advance(LONGER_THAN_ANY_TROUBLE)


def play(stack: EnginelessStack, flow: Flow, view: View) -> list[EmrServerlessError]:
    """The flow with this view of it; a command that fails is typed again when time has passed."""
    for step in flow.before:
        step(stack)
    view(stack.server.control)
    failures = []
    for step in flow.steps:
        if error := failure_of(step, stack):
            failures.append(error)
            make_honest(stack)
            step(stack)
    make_honest(stack)
    return failures


def pairs(views: Iterable[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """Each with each in `make test-exhaustive`; else each of either at least once."""
    one, two = list(views), list(others)
    if os.environ.get("PULUMI_EMRS_EXHAUSTIVE"):
        return list(itertools.product(one, two))
    turns = range(math.lcm(len(one), len(two)) if math.gcd(len(one), len(two)) > 1 else 2 * max(len(one), len(two)))
    return sorted({(one[turn % len(one)], two[turn % len(two)]) for turn in turns})


@pytest.mark.parametrize(("view", "flow"), pairs(LATE, FLOWS))
def test_each_flow_while_a_view_is_late(stack: EnginelessStack, view: str, flow: str) -> None:
    """No run is started, and none counts as over, because AWS does not show something."""
    for error in play(stack, FLOWS[flow], LATE[view]):
        assert isinstance(error, RunNotShownError), error
    stack.up_until_clean()
    stack.assert_settled(FLOWS[flow].wanted)


POINTS = ("delete.returned", "StartJobRun.before_send", "StartJobRun.answered", "create.returned")
COMMANDS = {"replacement": "", "--replace": "job", "--replace of both": "both"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("view", "point"), pairs(LATE, POINTS))
def test_a_replacement_that_is_cut_off_while_a_view_is_late(
    stack: EnginelessStack, view: str, point: str, command: str
) -> None:
    """The same command again, at once: neither the old run nor a second new one is its answer."""
    declared = inputs(name="other") if command == "replacement" else inputs()

    def typed(kill: str = "") -> EmrServerlessError | None:
        return failure_of(lambda stack: stack.up(declared, replace=COMMANDS[command], kill=kill), stack)

    stack.up(inputs())
    LATE[view](stack.server.control)
    if typed(kill=point):
        make_honest(stack)
        typed(kill=point)
    if typed():
        make_honest(stack)
        assert typed() is None
    make_honest(stack)
    stack.up_until_clean()
    stack.assert_settled(2)
