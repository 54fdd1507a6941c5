"""What the stack's configuration says: where and as whom to call AWS, and which tags every run has.

A resource's own words come first, then emrServerless:, then aws:, then the environment.
"""

from __future__ import annotations

import difflib
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pulumi_emr_serverless.errors import InvalidConfigurationError

ConfigGetter = Callable[[str], Any]
"""Answers ``aws:region`` and the like from the stack's configuration; None where it is not set."""

_ENDPOINT_KEYS = ("emrserverless", "emr-serverless", "emrServerless")

_EITHER = (
    "accessKey", "assumeRole", "assumeRoles", "defaultTags", "insecure", "profile", "region", "secretKey", "token",
)  # fmt: skip
_OURS = ("caBundle", "connectTimeoutSeconds", "endpoint", "readTimeoutSeconds", "skipRequestSigning")

_OUR_NAMESPACE = "emrServerless:"
DEFAULT_TAGS_SETTINGS = ("emrServerless:defaultTags", "aws:defaultTags")
SETTINGS = (
    *(f"{namespace}:{name}" for namespace in ("emrServerless", "aws") for name in _EITHER),
    *(f"emrServerless:{name}" for name in _OURS),
    "aws:endpoints",
)
"""Every key of the configuration that is read here."""
CREDENTIALS = tuple(key for key in SETTINGS if key.partition(":")[2] in ("accessKey", "secretKey", "token"))
"""Those that no message shows, whoever has made them secret."""


def unknown_settings(keys: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """A sentence for each key of ``emrServerless:`` that nobody reads: a misspelt region would be another region.

    Args:
        keys: those of the whole configuration. Their values are not looked at.
        others: keys that are read elsewhere.
    """
    known, given = (
        [key.removeprefix(_OUR_NAMESPACE) for key in each if key.startswith(_OUR_NAMESPACE)]
        for each in ((*SETTINGS, *others), sorted(keys))
    )
    return [_unknown(name, known) for name in given if name not in known]


def _unknown(name: str, known: Sequence[str]) -> str:
    key, near = f"{_OUR_NAMESPACE}{name}", difflib.get_close_matches(name, known, n=1)
    advice = f"Did you mean {_OUR_NAMESPACE}{near[0]}?" if near else f"There are {', '.join(known)}."
    return f"{key}: is no setting of this package. {advice} `pulumi config rm {key}` takes it away."


@dataclass(frozen=True)
class AssumeRole:
    """A role to take on before any call, as ``aws:assumeRoles`` spells it."""

    role_arn: str
    session_name: str = "pulumi-emr-serverless"
    external_id: str | None = None
    duration_seconds: int | None = None


@dataclass(frozen=True)
class Connection:
    """How to reach EMR Serverless. What is None is left to boto3 and so to the environment.

    ``AWS_REGION`` alone is read here: AWS's command line and pulumi-aws know it, boto3 only knows AWS_DEFAULT_REGION.
    """

    region: str | None = None
    endpoint: str | None = None
    profile: str | None = None
    assume_roles: tuple[AssumeRole, ...] = ()
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)
    insecure: bool = False
    """Do not verify TLS certificates, as the AWS CLI's ``--no-verify-ssl``."""
    ca_bundle: str | None = None
    """A file of CA certificates to verify with, as ``--ca-bundle``."""
    connect_timeout_seconds: float | None = None
    read_timeout_seconds: float | None = None
    skip_signing: bool = False
    """Send requests without a signature, as ``--no-sign-request``. Only an emulator or a proxy takes them."""
    region_from: str = field(default="", compare=False)
    """The setting that the region comes from, for messages; empty where boto3 finds it, or nobody."""
    endpoint_from: str = field(default="", compare=False)


def connection(get: ConfigGetter, properties: Mapping[str, Any], *, region: str | None = None) -> Connection:
    """The connection for a resource.

    Args:
        get: the stack's configuration.
        properties: the resource's properties; its ``region`` and ``endpoint`` win.
        region: where a started run is; it cannot be elsewhere.

    Raises:
        InvalidConfigurationError: a structured value is not what pulumi-aws takes, or one key stands without the other.
    """
    setting = partial(_setting, get)
    access_key, secret_key, session_token = setting("accessKey"), setting("secretKey"), setting("token")
    _require_both_keys(access_key, secret_key, session_token)
    chosen_region, region_from = _first(
        ("the run's ARN", lambda: region),
        ("region of the JobRun", lambda: properties.get("region")),
        ("emrServerless:region", lambda: get("emrServerless:region")),
        ("aws:region", lambda: get("aws:region")),
        ("AWS_REGION", lambda: os.environ.get("AWS_REGION")),
    )
    endpoint, endpoint_from = _first(
        ("endpoint of the JobRun", lambda: properties.get("endpoint")),
        ("emrServerless:endpoint", lambda: get("emrServerless:endpoint")),
        ("aws:endpoints", lambda: service_endpoint(get, *_ENDPOINT_KEYS)),
    )
    return Connection(
        region=chosen_region,
        endpoint=endpoint,
        profile=setting("profile"),
        assume_roles=_assume_roles(setting("assumeRoles"), setting("assumeRole")),
        access_key=access_key,
        secret_key=secret_key,
        session_token=session_token,
        insecure=_flag("insecure", setting("insecure")),
        ca_bundle=get("emrServerless:caBundle"),
        connect_timeout_seconds=_seconds(
            "emrServerless:connectTimeoutSeconds", get("emrServerless:connectTimeoutSeconds")
        ),
        read_timeout_seconds=_seconds("emrServerless:readTimeoutSeconds", get("emrServerless:readTimeoutSeconds")),
        skip_signing=_flag("skipRequestSigning", get("emrServerless:skipRequestSigning")),
        region_from=region_from,
        endpoint_from=endpoint_from,
    )


def _first(*settings: tuple[str, Callable[[], Any]]) -> tuple[Any, str]:
    """The first value that is set, and the setting's name. What stands behind it is not read."""
    return next(((value, name) for name, read in settings if (value := read())), (None, ""))


def _require_both_keys(access_key: Any, secret_key: Any, session_token: Any) -> None:
    """boto3 would sign with half a key."""
    missing = [name for name, key in (("accessKey", access_key), ("secretKey", secret_key)) if not key]
    if missing and (access_key or secret_key or session_token):
        raise InvalidConfigurationError(
            f"aws:{' and aws:'.join(missing)}: must be set where another of accessKey, secretKey and token is; or set none "
            "of them, and aws:profile or the environment has the credentials."
        )


def default_tags(get: ConfigGetter) -> dict[str, str]:
    """The tags of every run of the stack, as ``defaultTags`` spells them: ``{"tags": {"team": "data"}}``.

    Raises:
        InvalidConfigurationError: it is not of that form, or a value is not text.
    """
    given = _structure("aws:defaultTags", _setting(get, "defaultTags"), dict) or {}
    tags = _structure("aws:defaultTags.tags", given.get("tags"), dict) or {}
    for surplus in given.keys() - {"tags"}:
        raise InvalidConfigurationError(
            f"aws:defaultTags.{surplus}: is not known; tags stand one level deeper, as in aws:defaultTags.tags.team."
        )
    for key, value in tags.items():
        if not isinstance(value, str):
            raise InvalidConfigurationError(
                f"aws:defaultTags.tags.{key}: {value!r} must be text; set it with `pulumi config set --path --type string`."
            )
    return tags


def _setting(get: ConfigGetter, name: str) -> Any:
    value = get(f"emrServerless:{name}")
    return get(f"aws:{name}") if value is None else value


def _flag(name: str, value: Any) -> bool:
    """The engine hands configuration over as text."""
    if value in (None, "", False, "false"):
        return False
    if value in (True, "true"):
        return True
    raise InvalidConfigurationError(f"emrServerless:{name}: {value!r} must be true or false.")


def _seconds(name: str, value: Any) -> float | None:
    if value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = 0.0
    if not 0 < seconds < math.inf:
        raise InvalidConfigurationError(f"{name}: {value!r} must be a number of seconds above 0.")
    return seconds


def service_endpoint(get: ConfigGetter, *names: str) -> str | None:
    """What ``aws:endpoints`` has for a service: it is a list of objects from service name to URL.

    Args:
        get: the stack's configuration.
        names: those that the service has there; an entry's first one counts.

    Raises:
        InvalidConfigurationError: it is no such list.
    """
    found = (
        entry[name] for entry in _entries("aws:endpoints", get("aws:endpoints")) for name in names if entry.get(name)
    )
    return next(map(str, found), None)


def _assume_roles(many: Any, one: Any) -> tuple[AssumeRole, ...]:
    entries = _entries("aws:assumeRoles", many)
    single = _structure("aws:assumeRole", one, dict)
    if not entries and single:
        entries = [single]
    return tuple(_assume_role(entry) for entry in entries)


def _entries(name: str, value: Any) -> list[Any]:
    """A list of objects, as pulumi-aws has them."""
    entries = _structure(name, value, list) or []
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise InvalidConfigurationError(f"{name}[{number}]: must be an object, not {type(entry).__name__}.")
    return entries


def _assume_role(entry: Mapping[str, Any]) -> AssumeRole:
    if not entry.get("roleArn"):
        raise InvalidConfigurationError("aws:assumeRoles: an entry has no roleArn; give the ARN of the role to assume.")
    duration = entry.get("durationSeconds")
    return AssumeRole(
        role_arn=entry["roleArn"],
        session_name=entry.get("sessionName") or AssumeRole.session_name,
        external_id=entry.get("externalId"),
        duration_seconds=None
        if duration is None
        else round(_seconds("aws:assumeRoles: durationSeconds", duration) or 0),
    )


def _structure(name: str, value: Any, kind: type) -> Any:
    """A structured value: the engine hands it over as JSON text, tests and programs as a value."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise InvalidConfigurationError(
                f"{name}: {value!r} is not JSON; set it with `pulumi config set --path`."
            ) from None
    if value is not None and not isinstance(value, kind):
        raise InvalidConfigurationError(f"{name}: must be a {kind.__name__}, not {type(value).__name__}.")
    return value
