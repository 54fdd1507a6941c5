"""A job run's property bag: what a person declared in it, what the stack adds, and where its secrets are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi_emr_serverless.aws import connection, default_tags
from pulumi_emr_serverless.persisted import INTERNAL_INPUTS, JOB, LAUNCH_TAG, SECRETS, STARTED_AT, UNSETTLED
from pulumi_emr_serverless.request import format_path

Setting = Callable[[str], Any]

_NOT_DECLARED = ("__provider", LAUNCH_TAG, STARTED_AT, UNSETTLED, *INTERNAL_INPUTS)


def declared(props: Mapping[str, Any]) -> dict[str, Any]:
    """What a person declared: without what Pulumi and this package add."""
    return {name: value for name, value in props.items() if name not in _NOT_DECLARED and value is not None}


def with_default_tags(setting: Setting, props: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the stack's default tags; the resource's own win. Tags that are not known yet stay so.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    defaults, tags = default_tags(setting), props.get("tags")
    if not defaults or not (tags is None or isinstance(tags, Mapping)):
        return dict(props)
    return {**props, "tags": {**defaults, **(tags or {})}}


def configured_place(setting: Setting, properties: Mapping[str, Any]) -> dict[str, str]:
    """The region and the endpoint that the configuration adds: a wrong one must not come out when a run has been ended.

    Raises:
        InvalidConfigurationError: the configuration is not what it should be.
    """
    found = connection(setting, properties)
    place = {"region": found.region, "endpoint": found.endpoint}
    return {name: value for name, value in place.items() if value is not None and name not in properties}


def secret_paths(props: Mapping[str, Any]) -> list[str]:
    """Where in the inputs a program's secrets are."""

    def step(one: Any) -> str | int:
        return int(one) if isinstance(one, float) else str(one)

    found = props.get(SECRETS)
    return [format_path(tuple(step(one) for one in path)) for path in found] if isinstance(found, list) else []


def job_name(props: Mapping[str, Any]) -> str:
    """The resource's name."""
    return str(props.get(JOB) or "").rpartition("::")[2]
