"""What one provider process remembers of the update that it serves.

The engine tells a verb very little: ``create`` never learns which run it replaces, nor ``delete`` what is to come
instead. The process does see the verbs that went before, so it keeps what they said. Nothing here is needed for
correctness after a crash - the launch token and the closed tag are durable - but it closes the gaps where AWS does not
let a run be tagged.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pulumi_emr_serverless.launching.tags import LaunchTag
from pulumi_emr_serverless.runs import Observation

SIDE_BY_SIDE = timedelta(hours=1)
"""How long two updates of one stack, which its lock should have kept apart, are taken to run side by side at most."""


@dataclass(frozen=True)
class HeldRun:
    """A run that the state holds.

    Args:
        application_id: the application that it is on.
        job_run_id: the run.
        tag: of which launch and intent it is; None for a run that was not started by this package.
        arn: its ARN.
        started_at: when it was started, by AWS's clock; None where the state does not say, or says it by another clock.
        time_limit: AWS ends it after so long by itself, all attempts together; None if never.
        seen_ended: a refresh has seen it in a terminal state.
        unsettled: when it was recorded, it could not be ruled out that an earlier run of its launch was alive.
    """

    application_id: str
    job_run_id: str
    tag: LaunchTag | None = None
    arn: str = ""
    started_at: datetime | None = None
    time_limit: timedelta | None = None
    seen_ended: bool = False
    unsettled: bool = False

    @property
    def rivals_since(self) -> datetime | None:
        """No living run of its launch that the state does not name can be older, by AWS's clock; None if nothing says so.

        What was there before was ended when this one was started, but for what was started side by side with it.
        """
        return None if self.unsettled or self.started_at is None else self.started_at - SIDE_BY_SIDE


@dataclass
class _OfLaunch:
    """What this process knows of one launch."""

    held: dict[str, HeldRun] = field(default_factory=dict)
    wanted: Mapping[str, Any] | None = None
    """The inputs that were checked for its job."""
    ended: list[str] = field(default_factory=list)
    """What this update has done to its runs, for a person."""
    was_closed_before: bool = False
    """A run of it that the state holds was closed by an earlier update already."""


class Memory:
    """Facts of one update, shared by the threads that serve its verbs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked: set[str] = set()
        self._done_with: set[str] = set()
        self._launches: dict[str, _OfLaunch] = {}
        self._created_at: dict[str, datetime] = {}
        self._kept_by: dict[str, str | None] = {}
        self._removed_launch_tokens: dict[str, str] = {}
        self._minted: set[str] = set()

    def remember_checked(self, inputs: Mapping[str, Any], launch: str | None = None) -> None:
        """These inputs passed ``check`` in this update, for the job of this launch, where that is known yet."""
        with self._lock:
            self._checked.add(_fingerprint(inputs))
            if launch is not None:
                self._of(launch).wanted = inputs

    def was_checked(self, inputs: Mapping[str, Any]) -> bool:
        with self._lock:
            return _fingerprint(inputs) in self._checked

    def wanted(self, launch: str) -> Mapping[str, Any] | None:
        """What the program declares for the job of this launch; None if it declares it no more."""
        with self._lock:
            return self._of(launch).wanted

    def remember_held(self, run: HeldRun) -> None:
        """The state holds this run: a ``create`` for the same launch wants another one, and a newer one."""
        if run.tag is not None:
            with self._lock:
                self._of(run.tag.launch).held[run.job_run_id] = run

    def held(self, launch: str) -> list[HeldRun]:
        """The runs of a launch that the state held when this update began."""
        with self._lock:
            return list(self._of(launch).held.values())

    def is_held(self, job_run_id: str) -> bool:
        """Whether the state holds this run, of whichever launch."""
        with self._lock:
            return any(job_run_id in one.held for one in self._launches.values())

    def remember_kept(self, job_run_id: str, job: str | None = None) -> None:
        """The state will hold this run when the update is over: for this job, or, without one, whichever is asked about."""
        with self._lock:
            self._kept_by[job_run_id] = job

    def is_kept_by_another(self, job_run_id: str, job: str) -> bool:
        """Whether another resource than this job goes on with the run."""
        with self._lock:
            return job_run_id in self._kept_by and self._kept_by[job_run_id] != job

    def remember_done_with(self, run_id: str) -> None:
        """The stack is done with this run, whether or not AWS let it be tagged as closed."""
        with self._lock:
            self._done_with.add(run_id)

    def is_spent(self, run_id: str, launch: str) -> bool:
        """Whether this run can no longer be the answer to a new intent of this launch."""
        with self._lock:
            return run_id in self._done_with or run_id in self._of(launch).held

    def remember_ended(self, launch: str, what: str, *, was_closed_before: bool) -> None:
        """A run of this launch that the state held is over: what was done to it, and whether another update had begun to."""
        with self._lock:
            known = self._of(launch)
            known.ended.append(what)
            known.was_closed_before |= was_closed_before

    def ended(self, launch: str) -> list[str]:
        with self._lock:
            return list(self._of(launch).ended)

    def is_ordinary(self, launch: str) -> bool:
        """Whether no earlier update of this launch can have been cut off between a start and its record.

        The engine has a run deleted before it has its successor created, and records that: where the delete came in this
        update, and nobody had begun it before, the state was whole.
        """
        with self._lock:
            known = self._of(launch)
            unsettled = any(run.unsettled for run in known.held.values())
            return bool(known.ended) and not (known.was_closed_before or unsettled)

    def remember_created_at(self, run: Observation) -> None:
        """When AWS created a run that was looked at."""
        if run.created_at is not None:
            with self._lock:
                self._created_at[run.job_run_id] = run.created_at

    def created_at(self, job_run_id: str) -> datetime | None:
        with self._lock:
            return self._created_at.get(job_run_id)

    def first_counter(self, tag: LaunchTag) -> int:
        """The first counter worth asking AWS for: those up to the held run's of the same intent are used up."""
        with self._lock:
            tags = [one.tag for one in self._of(tag.launch).held.values() if one.tag is not None]
            return max((one.counter + 1 for one in tags if one.intent == tag.intent), default=tag.counter)

    def remember_removed(self, job: str, launch_token: str) -> None:
        """A companion was deleted; if it is created again in this update, it keeps its value."""
        with self._lock:
            self._removed_launch_tokens[job] = launch_token

    def take_removed(self, job: str) -> str | None:
        with self._lock:
            return self._removed_launch_tokens.pop(job, None)

    def remember_minted(self, launch_token: str) -> None:
        """This launch token was made in this process: AWS cannot know a run of it from before."""
        with self._lock:
            self._minted.add(launch_token)

    def was_minted(self, launch_token: str) -> bool:
        with self._lock:
            return launch_token in self._minted

    def _of(self, launch: str) -> _OfLaunch:
        return self._launches.setdefault(launch, _OfLaunch())


def _fingerprint(inputs: Mapping[str, Any]) -> str:
    text = json.dumps(inputs, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
