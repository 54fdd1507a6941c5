"""What each state of a job run means, as data: the one place that a state which AWS adds has to go to.

Source: EMR Serverless API Reference, ``JobRun.state``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class StateFacts:
    """What a state of a job run means."""

    terminal: bool = False
    failed: bool = False
    cancellable: bool = False
    cancelled: bool = False
    """Somebody has asked for its end: it is no result of anything."""


STATES: Mapping[str, StateFacts] = {
    "SUBMITTED": StateFacts(cancellable=True),
    "QUEUED": StateFacts(cancellable=True),
    "PENDING": StateFacts(cancellable=True),
    "SCHEDULED": StateFacts(cancellable=True),
    "RUNNING": StateFacts(cancellable=True),
    "CANCELLING": StateFacts(cancelled=True),
    "SUCCESS": StateFacts(terminal=True),
    "FAILED": StateFacts(terminal=True, failed=True),
    "CANCELLED": StateFacts(terminal=True, failed=True, cancelled=True),
}
"""Which state means what, after EMR Serverless's JobRunState."""

LIVE_STATES = tuple(state for state, known in STATES.items() if not known.terminal)
"""The states to ask ListJobRuns for when looking for runs that are alive. AWS may add others: see ``facts``."""

FAILED_STATES = tuple(state for state, known in STATES.items() if known.failed)
"""The states that ``rerun`` = ``on_failure`` looks for."""

_UNKNOWN_STATE = StateFacts(cancellable=True)


def facts(state: str) -> StateFacts:
    """The meaning of a state. One that AWS adds later is taken to be alive: a run is never given up by mistake."""
    return STATES.get(state, _UNKNOWN_STATE)
