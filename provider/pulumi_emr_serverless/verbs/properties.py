"""A job run's property bag: what a person declared in it, what the stack adds, and where its secrets are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_emr_serverless.aws import DEFAULT_TAGS_SETTINGS, connection, default_tags
from pulumi_emr_serverless.persisted import (
    DEFAULTS,
    INTERNAL_INPUTS,
    JOB,
    LAUNCH_TAG,
    SECRET_SETTINGS,
    SECRETS,
    STARTED_AT,
    UNSETTLED,
)
from pulumi_emr_serverless.request import MAX_NAME, Location, format_path

Setting = Callable[[str], Any]

_NOT_DECLARED = ("__provider", LAUNCH_TAG, STARTED_AT, UNSETTLED, *INTERNAL_INPUTS)


def declared(props: Mapping[str, Any]) -> dict[str, Any]:
    """What a person declared: without what Pulumi and this package add."""
    return {name: value for name, value in props.items() if name not in _NOT_DECLARED and value is not None}


def defaults(props: Mapping[str, Any]) -> tuple[str, ...]:
    """Which of the properties nobody has asked for."""
    found = props.get(DEFAULTS)
    return tuple(str(name) for name in found) if isinstance(found, list) else ()


def intended(props: Mapping[str, Any]) -> dict[str, Any]:
    """What a person declared, without defaults: it identifies the run, in every version of this package."""
    return {name: value for name, value in declared(props).items() if name not in defaults(props)}


def with_default_name(props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the resource's name as that of the run, where the program gives none: consoles, alarms and
    ``emrs orphans`` tell runs apart by it. What AWS would not take in it is left out.
    """
    name = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", job_name(props)).split())
    if not name or props.get("name") is not None:
        return dict(props)
    if len(name) > MAX_NAME:
        end = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[: MAX_NAME - len(end) - 1]}-{end}"
    return {**props, "name": name, DEFAULTS: ["name"]}


def with_default_tags(setting: Setting, props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the stack's default tags; the resource's own win. Tags that are not known yet stay so.

    Where the configuration keeps its tags secret, all tags of the run are: the keys of the default ones are a part of it.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    defaults, tags = default_tags(setting), props.get("tags")
    if not defaults or not (tags is None or isinstance(tags, Mapping)):
        return dict(props)
    merged = {**props, "tags": {**defaults, **(tags or {})}}
    if has_secret_default_tags(props):
        merged[SECRETS] = [*(props.get(SECRETS) or ()), ["tags"]]
    return merged


_PLACE_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "region": ("emrServerless:region", "aws:region"),
    "endpoint": ("emrServerless:endpoint", "aws:endpoints"),
}


def secret_place(props: Mapping[str, Any], place: Mapping[str, str]) -> list[str]:
    """Which of what the configuration adds may be secret there."""
    return [name for name in place if not set(_PLACE_SETTINGS[name]).isdisjoint(secret_settings(props))]


def has_secret_default_tags(props: Mapping[str, Any]) -> bool:
    return not set(DEFAULT_TAGS_SETTINGS).isdisjoint(secret_settings(props))


def secret_settings(props: Mapping[str, Any]) -> list[str]:
    """The keys of the configuration whose values are secret."""
    found = props.get(SECRET_SETTINGS)
    return [str(key) for key in found] if isinstance(found, list) else []


def configured_place(setting: Setting, properties: Mapping[str, Any]) -> dict[str, str]:
    """The region and the endpoint that the configuration adds: a wrong one must not come out when a run has been ended.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    found = connection(setting, properties)
    place = {"region": found.region, "endpoint": found.endpoint}
    return {name: value for name, value in place.items() if value is not None and name not in properties}


def secret_locations(props: Mapping[str, Any]) -> list[Location]:
    """Where in the inputs a program's secrets are."""

    def step(one: Any) -> str | int:
        return int(one) if isinstance(one, (int, float)) else str(one)

    found = props.get(SECRETS)
    return [tuple(step(one) for one in path) for path in found] if isinstance(found, list) else []


def secret_paths(props: Mapping[str, Any]) -> list[str]:
    """The same, as paths."""
    return [format_path(location) for location in secret_locations(props)]


def job_key(props: Mapping[str, Any]) -> str:
    """What tells the job from the others of its stack."""
    found = props.get(JOB)
    return found if isinstance(found, str) else ""


def job_name(props: Mapping[str, Any]) -> str:
    """The resource's name."""
    return job_key(props).rpartition("::")[2]
