"""What a changed declaration amounts to: another run, or the same one with other tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless import request
from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.spark import diff_parameters
from pulumi_emr_serverless.verbs.properties import declared, defaults

_BEHAVIOUR = ("endpoint", "rerun", "onDelete", "cancelGracePeriodSeconds")
"""What steers this package, and is no part of the run."""


@dataclass(frozen=True)
class Change:
    """What an update of a declared run amounts to, in top-level property names of the API."""

    replaces: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.replaces or self.updates)


def compare(old: Mapping[str, Any], new: Mapping[str, Any], *, started_in: str) -> Change:
    """Which properties of ``new`` ask for another run, and which can change on the living one.

    Everything except tags and the endpoint is the run's identity. An unset region means "where the run is": the
    environment of whoever types the command starts no run. ``old`` are a resource's outputs, ``new`` its inputs.
    """
    replaces = request.changed_members(old, new)
    if explicit_client_token(old) != new.get("clientToken"):
        replaces.append("clientToken")
    if new.get("region") not in (None, started_in):
        replaces.append("region")
    return Change(tuple(replaces), _updates(old, new))


def comparable(outputs: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was declared then and now, without what nobody has asked for at either time.

    So a default that this version fills in and an earlier one did not, or one that follows a renamed resource, starts no
    run; and it starts none to spell a default out.
    """
    before, after = declared(outputs), declared(news)
    filled_in = defaults(outputs)
    silent = {name for name in defaults(news) if name in filled_in or name not in before}

    def spoken(bag: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in bag.items() if name not in silent}

    return spoken(before), spoken(after)


def explain(old: Mapping[str, Any], new: Mapping[str, Any], secret_paths: Iterable[str]) -> list[str]:
    """Changes that Pulumi's own diff shows as one long string, one option or conf each.

    Parameters that somebody has made secret stay secret.
    """
    path = "jobDriver.sparkSubmit.sparkSubmitParameters"
    before, after = _spark_submit_parameters(old), _spark_submit_parameters(new)
    if before == after or before is None or after is None:
        return []
    if any(path.startswith(secret) for secret in secret_paths):
        return []
    try:
        return [f"{path}: {line}" for line in diff_parameters(before, after)]
    except InvalidSparkSubmitError:
        return []


def _spark_submit_parameters(properties: Mapping[str, Any]) -> str | None:
    """The parameters of a Spark job; None where there are none, or where they are not known yet."""
    found: Any = properties
    for name in ("jobDriver", "sparkSubmit", "sparkSubmitParameters"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None


def _updates(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    changed = [name for name in _BEHAVIOUR if old.get(name) != new.get(name)]
    if (old.get("tags") or {}) != (new.get("tags") or {}):
        changed.append("tags")
    return tuple(changed)


def explicit_client_token(outputs: Mapping[str, Any]) -> str | None:
    """The client token that the user chose, or None where it was derived: the output shows either."""
    if outputs.get("__explicitClientToken"):
        token: str = outputs["clientToken"]
        return token
    return None
