"""Whose a run is: what AWS's answer to a token, or a run that was found alive, is to the intent that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pulumi_emr_serverless.launching.tags import LaunchTag, is_closed, is_retained, launch_tag_of
from pulumi_emr_serverless.runs import Observation


class Answer(Enum):
    """What a run that AWS returned for a client token is to the intent that asked for it."""

    OURS = "ours"
    SPENT = "spent"
    """Its stack is done with it, or it was cancelled, or a later wish came after it: the counter moves on."""
    OF_ANOTHER_LAUNCH = "of another launch"
    OF_ANOTHER_INTENT = "of another intent"
    """An explicit token that was used for another definition of the same job."""


def judge(
    run: Observation, tag: LaunchTag, *, spent: bool, younger: Callable[[datetime], Iterable[Observation]]
) -> Answer:
    """Judge a run that AWS shows.

    Args:
        run: the answer, with its tags.
        tag: the intent that asks.
        spent: this update knows that the stack is done with it.
        younger: the runs of this launch that were created after a time; asked for only where nothing else decides.
    """
    theirs = launch_tag_of(run)
    if theirs is not None and theirs.launch != tag.launch:
        return Answer.OF_ANOTHER_LAUNCH
    if theirs is not None and theirs.intent != tag.intent:
        return Answer.OF_ANOTHER_INTENT
    if spent or is_closed(run) or run.is_cancelled:
        return Answer.SPENT
    if run.created_at is not None and is_superseded(run, younger(run.created_at)):
        return Answer.SPENT
    return Answer.OURS


def is_superseded(run: Observation, others: Iterable[Observation]) -> bool:
    """Whether another run of the launch is younger, by AWS's times: its wish came later, recorded or not."""
    created_at = run.created_at
    return created_at is not None and any(
        other.job_run_id != run.job_run_id and other.created_at is not None and other.created_at > created_at
        for other in others
    )


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
    has `delete` called for those. A retained run goes on. The wanted one is the youngest of all; an older run of this
    intent was superseded.
    """
    ours = strays(found, intent.launch, is_known=is_spent)
    youngest = max(ours, key=_age_rank, default=None)
    tag = None if youngest is None else launch_tag_of(youngest)
    wanted = None
    if youngest is not None and tag is not None and tag.intent == intent.intent:
        wanted = None if is_closed(youngest) or youngest.is_cancelled else youngest
    return LiveRuns(wanted, tuple(run for run in ours if run is not wanted))


def strays(found: Iterable[Observation], launch: str, *, is_known: Callable[[str], bool]) -> list[Observation]:
    """The living runs of a launch that nobody has let go on alone, and that are not known as another's business."""
    return [
        run
        for run in found
        if (tag := launch_tag_of(run)) is not None
        and tag.launch == launch
        and not (run.is_terminal or is_retained(run) or is_known(run.job_run_id))
    ]


def _age_rank(run: Observation) -> tuple[float, int]:
    """The youngest has the highest. AWS tells each one's time; the counter decides where it should not."""
    tag = launch_tag_of(run)
    created_at = 0.0 if run.created_at is None else run.created_at.timestamp()
    return created_at, 0 if tag is None else tag.counter
