"""The runs around those of this update: ListJobRuns is asked once for many jobs, and each run once for its tags.

Most of them are somebody else's. They are told apart by ListTagsForResource, side by side: AWS documents no quota of it.
GetJobRun, which verbs and waits need too, is left to runs of the launch that is looked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from pulumi_emr_serverless.errors import AwsError, RunNotFoundError
from pulumi_emr_serverless.launching.tags import launch_tag_of
from pulumi_emr_serverless.runs import LIVE_STATES, Application, Observation

LISTING_SECONDS = 60.0
"""How long a listing is good for: a long update lists again."""

MOST_RECENT = 1000
"""Runs that are looked at beyond those in a state that is known to be alive: 20 pages, within a burst of AWS's quota."""

LOOKS_AT_ONCE = 8

_FURTHER_BACK = timedelta(hours=1)
"""What a second list has beyond what is asked for: the jobs of a stack, started one after the other, ask one after the other."""

_SECOND = timedelta(seconds=1)
"""The Date of an answer is cut to the second."""


class Surrounding(Protocol):
    """What of AWS is needed; ``aws.EmrServerless`` is one."""

    def application(self, application_id: str) -> Application: ...
    def get(self, application_id: str, job_run_id: str) -> Observation: ...
    def list(
        self, application_id: str, *, created_after: datetime | None = None, states: Sequence[str] = ()
    ) -> Iterator[Observation]: ...
    def now(self) -> datetime | None: ...
    def tags_of(self, arn: str) -> dict[str, str]: ...


@dataclass(frozen=True)
class Look:
    """What a look around has found of one launch."""

    runs: tuple[Observation, ...]
    """Its runs, with their tags."""
    complete: bool = True
    """Whether AWS showed the tags of each run that could be one of them."""


@dataclass
class _Listing:
    """What is known of one application: its runs, without their tags, and itself."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    listed_at: float = float("-inf")
    by_awss_clock: datetime | None = None
    living: tuple[Observation, ...] = ()
    recent: list[_Recent] = field(default_factory=list)


@dataclass(frozen=True)
class _Recent:
    """The runs that were created since a time; None is since ever."""

    runs: tuple[Observation, ...]
    since: datetime | None
    whole: bool
    """Whether they are all. If not, there were more than ``MOST_RECENT``."""

    def answers(self, since: datetime | None) -> bool:
        """Whether to list again what was created since another time could show no more."""
        return _reaches(self.since, since) if self.whole else _reaches(since, self.since)


@dataclass
class _Asked:
    """What GetApplication said, for one at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float = float("-inf")
    application: Application | None = None


@dataclass(frozen=True)
class _Sight:
    """A run with its tags."""

    run: Observation
    whole: bool
    """Whether it is as GetJobRun shows it; else as a list does."""


class Surroundings:
    """The runs of the applications of a stack, as looked up in this process. Safe between threads.

    Whoever asks about one application waits for nobody who asks about another. What is listed is what was there before:
    runs that this update starts need not be in it, as their launches know them.

    Args:
        elapsed: seconds by a clock that only goes forward.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._listings: dict[tuple[Surrounding, str], _Listing] = {}
        self._applications: dict[tuple[Surrounding, str], _Asked] = {}
        self._sights: dict[str, Future[_Sight | None]] = {}
        self._tags_denied: set[Surrounding] = set()
        self._pool: ThreadPoolExecutor | None = None

    def application(self, aws: Surrounding, application_id: str) -> Application:
        """The application, as it was a moment ago.

        Raises:
            RunNotFoundError: it is unknown.
        """
        with self._lock:
            known = self._applications.setdefault((aws, application_id), _Asked())
        with known.lock:
            if known.application is None or self._elapsed() - known.at > LISTING_SECONDS:
                known.application, known.at = aws.application(application_id), self._elapsed()
            return known.application

    def living(
        self,
        aws: Surrounding,
        application_id: str,
        launch: str,
        *,
        since: datetime | None,
        known: Callable[[str], bool],
    ) -> Look:
        """The runs of a launch that are not known to be over, but for those that the state holds.

        Asked for are the states that are alive and, as AWS may have added others, what is recent and not known to be over.

        Args:
            aws: the calls.
            application_id: where to look.
            launch: the first part of their launch tag.
            since: none of them can be older, by AWS's clock; None if nothing says so.
            known: whether a run, by its ID, is not asked about.
        """
        with self._listing(aws, application_id) as listing:
            self._list_living(aws, application_id, listing)
            recent = self._list_recent(aws, application_id, listing, since)
            found = {run.job_run_id: run for run in (*listing.living, *recent) if not run.is_terminal}
        wanted = (run for run in found.values() if not known(run.job_run_id) and _is_since(run, since))
        return self.of_launch(aws, launch, wanted)

    def younger(self, aws: Surrounding, application_id: str, launch: str, than: datetime) -> Look:
        """The runs of a launch, ended ones too, that were created after a time by AWS's clock, before this update looked."""
        with self._listing(aws, application_id) as listing:
            self._list_living(aws, application_id, listing)
            if listing.by_awss_clock is not None and than > listing.by_awss_clock + _SECOND:
                return Look(())  # It was created after the listing, and so by this update.
            found = self._list_recent(aws, application_id, listing, than)
        return self.of_launch(aws, launch, [run for run in found if _is_since(run, than)])

    def get(self, aws: Surrounding, application_id: str, job_run_id: str, arn: str) -> Observation:
        """One run, by GetJobRun: asked for once in this update, whoever wants to see it.

        Raises:
            RunNotFoundError: AWS does not show it.
        """
        with self._lock:
            known = self._sights.get(arn)
        sight = None if known is None else known.result()
        if sight is None or not sight.whole:
            sight = _Sight(aws.get(application_id, job_run_id), whole=True)
            with self._lock:
                self._sights[arn] = _done(sight)
        return sight.run

    def is_living(self, aws: Surrounding, application_id: str, job_run_id: str) -> Observation | None:
        """The run, where the application's listing shows it in a state that is alive; None if not."""
        with self._listing(aws, application_id) as listing:
            self._list_living(aws, application_id, listing)
            return next((run for run in listing.living if run.job_run_id == job_run_id), None)

    @contextmanager
    def _listing(self, aws: Surrounding, application_id: str) -> Iterator[_Listing]:
        """What is known of an application, for one at a time; what is too old is forgotten."""
        with self._lock:
            known = self._listings.setdefault((aws, application_id), _Listing())
        with known.lock:
            if self._elapsed() - known.listed_at > LISTING_SECONDS:
                known.living, known.recent = (), []
            yield known

    def _list_living(self, aws: Surrounding, application_id: str, known: _Listing) -> None:
        if self._elapsed() - known.listed_at > LISTING_SECONDS:
            known.living = tuple(aws.list(application_id, states=LIVE_STATES))
            known.listed_at, known.by_awss_clock = self._elapsed(), aws.now()

    def _list_recent(
        self, aws: Surrounding, application_id: str, known: _Listing, since: datetime | None
    ) -> tuple[Observation, ...]:
        found = next((recent for recent in known.recent if recent.answers(since)), None)
        if found is None:
            if since is not None and known.recent and all(recent.whole for recent in known.recent):
                since -= _FURTHER_BACK
            runs, whole = _first(aws.list(application_id, created_after=since), MOST_RECENT)
            found = _Recent(runs, since, whole)
            known.recent.append(found)
        return found.runs

    def of_launch(self, aws: Surrounding, launch: str, runs: Iterable[Observation]) -> Look:
        """Those of the runs whose tags say that they are of this launch; they are asked for side by side.

        Args:
            aws: the calls.
            launch: the first part of their launch tag.
            runs: as listed, of which most may be others'.
        """
        futures = [self._sight(aws, run) for run in runs]
        seen = [future.result() for future in futures]
        ours = [sight.run for sight in seen if sight and (tag := launch_tag_of(sight.run)) and tag.launch == launch]
        return Look(tuple(self._as_shown(aws, run) for run in ours), complete=None not in seen)

    def _as_shown(self, aws: Surrounding, run: Observation) -> Observation:
        """The run as GetJobRun shows it; as it was listed, with its tags, where that does not show it."""
        try:
            return self.get(aws, run.application_id, run.job_run_id, run.arn)
        except RunNotFoundError:
            return run

    def _sight(self, aws: Surrounding, run: Observation) -> Future[_Sight | None]:
        with self._lock:
            known = self._sights.get(run.arn)
            if known is None or (known.done() and (known.exception() is not None or known.result() is None)):
                if self._pool is None:
                    self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="looking-around")
                known = self._sights[run.arn] = self._pool.submit(self._look, aws, run)
            return known

    def _look(self, aws: Surrounding, run: Observation) -> _Sight | None:
        """The run with its tags, in two ways: a part of AWS may show it later than another. None if neither does."""
        if aws not in self._tags_denied:
            try:
                return _Sight(replace(run, tags=aws.tags_of(run.arn)), whole=False)
            except RunNotFoundError:
                pass
            except AwsError as error:
                if not error.denied:
                    raise
                self._tags_denied.add(aws)
        try:
            return _Sight(aws.get(run.application_id, run.job_run_id), whole=True)
        except RunNotFoundError:
            return None


def _done(sight: _Sight) -> Future[_Sight | None]:
    future: Future[_Sight | None] = Future()
    future.set_result(sight)
    return future


def unfinished(aws: Surrounding, application_id: str) -> list[Observation]:
    """The runs of an application that are not known to be over, without their tags.

    Those in the states that are alive and, as AWS may have added others, those among the ``MOST_RECENT`` that it lists.
    """
    recent, _ = _first(aws.list(application_id), MOST_RECENT)
    found = (*aws.list(application_id, states=LIVE_STATES), *recent)
    return list({run.job_run_id: run for run in found if not run.is_terminal}.values())


def _is_since(run: Observation, since: datetime | None) -> bool:
    return since is None or run.created_at is None or run.created_at > since


def _reaches(covered: datetime | None, since: datetime | None) -> bool:
    """Whether what was listed since one time has what was created since another; None is since ever."""
    return covered is None or (since is not None and covered <= since)


def _first(runs: Iterator[Observation], most: int) -> tuple[tuple[Observation, ...], bool]:
    """At most so many, and whether that was all."""
    found: list[Observation] = []
    for run in runs:
        if len(found) == most:
            return tuple(found), False
        found.append(run)
    return tuple(found), True
