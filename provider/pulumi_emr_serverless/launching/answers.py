"""Whose a run is: what AWS's answer to a token, or a run that was found alive, is to the intent that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from pulumi_emr_serverless.launching.tags import LaunchTag, is_closed, is_retained, launch_tag_of
from pulumi_emr_serverless.runs import Observation


class Answer(Enum):
    """What a run that AWS returned for a client token is to the intent that asked for it."""

    OURS = "ours"
    SPENT = "spent"


def judge(run: Observation, *, spent: bool) -> Answer:
    """Take a run that AWS returned, unless its stack is done with it: then the counter moves on."""
    return Answer.SPENT if spent or is_closed(run) else Answer.OURS


@dataclass(frozen=True)
class LiveRuns:
    """What to do about the living runs of a launch, before another one is started."""

    wanted: Observation | None
    """The run that was started for this very intent, and that nobody recorded."""
    unwanted: tuple[Observation, ...]
    """Runs of an earlier definition, or whose cancellation was cut off: no two runs of a job may be alive."""


def sort_out(found: Iterable[Observation], intent: LaunchTag, *, is_spent: Callable[[str], bool]) -> LiveRuns:
    """Tell the run that the intent wants from the others of its launch.

    Runs of other launches do not count, nor what the state holds or this update has ended (``is_spent``): the engine
    has `delete` called for those. A retained run goes on.
    """
    ours = [
        (tag, run)
        for run in found
        if (tag := launch_tag_of(run)) is not None
        and tag.launch == intent.launch
        and not (run.is_terminal or is_retained(run) or is_spent(run.job_run_id))
    ]
    candidates = [(tag.counter, run) for tag, run in ours if tag.intent == intent.intent and not is_closed(run)]
    wanted = max(candidates, key=lambda one: one[0])[1] if candidates else None
    return LiveRuns(wanted, tuple(run for _, run in ours if run is not wanted))
