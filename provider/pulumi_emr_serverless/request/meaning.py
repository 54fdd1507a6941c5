"""What a request means: the arguments that boto3 takes, and the canonical form that identifies a run.

The canonical form goes into client tokens, and thereby into every user's state: it is a persisted format. What counts
as the same is written out here instead of being derived from the models, so that a change of their limits, types or
defaults cannot change it; a member that AWS adds only counts where it is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pulumi_emr_serverless.errors import InvalidSparkSubmitError
from pulumi_emr_serverless.request.models import REQUEST_MEMBERS
from pulumi_emr_serverless.request.paths import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable

_NOT_PART_OF_THE_MEANING: Final = ("clientToken", "tags")
_MEANING: Final = (*(name for name in REQUEST_MEMBERS if name not in _NOT_PART_OF_THE_MEANING), "triggers")

_SAME_AS_ABSENT: Final = frozenset(
    {
        ("executionIamPolicy",),
        ("executionIamPolicy", "policyArns"),
        ("jobDriver", "sparkSubmit", "entryPointArguments"),
        ("configurationOverrides",),
        ("configurationOverrides", "diskEncryptionConfiguration"),
        ("configurationOverrides", "diskEncryptionConfiguration", "encryptionContext"),
        ("retryPolicy",),
        ("flexExecution",),
        ("triggers",),
    }
)
"""Where nothing in it says nothing. An empty ``applicationConfiguration`` or ``monitoringConfiguration`` is not here:
it overrides what the application has."""


def start_job_run_input(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of boto3's ``start_job_run``: the request's members as given, and nothing else."""
    return {name: _given(properties[name]) for name in REQUEST_MEMBERS if properties.get(name) is not None}


def _given(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _given(item) for key, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_given(item) for item in value]
    return _whole(value)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def canonical(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The meaning of a request, without tags and client token, with ``triggers``. ``UNKNOWN`` stays where it is."""
    meaning = {name: _canonical(properties[name], (name,)) for name in _MEANING if properties.get(name) is not None}
    if meaning.get("mode") == "BATCH":
        del meaning["mode"]
    return {name: value for name, value in meaning.items() if not _says_nothing(value, (name,))}


def canonical_json(properties: Mapping[str, Any]) -> str:
    """The canonical form as compact, sorted ASCII. Raises ``ValueError`` for a request that is not wholly known."""
    return _dumped(canonical(properties))


def changed_members(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The members whose meaning differs, by the API's names. What is not known yet counts as changed.

    Sizes of memory are compared as sizes. The canonical form, a persisted format, has them as they are written.
    """
    before, after = canonical(old), canonical(new)
    changed = [name for name in _MEANING if _differs(before.get(name), after.get(name))]
    return [
        name
        for name in changed
        if name not in _WITH_SIZES or _differs(_sized(before.get(name)), _sized(after.get(name)))
    ]


_WITH_SIZES: Final = ("jobDriver", "configurationOverrides")


def _sized(value: Any) -> Any:
    """A member with one text for each size of memory, in Spark's parameters and in properties of Spark."""
    from pulumi_emr_serverless.spark import MEMORY_PROPERTIES, comparable_parameters, same_size  # noqa: PLC0415 - as below

    if isinstance(value, list):
        return [_sized(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    found = {key: _sized(item) for key, item in value.items()}
    for key, item in value.items():
        if key in MEMORY_PROPERTIES and isinstance(item, str):
            found[key] = same_size(item)
        elif key == "sparkSubmitParameters" and isinstance(item, str):
            with suppress(InvalidSparkSubmitError):
                found[key] = comparable_parameters(item)
    return found


def _differs(before: Any, after: Any) -> bool:
    try:
        return _dumped(before) != _dumped(after)
    except ValueError:
        return True


def _dumped(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_not_known)


def _not_known(value: object) -> Any:
    raise (
        ValueError("a request that is not wholly known has no JSON form")
        if value is UNKNOWN
        else TypeError(f"a Python {type(value).__name__} has no JSON form")
    )


def _canonical(value: Any, path: tuple[str, ...]) -> Any:
    """``path`` has names of members only: a list is at the path of the member that holds it."""
    if isinstance(value, Mapping):
        known = {str(key): _canonical(item, (*path, str(key))) for key, item in value.items() if item is not None}
        return {key: item for key, item in known.items() if not _says_nothing(item, (*path, key))}
    if isinstance(value, (list, tuple)):
        items = [_canonical(item, path) for item in value]
        return sorted(items, key=_rank) if _is_set(path) else items
    if isinstance(value, str) and (normalised := _NORMALISED.get(path)):
        return normalised(value)
    return _whole(value)


def _rank(value: Any) -> tuple[bool, str]:
    return (value is UNKNOWN, str(value))


_LOG_TYPES: Final = ("configurationOverrides", "monitoringConfiguration", "cloudWatchLoggingConfiguration", "logTypes")


def _is_set(path: tuple[str, ...]) -> bool:
    return path[:-1] == _LOG_TYPES or path == ("executionIamPolicy", "policyArns")


def _says_nothing(value: Any, path: tuple[str, ...]) -> bool:
    if value not in ({}, []):
        return False
    in_configuration = path[:2] == ("configurationOverrides", "applicationConfiguration") and len(path) > 2
    return path in _SAME_AS_ABSENT or (in_configuration and path[-1] in ("configurations", "properties"))


def _spark_submit_parameters(text: str) -> str:
    # Parsing parameters is needed by few; most requests are read without it.
    from pulumi_emr_serverless.spark import canonical_parameters  # noqa: PLC0415

    try:
        return canonical_parameters(text)
    except InvalidSparkSubmitError:
        return text


def _policy(text: str) -> str:
    try:
        return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return text


_NORMALISED: Final[Mapping[tuple[str, ...], Callable[[str], str]]] = {
    ("jobDriver", "sparkSubmit", "sparkSubmitParameters"): _spark_submit_parameters,
    ("executionIamPolicy", "policy"): _policy,
}
