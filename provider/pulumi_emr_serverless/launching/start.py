"""Starting a run exactly once: the protocol between a launch and AWS."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from pulumi_emr_serverless.errors import (
    AwsError,
    AwsUnavailableError,
    ClientTokenReusedError,
    LaunchRefusedError,
    RunNotFoundError,
    RunNotShownError,
    TokenConflictError,
)
from pulumi_emr_serverless.launching.answers import Answer, LiveRuns, judge, sort_out
from pulumi_emr_serverless.launching.doubt import until_shown
from pulumi_emr_serverless.launching.memory import Memory
from pulumi_emr_serverless.launching.surroundings import Look, Surrounding, Surroundings
from pulumi_emr_serverless.launching.tags import LAUNCH_TAG, LaunchTag, is_retained, launch_tag_of, tag_change
from pulumi_emr_serverless.launching.tokens import Launch
from pulumi_emr_serverless.runs import Observation

MAX_COUNTERS = 1000
"""How many closed runs of one intent are walked past before giving up."""


class Starting(Surrounding, Protocol):
    """What of AWS a start needs; ``aws.EmrServerless`` is one."""

    def start(self, request: Mapping[str, Any], client_token: str) -> tuple[str, str]: ...
    def tag(self, arn: str, tags: Mapping[str, str]) -> None: ...
    def untag(self, arn: str, keys: tuple[str, ...]) -> None: ...


@dataclass(frozen=True)
class StartedRun:
    """The one run of an intent."""

    job_run_id: str
    arn: str
    client_token: str
    tag: LaunchTag
    started_at: datetime | None = field(default=None, compare=False)
    """By AWS's clock: when it was created, or, of a run that nobody had to look at, when AWS answered. None if it told no time."""
    settled: bool = field(default=True, compare=False)
    """Whether no earlier run of its launch can be alive. If not, it is to be looked for again."""


@dataclass(frozen=True)
class RunStarter:
    """Starts the run that a launch wants, or finds the one that was started for it before.

    Args:
        aws: the calls.
        memory: what this process has seen of the update.
        surroundings: the runs that this update has looked up.
        stop: closes and cancels a run that nobody wants, and waits until it is terminal.
        warn: shows a person one line.
        sleep: waits, in seconds.
    """

    aws: Starting
    memory: Memory
    surroundings: Surroundings
    stop: Callable[[Observation], object]
    warn: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep

    def start(self, launch: Launch, request: Mapping[str, Any]) -> StartedRun:
        """Exactly one run for this launch, however often it is called and whatever was killed in between.

        One call starts at most one run that AWS does not then show to be spent.

        Args:
            launch: the intent.
            request: StartJobRun's input under the API's names, without a client token.

        Raises:
            ClientTokenReusedError: the explicit client token belongs to another run.
            LaunchRefusedError: AWS knows a token of this launch, but the run behind it cannot be found.
            RunNotShownError: AWS does not show the run that it has answered with; it is this launch's all the same.
            AwsError: AWS refused; nothing was started.
        """
        if self.memory.was_minted(launch.launch_token):
            return self._walk(launch, request)
        look = self._look_around(launch, request["applicationId"])
        settled = look.complete and self.memory.is_ordinary(launch.tag(0).launch)
        run = self._found_alive(launch, request, look) or self._walk(launch, request)
        return replace(run, settled=settled)

    def _look_around(self, launch: Launch, application_id: str) -> Look:
        tag = launch.tag(0)
        held = self.memory.held(tag.launch)
        times = [run.rivals_since for run in held]
        since = None if None in times else min(filter(None, times), default=None)
        try:
            return self.surroundings.living(
                self.aws, application_id, tag.launch, since=since, known=self.memory.is_held
            )
        except AwsError as error:
            if not error.denied:
                raise
            self.warn(
                f"Runs that a killed update may have left behind could not be looked for: {error}\n"
                "Allow emr-serverless:ListJobRuns and emr-serverless:GetJobRun to have them found."
            )
            return Look((), complete=False)

    def _found_alive(self, launch: Launch, request: Mapping[str, Any], look: Look) -> StartedRun | None:
        """The run of this intent that a killed update left behind; its other runs are ended, whatever they were for."""
        live = self._sorted(launch, look)
        for orphan in live.unwanted:
            self._stop_orphan(orphan)
        tag = None if live.wanted is None else launch_tag_of(live.wanted)
        if live.wanted is None or tag is None:
            return None
        run = StartedRun(live.wanted.job_run_id, live.wanted.arn, launch.client_token(tag.counter), tag)
        return self._unless_spent(launch, run, live.wanted, request)

    def _sorted(self, launch: Launch, look: Look) -> LiveRuns:
        tag = launch.tag(0)
        return sort_out(look.runs, tag, is_spent=lambda run_id: self.memory.is_spent(run_id, tag.launch))

    def _stop_orphan(self, run: Observation) -> None:
        self.warn(f"Run {run.job_run_id} was left behind by a killed update of this job; it is cancelled.")
        self.stop(run)

    def _walk(self, launch: Launch, request: Mapping[str, Any]) -> StartedRun:
        """Ask AWS with one token after the other, past those whose runs it shows to be spent."""
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

    def _attempt(self, launch: Launch, request: Mapping[str, Any], counter: int) -> StartedRun | None:
        """The run of this counter, started now or before; None where AWS shows that it is spent."""
        token, tag = launch.client_token(counter), launch.tag(counter)
        tagged = {**request, "tags": {**(request.get("tags") or {}), LAUNCH_TAG: str(tag)}}
        must_be_new = self._must_be_new(launch, counter)
        try:
            job_run_id, arn = self.aws.start(tagged, token)
        except TokenConflictError as conflict:
            if must_be_new:
                raise  # It is about something else: AWS has never seen this token.
            return self._adopt(launch, tagged, counter, conflict)
        run = StartedRun(job_run_id, arn, token, tag, started_at=self.aws.now())
        if must_be_new:
            return run
        if self.memory.is_spent(job_run_id, tag.launch):
            return None
        return self._unless_spent(launch, run, self._seen(run, request["applicationId"]), tagged)

    def _must_be_new(self, launch: Launch, counter: int) -> bool:
        """Whether AWS cannot have known the token: its launch token was made in this process, for its first run."""
        return launch.explicit_client_token is None and counter == 0 and self.memory.was_minted(launch.launch_token)

    def _seen(self, run: StartedRun, application_id: str) -> Observation:
        seen = until_shown(lambda: self.aws.get(application_id, run.job_run_id), self.sleep)
        if seen is None:
            raise RunNotShownError(
                f"AWS answered StartJobRun with run {run.job_run_id} of application {application_id}, and does not show it "
                "yet. Nothing else was started. Run the same command again: it finds this run. If it is an old one that "
                "AWS shows no more, change triggers to ask for a new run."
            )
        return seen

    def _unless_spent(
        self, launch: Launch, run: StartedRun, seen: Observation, request: Mapping[str, Any]
    ) -> StartedRun | None:
        """The run with the wanted tags; None where it is spent. One that is spent and lives is ended.

        Raises:
            ClientTokenReusedError, LaunchRefusedError: it is another's.
        """
        self.memory.remember_created_at(seen)
        spent = self.memory.is_spent(run.job_run_id, run.tag.launch)
        answer = judge(seen, run.tag, spent=spent, younger=lambda than: self._younger(launch, seen, than))
        if answer in (Answer.OF_ANOTHER_LAUNCH, Answer.OF_ANOTHER_INTENT):
            raise _others(launch, seen, answer)
        if answer is Answer.SPENT:
            if not (spent or seen.is_terminal or is_retained(seen)):
                self._stop_orphan(seen)
            return None
        self._bring_tags_up_to_date(run, seen, request.get("tags") or {})
        return replace(run, started_at=seen.created_at or run.started_at)

    def _younger(self, launch: Launch, seen: Observation, than: datetime) -> Iterable[Observation]:
        """The runs of this launch that were created later: those in the state, and those that AWS lists."""
        tag = launch.tag(0)
        held = [run for run in self.memory.held(tag.launch) if run.job_run_id != seen.job_run_id]
        for run in held:
            created_at = self._created_at(run.application_id, run.job_run_id) or run.started_at
            if created_at is not None and created_at > than:
                return [replace(seen, job_run_id=run.job_run_id, created_at=created_at)]
        try:
            return self.surroundings.younger(self.aws, seen.application_id, tag.launch, than).runs
        except AwsError as error:
            if not error.denied:
                raise
            return []

    def _created_at(self, application_id: str, job_run_id: str) -> datetime | None:
        known = self.memory.created_at(job_run_id)
        if known is not None:
            return known
        try:
            return self.aws.get(application_id, job_run_id).created_at
        except AwsUnavailableError:
            raise
        except AwsError:
            return None

    def _bring_tags_up_to_date(self, run: StartedRun, seen: Observation, wanted: Mapping[str, str]) -> None:
        change = tag_change(seen.tags, wanted)
        if LAUNCH_TAG not in seen.tags:
            change = replace(change, put={**change.put, LAUNCH_TAG: str(run.tag)})
        try:
            if change.put:
                self.aws.tag(run.arn, change.put)
            if change.remove:
                self.aws.untag(run.arn, change.remove)
        except AwsUnavailableError:
            raise
        except AwsError as error:
            self.warn(f"Run {run.job_run_id} is taken over; its tags are changed in the state only: {error}")

    def _adopt(
        self, launch: Launch, request: Mapping[str, Any], counter: int, conflict: TokenConflictError
    ) -> StartedRun | None:
        """The run that was started with this token and other tags, or another spelling, before a crash."""
        tag = launch.tag(counter)
        seen = until_shown(lambda: self._tagged(request, tag), self.sleep) if conflict.is_about_the_token else None
        seen = seen or self._tagged_or_none(request, tag)
        if seen is not None:
            run = StartedRun(seen.job_run_id, seen.arn, launch.client_token(counter), tag)
            return self._unless_spent(launch, run, seen, request)
        if not conflict.is_about_the_token:
            raise conflict
        if launch.explicit_client_token is not None:
            raise ClientTokenReusedError(
                f"clientToken: AWS knows {launch.explicit_client_token!r} from a request with other parameters. "
                f"Give this run a client token of its own, or leave client_token unset. AWS said: {conflict}"
            ) from conflict
        raise LaunchRefusedError(
            f"AWS knows the client token of this run from a request with other parameters, but shows no run of application "
            f"{request['applicationId']} that carries its tag {LAUNCH_TAG} = {tag}. A second run was not started. "
            f"Run the same command again; if that does not help, change triggers to ask for a new run. AWS said: {conflict}"
        ) from conflict

    def _tagged_or_none(self, request: Mapping[str, Any], tag: LaunchTag) -> Observation | None:
        try:
            return self._tagged(request, tag)
        except RunNotFoundError:
            return None

    def _tagged(self, request: Mapping[str, Any], tag: LaunchTag) -> Observation:
        """The run that carries a launch tag.

        Raises:
            RunNotFoundError: AWS shows none.
        """
        # ListJobRuns shows no tags, so the tags of those that could be it are asked for. One without a name could be: an
        # earlier version gave none where the program gives none.
        names = (request.get("name"), None)
        like = [run for run in self.aws.list(request["applicationId"]) if run.name in names]
        for seen in self.surroundings.of_launch(self.aws, tag.launch, like).runs:
            theirs = launch_tag_of(seen)
            if theirs is not None and replace(theirs, closed="") == tag:
                return seen
        raise RunNotFoundError(f"no run of application {request['applicationId']} carries {LAUNCH_TAG} = {tag}")


def _others(launch: Launch, seen: Observation, answer: Answer) -> LaunchRefusedError:
    """Why a run is not taken, nor touched."""
    token = launch.explicit_client_token
    if token is None:
        return LaunchRefusedError(
            f"Run {seen.job_run_id} was started for this job, and carries the tag {LAUNCH_TAG} of another one: somebody "
            "has changed it. Nothing was started or cancelled. Put the tag right, or change triggers to ask for a new run."
        )
    whose = "another job" if answer is Answer.OF_ANOTHER_LAUNCH else "another definition of this job"
    return ClientTokenReusedError(
        f"clientToken: {token!r} is the client token of run {seen.job_run_id}, which was started for {whose}, and AWS "
        "starts one run per client token. That run was neither recorded nor cancelled. Give this run a client token of "
        "its own, or leave client_token unset."
    )
