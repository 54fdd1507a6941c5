"""Those who run what a run asks for, where somebody does: the emulator's side of it, and theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pulumi_emr_serverless.emulator.runs import Run
from pulumi_emr_serverless.emulator.wire import Caller


class Drivers(Protocol):
    """Told what the emulator decided about runs. None of it waits for a driver, but for its death."""

    def begin(self, caller: Caller, run: Run, *, queues: bool) -> None:
        """A run was started. ``queues``: it is QUEUED while it has to wait."""

    def end(self, run_id: str) -> None:
        """The run is cancelled: its driver has the grace period from now."""

    def kill(self, run_id: str) -> None:
        """The run is over. When this returns, so is its driver."""

    def logs(self, run_id: str, attempt: int) -> Mapping[str, str]:
        """What the driver wrote so far, by the names of the logs; nothing before it runs."""

    def reset(self) -> None:
        """Every run is forgotten."""


@dataclass(frozen=True)
class Report:
    """A run came to a state. ``details`` "" is AWS's text of that state; nothing follows a ``final`` one."""

    state: str
    details: str
    attempt: int
    final: bool = False


@dataclass(frozen=True)
class Stage:
    """What drivers tell the emulator.

    ``report(run ID, reports)`` moves a run on, unless it is over, as one step that nobody sees half of; the answer is the state in which it then is, None if
    it is forgotten. ``show(run ID)`` writes its logs as they are now. ``catch_up`` lets time have its way, and ``now``
    is that time.
    """

    report: Callable[[str, Sequence[Report]], str | None]
    show: Callable[[str], None]
    catch_up: Callable[[], None]
    now: Callable[[], float]
