"""What AWS does not show may not be shown *yet*: how long a "not found" is doubted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from pulumi_emr_serverless.errors import RunNotFoundError
from pulumi_emr_serverless.runs import Observation

UNTIL_A_NEW_RUN_IS_SHOWN = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between looks at a run that AWS must know and does not show. Too few would start a second run."""

Found = TypeVar("Found")


class Looking(Protocol):
    """What of AWS a look needs; ``aws.EmrServerless`` is one."""

    def get(self, application_id: str, job_run_id: str) -> Observation: ...


def look(aws: Looking, application_id: str, job_run_id: str, sleep: Callable[[float], None]) -> Observation | None:
    """The run; None if AWS does not show it, also not after the moment that a new one may take to appear."""
    return until_found(lambda: aws.get(application_id, job_run_id), sleep)


def until_found(call: Callable[[], Found], sleep: Callable[[float], None], *, patient: bool = True) -> Found | None:
    """What the call gives, as soon as AWS knows what it is about; None if it does not, after every try.

    Args:
        call: may raise ``RunNotFoundError``.
        sleep: waits, in seconds.
        patient: False believes the first answer, for a run that is not new.
    """
    for pause in _pauses(patient=patient):
        try:
            return call()
        except RunNotFoundError:
            if pause is not None:
                sleep(pause)
    return None


def _pauses(*, patient: bool) -> Iterator[float | None]:
    if patient:
        yield from UNTIL_A_NEW_RUN_IS_SHOWN
    yield None
