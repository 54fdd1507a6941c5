"""The operations on applications. Each is called with its place's lock held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_emr_serverless.emulator import documents, refusals, rules, tokens
from pulumi_emr_serverless.emulator.applications import STOPPED_STATES, Application, created
from pulumi_emr_serverless.emulator.pages import page
from pulumi_emr_serverless.emulator.provenance import Fact, assumed
from pulumi_emr_serverless.emulator.state import Place, Token, new_id
from pulumi_emr_serverless.emulator.world import Outcome, Seed, World

Request = Mapping[str, Any]
STEP = Fact(
    0.2,
    "seconds that an application is STARTING, and STOPPING",
    assumed("a hundred times faster than AWS", "nothing: the product waits for no application"),
)
UNLISTED = Fact(
    frozenset({"TERMINATED"}),
    "states whose applications a listing has only if it asks for them",
    assumed("a deleted application is in no list of the console", "nothing: the product lists no applications"),
)


def create_application(world: World, place: Place, request: Request) -> Outcome:
    now = world.clock.now()
    token = tokens.recall(place, "CreateApplication", request, now, world.options)
    if token is not None and place.application(token.result).state(now) != "TERMINATED":
        tokens.check_same_parameters(token, request, world.options)
        return Outcome(_identity(place.application(token.result)), replayed=True)
    if str(request["type"]).capitalize() not in ("Spark", "Hive"):
        raise refusals.ENGINE.error(type=request["type"])
    rules.check_application(request, request["releaseLabel"])
    application_id = new_id()
    application = created(request, application_id, place.arn(application_id), now)
    creating = world.fates.scaled(world.options.application_creating_seconds)
    application = application.moved(now, "CREATING", "CREATED", each=creating)
    place.applications[application_id] = application
    tokens.remember(place, "CreateApplication", Token(dict(request), application_id, now), world.options)
    return Outcome(_identity(application))


def seed(world: World, place: Place, wanted: Seed) -> None:
    """An application that nobody created: it is there, STARTED."""
    now = world.clock.now()
    request = {"name": wanted.name, "releaseLabel": wanted.release_label, "type": wanted.engine}
    application = created(request, wanted.application_id, place.arn(wanted.application_id), now)
    place.applications[wanted.application_id] = application.moved(now, "CREATED", "STARTED")


def get_application(world: World, place: Place, request: Request) -> Outcome:
    """A deleted application is still there, TERMINATED."""
    application = place.application(request["applicationId"])
    return Outcome({"application": documents.application(application, world.clock.now())})


def list_applications(world: World, place: Place, request: Request) -> Outcome:
    """Without deleted ones, unless it is asked for TERMINATED."""
    now = world.clock.now()
    wanted = (
        ((0, number), one)
        for number, one in enumerate(place.applications.values())
        if _listed(one.state(now), request.get("states", []))
    )
    chosen, following = page(wanted, request)
    return Outcome({"applications": [documents.application_summary(one, now) for one in chosen], **following})


def update_application(world: World, place: Place, request: Request) -> Outcome:
    """Only in the states CREATED and STOPPED."""
    now = world.clock.now()
    application = _stopped(place, request, now, refusals.CANNOT_UPDATE).updated(now, request)
    rules.check_application(application.settings, application.release_label)
    place.applications[application.application_id] = application
    return Outcome({"application": documents.application(application, now)})


def start_application(world: World, place: Place, request: Request) -> Outcome:
    now = world.clock.now()
    application = place.application(request["applicationId"])
    state = application.state(now)
    if state in ("TERMINATED", "CREATING", "STOPPING"):
        raise refusals.CANNOT_START.error(application=application.application_id, state=state)
    if state in STOPPED_STATES.value:
        _move(world, place, application, "STARTING", "STARTED")
        rest(world, place, place.application(application.application_id), now)
    return Outcome({})


def stop_application(world: World, place: Place, request: Request) -> Outcome:
    """Only when all its runs have ended."""
    now = world.clock.now()
    application = place.application(request["applicationId"])
    live = [run.run_id for run in place.live_runs_of(application.application_id)]
    if live:
        raise refusals.STILL_ACTIVE.error(application=application.application_id, runs=", ".join(live))
    if application.state(now) not in ("STARTED", "STARTING"):
        raise refusals.CANNOT_STOP.error()
    _move(world, place, application, "STOPPING", "STOPPED")
    return Outcome({})


def delete_application(world: World, place: Place, request: Request) -> Outcome:
    """Only in the states CREATED and STOPPED."""
    now = world.clock.now()
    application = _stopped(place, request, now, refusals.CANNOT_DELETE)
    place.applications[application.application_id] = application.moved(now, "TERMINATED")
    return Outcome({})


def _listed(state: str, wanted: Sequence[str]) -> bool:
    return state in wanted if wanted else state not in UNLISTED.value


def rest(world: World, place: Place, application: Application, at: float) -> None:
    """From then on it stops by itself after its idleTimeoutMinutes, if none of its runs goes on."""
    if not place.has_live_runs(application.application_id):
        place.applications[application.application_id] = application.idle(at, world.fates.scaled(STEP.value))


def _identity(application: Application) -> dict[str, Any]:
    named = {"name": application.name} if application.name else {}
    return {"applicationId": application.application_id, "arn": application.arn, **named}


def _stopped(place: Place, request: Request, now: float, refusal: refusals.Refusal) -> Application:
    application = place.application(request["applicationId"])
    state = application.state(now)
    if state not in STOPPED_STATES.value:
        raise refusal.error(application=application.application_id, state=state)
    return application


def _move(world: World, place: Place, application: Application, *states: str) -> None:
    moved = application.moved(world.clock.now(), *states, each=world.fates.scaled(STEP.value))
    place.applications[application.application_id] = moved
