"""What one provider process remembers of the update that it serves.

The engine tells a verb very little: ``create`` never learns which run it replaces. The process does see the verbs
that went before, so it keeps what they said. Nothing here is needed for correctness after a crash - the launch token
and the closed tag are durable - but it closes the gaps where AWS does not let a run be tagged.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pulumi_emr_serverless.launching.tags import LaunchTag


@dataclass(frozen=True)
class HeldRun:
    """A run that the state holds.

    Args:
        application_id: the application that it is on.
        job_run_id: the run.
        tag: of which launch and intent it is.
        recorded_at: when it was recorded, by this machine's clock; None in the state of a run that says nothing of it.
    """

    application_id: str
    job_run_id: str
    tag: LaunchTag
    recorded_at: datetime | None = None


class Memory:
    """Facts of one update, shared by the threads that serve its verbs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checked: set[str] = set()
        self._done_with: set[str] = set()
        self._held: dict[str, dict[str, HeldRun]] = {}
        self._removed_launch_tokens: dict[str, str] = {}
        self._minted: set[str] = set()

    def remember_checked(self, inputs: Mapping[str, Any]) -> None:
        """These inputs passed ``check`` in this update."""
        with self._lock:
            self._checked.add(_fingerprint(inputs))

    def was_checked(self, inputs: Mapping[str, Any]) -> bool:
        with self._lock:
            return _fingerprint(inputs) in self._checked

    def remember_held(self, run: HeldRun) -> None:
        """The state holds this run: a ``create`` for the same launch wants another one, and a newer one."""
        with self._lock:
            self._held.setdefault(run.tag.launch, {})[run.job_run_id] = run

    def held(self, launch_digest: str) -> list[HeldRun]:
        """The runs of a launch that the state held when this update began."""
        with self._lock:
            return list(self._held.get(launch_digest, {}).values())

    def remember_done_with(self, run_id: str) -> None:
        """The stack is done with this run, whether or not AWS let it be tagged as closed."""
        with self._lock:
            self._done_with.add(run_id)

    def is_spent(self, run_id: str, launch_digest: str) -> bool:
        """Whether this run can no longer be the answer to a new intent of this launch."""
        with self._lock:
            return run_id in self._done_with or run_id in self._held.get(launch_digest, {})

    def first_counter(self, tag: LaunchTag) -> int:
        """The first counter worth asking AWS for: those up to the held run's of the same intent are used up."""
        with self._lock:
            held = self._held.get(tag.launch, {}).values()
            return max((one.tag.counter + 1 for one in held if one.tag.intent == tag.intent), default=tag.counter)

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


def _fingerprint(inputs: Mapping[str, Any]) -> str:
    text = json.dumps(inputs, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
