"""Starting a run exactly once: the protocol between a launch and AWS."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    ClientTokenReusedError,
    LaunchRefusedError,
    TokenConflictError,
)
from pulumi_emr_serverless.launching.answers import Answer, LiveRuns, judge, sort_out
from pulumi_emr_serverless.launching.memory import HeldRun, Memory
from pulumi_emr_serverless.launching.patience import look
from pulumi_emr_serverless.launching.tags import LAUNCH_TAG, LaunchTag, launch_tag_of, tag_change
from pulumi_emr_serverless.launching.tokens import Launch, minted_at
from pulumi_emr_serverless.runs import LIVE_STATES, Observation

MAX_COUNTERS = 1000
"""How many closed runs of one intent are walked past before giving up."""

_CLOCK_SKEW = timedelta(hours=1)


class Starting(Protocol):
    """What of AWS a start needs; ``aws.EmrServerless`` is one."""

    def start(self, request: Mapping[str, Any], client_token: str) -> tuple[str, str]: ...
    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]: ...
    def tag(self, arn: str, tags: Mapping[str, str]) -> None: ...
    def untag(self, arn: str, keys: tuple[str, ...]) -> None: ...


@dataclass(frozen=True)
class StartedRun:
    """The one run of an intent."""

    job_run_id: str
    arn: str
    client_token: str
    tag: LaunchTag


class Surroundings:
    """The living runs of an application, with their tags, as first looked up in this update.

    ListJobRuns is asked once per application and each run once for its tags, however many jobs of the stack look. Runs
    that this update starts need not be in it: their launches know them.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._living: dict[tuple[Starting, str], list[Observation]] = {}
        self._tagged: dict[str, Observation | None] = {}

    def living(self, aws: Starting, application_id: str, *, created_after: datetime) -> Iterator[Observation]:
        """The runs of an application that were alive, and no older than that."""
        with self._lock:
            place = (aws, application_id)
            if place not in self._living:
                self._living[place] = list(aws.list(application_id, states=LIVE_STATES))
            for run in self._living[place]:
                if run.created_at is None or run.created_at >= created_after:
                    yield from self._with_tags(aws, run)

    def _with_tags(self, aws: Starting, run: Observation) -> Iterator[Observation]:
        if run.arn not in self._tagged:
            self._tagged[run.arn] = look(aws, run.application_id, run.job_run_id, self._sleep)
        seen = self._tagged[run.arn]
        if seen is not None:
            yield seen


@dataclass(frozen=True)
class RunStarter:
    """Starts the run that a launch wants, or finds the one that was started for it before.

    Args:
        aws: the calls.
        memory: what this process has seen of the update.
        surroundings: the living runs that this update has looked up.
        stop: closes and cancels a run that nobody wants, and waits until it is terminal.
        warn: shows a person one line.
        sleep: waits, in seconds.
    """

    aws: Starting
    memory: Memory
    surroundings: Surroundings
    stop: Callable[[Observation], None]
    warn: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep

    def start(self, launch: Launch, request: Mapping[str, Any]) -> StartedRun:
        """Exactly one run for this launch, however often it is called and whatever was killed in between.

        Args:
            launch: the intent.
            request: StartJobRun's input under the API's names, without a client token.

        Raises:
            ClientTokenReusedError: the explicit client token belongs to a run that the stack is done with.
            LaunchRefusedError: AWS knows a token of this launch, but the run behind it cannot be found.
            AwsError: AWS refused; nothing was started.
        """
        found = self._found_alive(launch, request)
        if found is not None:
            return found
        first = self.memory.first_counter(launch.tag(0))
        for counter in range(first, first + MAX_COUNTERS):
            run = self._attempt(launch, request, counter)
            if run is not None:
                return run
            if launch.explicit_client_token is not None:
                raise ClientTokenReusedError(
                    f"clientToken: AWS answered {launch.explicit_client_token!r} with a run that this stack is done "
                    "with, because AWS starts one run per client token. Give the new run a client token of its own, "
                    "or leave client_token unset."
                )
        raise LaunchRefusedError(
            f"{MAX_COUNTERS} runs of this very definition are closed. Change triggers to begin a new series."
        )

    def _found_alive(self, launch: Launch, request: Mapping[str, Any]) -> StartedRun | None:
        """The run of this intent that a killed update left behind; its other runs are ended, whatever they were for."""
        if self.memory.was_minted(launch.launch_token):
            return None
        live = self._look_around(launch, request["applicationId"])
        for orphan in live.unwanted:
            self._stop_orphan(orphan)
        tag = None if live.wanted is None else launch_tag_of(live.wanted)
        if live.wanted is None or tag is None:
            return None
        run = StartedRun(live.wanted.job_run_id, live.wanted.arn, launch.client_token(tag.counter), tag)
        found = self._unless_spent(run, live.wanted, request.get("tags") or {})
        if found is None:
            self._stop_orphan(live.wanted)
        return found

    def _stop_orphan(self, run: Observation) -> None:
        self.warn(f"Run {run.job_run_id} was left behind by a killed update of this job; it is cancelled.")
        self.stop(run)

    def _look_around(self, launch: Launch, application_id: str) -> LiveRuns:
        since = minted_at(launch.launch_token) - _CLOCK_SKEW
        try:
            found = list(self.surroundings.living(self.aws, application_id, created_after=since))
        except AwsError as error:
            if not error.denied:
                raise
            self.warn(
                f"Runs that a killed update may have left behind could not be looked for: {error}\n"
                "Allow emr-serverless:ListJobRuns and emr-serverless:GetJobRun to have them found."
            )
            found = []
        tag = launch.tag(0)
        return sort_out(found, tag, is_spent=lambda run_id: self.memory.is_spent(run_id, tag.launch))

    def _attempt(self, launch: Launch, request: Mapping[str, Any], counter: int) -> StartedRun | None:
        """The run of this counter, started now or before; None where the stack is done with it."""
        token, tag = launch.client_token(counter), launch.tag(counter)
        tagged = {**request, "tags": {**(request.get("tags") or {}), LAUNCH_TAG: str(tag)}}
        try:
            job_run_id, arn = self.aws.start(tagged, token)
        except TokenConflictError as conflict:
            if self._must_be_new(launch, counter):
                raise  # It is about something else: AWS has never seen this token.
            return self._adopt(launch, tagged, counter, conflict)
        run = StartedRun(job_run_id, arn, token, tag)
        if self._must_be_new(launch, counter):
            return run
        seen = look(self.aws, request["applicationId"], job_run_id, self.sleep)
        # A run that AWS remembers the token of, but does not show any more, ended long ago.
        return None if seen is None else self._unless_spent(run, seen, tagged["tags"])

    def _must_be_new(self, launch: Launch, counter: int) -> bool:
        """Whether AWS cannot have known the token: its launch token was made in this process, for its first run."""
        return launch.explicit_client_token is None and counter == 0 and self.memory.was_minted(launch.launch_token)

    def _unless_spent(self, run: StartedRun, seen: Observation, wanted: Mapping[str, str]) -> StartedRun | None:
        """The run with the wanted tags; None where the stack is done with it."""
        spent = self.memory.is_spent(run.job_run_id, run.tag.launch) or self._is_superseded(run, seen)
        if judge(seen, spent=spent) is Answer.SPENT:
            return None
        change = tag_change(seen.tags, wanted)
        try:
            if change.put:
                self.aws.tag(run.arn, change.put)
            if change.remove:
                self.aws.untag(run.arn, change.remove)
        except AwsUnavailableError:
            raise
        except AwsError as error:
            self.warn(f"Run {run.job_run_id} is taken over; its tags are changed in the state only: {error}")
        return run

    def _is_superseded(self, run: StartedRun, seen: Observation) -> bool:
        """Whether it is older than a run that the state held: its intent was over before that one's began.

        Such a run was never closed where AWS takes no tags for it, or where it ended unrecorded after a crash.
        """
        others = [held for held in self.memory.held(run.tag.launch) if held.job_run_id != run.job_run_id]
        return seen.created_at is not None and any(
            began is not None and seen.created_at < began for began in map(self._began, others)
        )

    def _began(self, held: HeldRun) -> datetime | None:
        """When AWS created it; where AWS does not say, when it was recorded, less what two clocks may differ."""
        try:
            return self.aws.get(held.application_id, held.job_run_id).created_at
        except AwsUnavailableError:
            raise
        except AwsError:
            return held.recorded_at and held.recorded_at - _CLOCK_SKEW

    def _adopt(
        self, launch: Launch, request: Mapping[str, Any], counter: int, conflict: TokenConflictError
    ) -> StartedRun | None:
        """The run that was started with this token and other tags, or another spelling, before a crash."""
        tag = launch.tag(counter)
        for seen in self._runs_like(request, launch):
            if launch_tag_of(seen) == tag:
                run = StartedRun(seen.job_run_id, seen.arn, launch.client_token(counter), tag)
                return self._unless_spent(run, seen, request["tags"])
        if launch.explicit_client_token is not None:
            raise ClientTokenReusedError(
                f"clientToken: AWS knows {launch.explicit_client_token!r} from a request with other parameters. "
                f"Give this run a client token of its own, or leave client_token unset. AWS said: {conflict}"
            ) from conflict
        raise LaunchRefusedError(
            f"AWS knows the client token of this run from a request with other parameters, but no run of application "
            f"{request['applicationId']} carries its tag {LAUNCH_TAG} = {tag}. A second run was not started. "
            f"Change triggers to ask for a new run. AWS said: {conflict}"
        ) from conflict

    def _runs_like(self, request: Mapping[str, Any], launch: Launch) -> Iterator[Observation]:
        """The runs that could be this launch's: ListJobRuns shows no tags, so the rest is asked for one by one."""
        created_after = minted_at(launch.launch_token) - _CLOCK_SKEW
        for listed in self.aws.list(request["applicationId"], created_after=created_after):
            if listed.name != request.get("name"):
                continue
            seen = look(self.aws, request["applicationId"], listed.job_run_id, self.sleep)
            if seen is not None:
                yield seen
