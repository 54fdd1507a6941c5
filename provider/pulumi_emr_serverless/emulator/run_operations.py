"""The operations on job runs. Each is called with its place's lock held, but for StartJobRun and ListJobRuns."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_emr_serverless.emulator import billing, documents, entry_points, refusals, rules, scheduling, tokens
from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.fates import Fate
from pulumi_emr_serverless.emulator.pages import Key, beginning, page
from pulumi_emr_serverless.emulator.provenance import API, Fact, documented
from pulumi_emr_serverless.emulator.runs import Observation, Run, history, observe
from pulumi_emr_serverless.emulator.sight import known_run, shown
from pulumi_emr_serverless.emulator.sizes import workers_of
from pulumi_emr_serverless.emulator.state import Place, Token, new_id, visible
from pulumi_emr_serverless.emulator.tags import Tags
from pulumi_emr_serverless.emulator.world import Outcome, World

Request = Mapping[str, Any]
STREAMING_GRACE = Fact(
    120,
    "seconds of grace of a stream that is RUNNING, without shutdownGracePeriodInSeconds; a batch run has none",
    documented(f"{API}API_CancelJobRun.html"),
)


def start_job_run(world: World, place: Place, request: Request) -> Outcome:
    """One run for each client token: the same token gives the same run, however often and from however many threads."""
    wanted = "unchecked" if _runs_for_real(world, request) else world.options.entry_points
    missing = entry_points.missing(world.neighbours, place.caller, request, wanted)
    with place.lock:
        place.catch_up(world.clock.now())
        return _started_once(world, place, request, missing)


def _started_once(world: World, place: Place, request: Request, missing: str | None) -> Outcome:
    now, options = world.clock.now(), world.options
    application = place.application(request["applicationId"])
    if application.state(now) == "TERMINATED":
        raise refusals.NO_APPLICATION.error(application=application.application_id)
    if request.get("tags") and options.tagging == "denied_entirely":
        runs = place.arn(f"{application.application_id}/jobruns/*")
        raise refusals.DENIED.error(caller=place.caller.arn, action="TagResource", resource=runs)
    token = tokens.recall(place, "StartJobRun", request, now, options)
    if token is not None and not _starts_anew(world, place, token):
        tokens.check_same_parameters(token, request, options)
        return Outcome(_started(place.runs[token.result]), replayed=True)
    rules.check_start(request, application, application.state(now), place.caller.account)
    if _runs_for_real(world, request) and application.engine != "Spark":
        raise refusals.HIVE_IS_NOT_RUN.error()
    fate = world.fates.of(str(request.get("name", "")), str(request.get("mode", "BATCH")))
    if missing is not None:
        fate = entry_points.failing(fate, missing)
    run = _new_run(world, place, request, application, fate)
    if scheduling.limited(application) and run.lived is None:
        live = place.live_runs_of(application.application_id)
        run = dataclasses.replace(run, queue=scheduling.queue_of(application, request, live))
    place.put(run, now)
    tokens.remember(place, "StartJobRun", Token(run.request, run.run_id, now), options)
    application = place.applications[application.application_id] = application.busy(now)
    if application.state(now) not in ("STARTING", "STARTED"):
        place.applications[application.application_id] = application.moved(now, "STARTING", "STARTED", each=0.2)
    return Outcome(_started(run))


def get_job_run(world: World, place: Place, request: Request) -> Outcome:
    now, options = world.clock.now(), world.options
    run = _run(world, place, request, "GetJobRun")
    seen = shown(world, run, "GetJobRun", request.get("attempt"))
    tags = run.tags.at(world.views.as_of("GetJobRun", "tags", now))
    figures = billing.figures(
        workers_of(run.request),
        seen,
        world.views.as_of("GetJobRun", "state", now),
        world.fates.scaled_or_never(options.utilization_seconds),
        world.fates.scaled_or_never(options.billing_seconds),
    )
    return Outcome({"jobRun": documents.job_run(run, seen, tags, figures, options)})


def list_job_runs(world: World, place: Place, request: Request) -> Outcome:
    """The newest first; with a filter of several states, grouped by them (ListJobRunsRequest).

    Looks at no more runs than the page needs, and holds the lock only to learn which runs there are.
    """
    now, views = world.clock.now(), world.views
    states = list(dict.fromkeys(request.get("states", [])))
    with place.lock:
        place.catch_up(now)
        application = place.readable_application(request["applicationId"], now, world.options)
        groups = _groups(place, application.application_id, states, late=views.as_of("ListJobRuns", "state", now) < now)
    if views.out("ListJobRuns", now):
        raise refusals.NO_APPLICATION.error(application=application.application_id)
    chosen, following = page(_listed(world, place, request, groups, now), request)
    summaries = [documents.job_run_summary(run, seen, world.options) for run, seen in chosen]
    return Outcome({"jobRuns": summaries, **following})


def list_job_run_attempts(world: World, place: Place, request: Request) -> Outcome:
    run = _run(world, place, request, "ListJobRunAttempts")
    last = shown(world, run, "ListJobRunAttempts").attempt
    chosen, following = page((((0, -attempt), attempt) for attempt in range(last, 0, -1)), request)
    summaries = [
        documents.job_run_attempt(run, shown(world, run, "ListJobRunAttempts", attempt), world.options)
        for attempt in chosen
    ]
    return Outcome({"jobRunAttempts": summaries, **following})


def cancel_job_run(world: World, place: Place, request: Request) -> Outcome:
    """A RUNNING run gets its grace period, any other live one ends soon; repeated requests change nothing.

    "Job run cancellation with grace period" documents all but the answer for a run that has ended, which is the
    ValidationException seen in the wild.
    """
    now = world.clock.now()
    run = _run(world, place, request, "CancelJobRun")
    grace = request.get("shutdownGracePeriodInSeconds")
    rules.check_grace_period(grace, run.release_label)
    seen = observe(run, now)
    if seen.terminal:
        raise refusals.ENDED.error(run=run.run_id, state=seen.state)
    if seen.state != "CANCELLING":
        place.put(run.cancelled(now, _cancelling(world, run, seen, grace)), now)
    return Outcome({"applicationId": run.application_id, "jobRunId": run.run_id})


def get_dashboard_for_job_run(world: World, place: Place, request: Request) -> Outcome:
    """A link to the emulator's own page of the run, where it is served, else one of AWS's form that leads nowhere."""
    run = _run(world, place, request, "GetDashboardForJobRun")
    state = shown(world, run, "GetDashboardForJobRun", request.get("attempt")).state
    rules.check_dashboard(state, world.options)
    if world.endpoint is not None and world.options.dashboard_urls == "local":
        base = f"{world.endpoint}/_emrs/dashboard/{run.run_id}"
    else:
        base = f"https://j-{run.run_id}.dashboard.emr-serverless.{place.caller.region}.amazonaws.com/"
    return Outcome({"url": f"{base}?authToken={new_id()}"})


def _runs_for_real(world: World, request: Request) -> bool:
    return world.runs_spark and not world.fates.decided(str(request.get("name", "")))


def _starts_anew(world: World, place: Place, token: Token) -> bool:
    failed = observe(place.runs[token.result], world.clock.now()).state == "FAILED"
    return failed and {"returned": False, "new_run": True}[world.options.token_failed_run]


def _new_run(world: World, place: Place, request: Request, application: Application, fate: Fate) -> Run:
    run_id = new_id()
    inherited = ("networkConfiguration", "imageConfiguration", "workerTypeSpecifications")
    return Run(
        application_id=application.application_id,
        run_id=run_id,
        arn=place.arn(f"{application.application_id}/jobruns/{run_id}"),
        request=dict(request),
        created_at=world.clock.now(),
        created_by=place.caller.arn,
        release_label=application.release_label,
        engine=application.engine.upper(),
        fate=fate,
        lived=() if _runs_for_real(world, request) else None,
        sequence=len(place.runs),
        tags=Tags.born(world.clock.now(), request.get("tags", {})),
        inherited={name: application.settings[name] for name in inherited if name in application.settings},
    )


def _started(run: Run) -> dict[str, Any]:
    return {"applicationId": run.application_id, "jobRunId": run.run_id, "arn": run.arn}


def _run(world: World, place: Place, request: Request, operation: str) -> Run:
    return known_run(world, place, request["applicationId"], request["jobRunId"], operation)


def _groups(
    place: Place, application_id: str, states: list[str], *, late: bool
) -> list[tuple[str | None, Sequence[int]]]:
    """The runs to look at, by the state in which they have to be, the newest last.

    A late listing shows states that are over, which no index knows: it looks at all runs, for each state anew.
    """
    index = place.timeline.index
    if not states:
        return [(None, index.numbers(application_id))]
    return [(state, index.numbers(application_id, None if late else state)) for state in states]


def _listed(
    world: World, place: Place, request: Request, groups: list[tuple[str | None, Sequence[int]]], now: float
) -> Iterator[tuple[Key, tuple[Run, Observation]]]:
    as_of = world.views.as_of("ListJobRuns", "state", now)
    group_after, number_after = beginning(request)
    for group, (state, numbers) in enumerate(groups):
        if group < group_after:
            continue
        end = bisect_left(numbers, -number_after) if group == group_after else len(numbers)
        for number in reversed(numbers[:end]):
            run = place.numbered(number)
            if not _wanted(run, request) or not world.views.knows("ListJobRuns", run.created_at, now):
                continue
            seen = observe(run, as_of)
            if state in (None, seen.state) and visible(run, now, world.options):
                yield (group, -number), (run, seen)


def _wanted(run: Run, request: Request) -> bool:
    return (
        bool(request.get("mode", run.mode) == run.mode)
        and run.created_at >= request.get("createdAtAfter", run.created_at)
        and run.created_at <= request.get("createdAtBefore", run.created_at)
    )


def _cancelling(world: World, run: Run, seen: Observation, grace: int | None) -> float:
    """How long the run will be CANCELLING."""
    brief = run.fate.lasts("CANCELLING")
    if seen.state != "RUNNING":
        return brief
    if grace is None:
        grace = STREAMING_GRACE.value if run.mode == "STREAMING" else 0
    return max(brief, world.fates.scaled(grace))


def recorded(place: Place, run: Run, now: float) -> dict[str, Any]:
    """A run with all that is known about it, in the fields of `records.RecordedRun`."""
    seen = observe(run, now)
    return {
        "job_run_id": run.run_id,
        "application_id": run.application_id,
        "account": place.caller.account,
        "region": place.caller.region,
        "arn": run.arn,
        "name": run.request.get("name"),
        "state": seen.state,
        "state_details": seen.details,
        "attempt": seen.attempt,
        "client_token": run.request["clientToken"],
        "request": dict(run.request),
        "tags": dict(run.tags.current),
        "created_at": run.created_at,
        "updated_at": seen.updated_at,
        "started_at": seen.started_at,
        "ended_at": seen.ended_at,
        "cancelled_at": run.cancelled_at,
        "history": [{"at": one.at, "state": one.state, "attempt": one.attempt} for one in history(run, now)],
    }
