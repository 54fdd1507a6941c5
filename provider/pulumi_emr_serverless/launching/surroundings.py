"""The runs around those of this update: ListJobRuns is asked once for many jobs, and each run once for its tags."""

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
    recent: tuple[Observation, ...] = ()
    """All that were created since ``recent_since``, if it is ``whole``."""
    recent_since: datetime | None = None
    whole: bool = False
    application: Application | None = None


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
        self._tagged: dict[str, Future[Observation | None]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def application(self, aws: Surrounding, application_id: str) -> Application:
        """The application, as it was a moment ago.

        Raises:
            RunNotFoundError: it is unknown.
        """
        with self._listing(aws, application_id) as known:
            if known.application is None:
                known.application = aws.application(application_id)
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
            self._list_recent(aws, application_id, listing, since)
            found = {run.job_run_id: run for run in (*listing.living, *listing.recent) if not run.is_terminal}
        wanted = (run for run in found.values() if not known(run.job_run_id) and _is_since(run, since))
        return self._of_launch(aws, launch, wanted)

    def younger(self, aws: Surrounding, application_id: str, launch: str, than: datetime) -> Look:
        """The runs of a launch, ended ones too, that were created after a time by AWS's clock, before this update looked."""
        with self._listing(aws, application_id) as listing:
            self._list_living(aws, application_id, listing)
            if listing.by_awss_clock is not None and than > listing.by_awss_clock + _SECOND:
                return Look(())  # It was created after the listing, and so by this update.
            self._list_recent(aws, application_id, listing, than)
            found = listing.recent
        return self._of_launch(aws, launch, [run for run in found if _is_since(run, than)])

    def get(self, aws: Surrounding, application_id: str, job_run_id: str, arn: str) -> Observation:
        """One run, by GetJobRun: asked for once in this update, whoever wants to see it.

        Raises:
            RunNotFoundError: AWS does not show it.
        """
        with self._lock:
            known = self._tagged.get(arn)
        seen = None if known is None else known.result()
        if seen is None or not seen.details:
            seen = aws.get(application_id, job_run_id)
            with self._lock:
                self._tagged[arn] = _done(seen)
        return seen

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
                known.application, known.living, known.recent, known.whole = None, (), (), False
            yield known

    def _list_living(self, aws: Surrounding, application_id: str, known: _Listing) -> None:
        if self._elapsed() - known.listed_at > LISTING_SECONDS:
            known.living = tuple(aws.list(application_id, states=LIVE_STATES))
            known.listed_at, known.by_awss_clock = self._elapsed(), aws.now()

    def _list_recent(self, aws: Surrounding, application_id: str, known: _Listing, since: datetime | None) -> None:
        if not (known.whole and _reaches(known.recent_since, since)):
            known.recent, known.whole = _first(aws.list(application_id, created_after=since), MOST_RECENT)
            known.recent_since = since

    def _of_launch(self, aws: Surrounding, launch: str, runs: Iterable[Observation]) -> Look:
        """Those of the runs whose tags say that they are of this launch; they are asked for side by side."""
        futures = [self._with_tags(aws, run) for run in runs]
        seen = [future.result() for future in futures]
        ours = tuple(run for run in seen if run and (tag := launch_tag_of(run)) and tag.launch == launch)
        return Look(ours, complete=None not in seen)

    def _with_tags(self, aws: Surrounding, run: Observation) -> Future[Observation | None]:
        with self._lock:
            known = self._tagged.get(run.arn)
            if known is None or (known.done() and known.exception() is None and known.result() is None):
                if self._pool is None:
                    self._pool = ThreadPoolExecutor(LOOKS_AT_ONCE, thread_name_prefix="looking-around")
                known = self._tagged[run.arn] = self._pool.submit(_tagged, aws, run)
            return known


def _done(run: Observation) -> Future[Observation | None]:
    future: Future[Observation | None] = Future()
    future.set_result(run)
    return future


def _tagged(aws: Surrounding, run: Observation) -> Observation | None:
    """The run with its tags, in two ways: a part of AWS may show it later than another. None if neither does."""
    try:
        return aws.get(run.application_id, run.job_run_id)
    except RunNotFoundError:
        pass
    try:
        return replace(run, tags=aws.tags_of(run.arn))
    except AwsError as error:
        if isinstance(error, RunNotFoundError) or error.denied:
            return None
        raise


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
