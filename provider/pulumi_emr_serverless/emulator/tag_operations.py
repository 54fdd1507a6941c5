"""The operations on tags, of applications and of job runs. Each is called with its place's lock held."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_emr_serverless.emulator import refusals, rules
from pulumi_emr_serverless.emulator.applications import Application
from pulumi_emr_serverless.emulator.runs import Run, observe
from pulumi_emr_serverless.emulator.sight import known_run
from pulumi_emr_serverless.emulator.state import Place
from pulumi_emr_serverless.emulator.world import Outcome, World

Request = Mapping[str, Any]


def tag_resource(world: World, place: Place, request: Request) -> Outcome:
    return _retag(world, place, request, "TagResource", lambda tags: {**tags, **request["tags"]})


def untag_resource(world: World, place: Place, request: Request) -> Outcome:
    """A key that is not there is no error."""
    gone = set(request["tagKeys"])
    return _retag(
        world,
        place,
        request,
        "UntagResource",
        lambda tags: {key: value for key, value in tags.items() if key not in gone},
    )


def list_tags_for_resource(world: World, place: Place, request: Request) -> Outcome:
    resource = _resource(world, place, request["resourceArn"], "ListTagsForResource")
    as_of = world.views.as_of("ListTagsForResource", "tags", world.clock.now())
    return Outcome({"tags": dict(resource.tags.at(as_of))})


def _retag(
    world: World,
    place: Place,
    request: Request,
    action: str,
    change: Callable[[Mapping[str, str]], dict[str, str]],
) -> Outcome:
    arn = request["resourceArn"]
    if world.options.tagging != "allowed":
        raise refusals.DENIED.error(caller=place.caller.arn, action=action, resource=arn)
    resource = _resource(world, place, arn, action)
    tags = change(resource.tags.current)
    rules.check_tags(tags)
    changed = resource.tags.changed(world.clock.now(), tags)
    if isinstance(resource, Run):
        _check_taggable(world, resource)
        place.put(dataclasses.replace(resource, tags=changed), world.clock.now())
    else:
        place.applications[resource.application_id] = dataclasses.replace(resource, tags=changed)
    return Outcome({})


def _resource(world: World, place: Place, arn: str, operation: str) -> Application | Run:
    start = place.arn("")
    if not arn.startswith(start):
        raise refusals.NO_RESOURCE.error(arn=arn)
    application_id, _, below = arn.removeprefix(start).partition("/")
    if not below:
        return place.application(application_id)
    kind, _, run_id = below.partition("/")
    if kind != "jobruns":
        raise refusals.NO_RESOURCE.error(arn=arn)
    return known_run(world, place, application_id, run_id, operation)


def _check_taggable(world: World, run: Run) -> None:
    seen = observe(run, world.clock.now())
    if seen.terminal and world.options.tag_terminal_runs == "denied":
        raise refusals.ENDED_TAGS.error(run=run.run_id, state=seen.state)
