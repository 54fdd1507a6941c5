"""Everything that is wrong with a request, at once and in the order of the document."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError

from pulumi_emr_serverless.request.field_types import BROKEN_RULE, one_of
from pulumi_emr_serverless.request.foresight import doubts, failures
from pulumi_emr_serverless.request.models import LOG_TYPES, MAX_BATCH_TIMEOUT_MINUTES, JobRunProperties, StartJobRun
from pulumi_emr_serverless.request.paths import (
    HIDDEN,
    NOT_SHOWN,
    UNKNOWN,
    Finding,
    Location,
    Severity,
    Violation,
    format_path,
    is_secret,
    kind_of,
    may_be_shown,
    parse_path,
    shortened,
)

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

MAX_DEPTH = 64
"""How deep structures may be nested; beyond it, a document is taken for one that contains itself."""


class _TooDeepError(Exception):
    def __init__(self, location: Location) -> None:
        super().__init__(location)
        self.location = location


def violations(
    properties: Mapping[str, Any],
    *,
    secret_paths: Iterable[str] = (),
    show_secrets: bool = False,
    model: type[StartJobRun] = JobRunProperties,
) -> list[Violation]:
    """Check a property bag under the API's names, as the Pulumi engine delivers it.

    Numbers may be floats, nulls count as absent, and ``UNKNOWN`` may stand anywhere: the known rest is checked. The
    value of a sensitive member, or at one of ``secret_paths``, is in no violation unless ``show_secrets`` asks for it.
    ``model`` says which members there may be: those of a ``JobRun``, or of ``StartJobRun`` alone. Never raises.
    """
    if not isinstance(properties, Mapping):
        return [Violation("", NOT_SHOWN, f"the request must be a map of named members, not {kind_of(properties)}")]
    veil = _Veil([parse_path(path) for path in secret_paths], show_secrets)
    try:
        document = _plain(properties, ())
    except _TooDeepError as error:
        finding = Finding(error.location[:4], f"must not be nested more than {MAX_DEPTH} levels deep")
        return [veil.violation(finding, "error")]
    found = [*_member_findings(document, model), *_cross_findings(document)]
    broken = {finding.location for finding in found}
    found += [finding for finding in failures(document) if finding.location not in broken]
    return [veil.violation(finding, "error") for finding in _in_order(document, found)]


def suspicions(
    properties: Mapping[str, Any], *, secret_paths: Iterable[str] = (), show_secrets: bool = False
) -> list[Violation]:
    """What a run of this request may well fail of: warnings, and nothing that :func:`violations` says already.

    Takes what :func:`violations` takes, and never raises either.
    """
    veil = _Veil([parse_path(path) for path in secret_paths], show_secrets)
    try:
        document = _plain(properties, ()) if isinstance(properties, Mapping) else {}
    except _TooDeepError:
        return []
    broken = {violation.path for violation in violations(properties)}
    found = [each for each in doubts(document) if format_path(each.location) not in broken]
    return [veil.violation(finding, "warning") for finding in _in_order(document, found)]


def _in_order(document: Any, found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: _position(document, finding.location))


class _Veil(NamedTuple):
    """What stands between a finding and those who read of it."""

    secrets: list[Location]
    show_secrets: bool

    def violation(self, finding: Finding, severity: Severity) -> Violation:
        value, location, rule, remedy = finding.value, finding.location, finding.rule, finding.remedy
        if not self.show_secrets:
            if value is not NOT_SHOWN and not may_be_shown(location, self.secrets):
                value = HIDDEN
            if finding.veiled and is_secret(location, self.secrets):
                rule, remedy = finding.veiled, ""
            location = _without_secret_keys(location, self.secrets)
            if location != finding.location:
                value = HIDDEN
        return Violation(format_path(location), value, rule, remedy, severity)


def _without_secret_keys(location: Location, secrets: list[Location]) -> Location:
    """The location as far as it may be said: of a map that is secret as a whole the keys are, but not AWS's names."""
    for secret in secrets:
        if location[: len(secret)] == secret:
            for depth in range(len(secret), len(location)):
                step = location[depth]
                if isinstance(step, str) and step not in member_names():
                    return location[:depth]
    return location


def _plain(value: Any, location: Location) -> Any:
    """The value in dicts and lists alone, without the nulls of maps: they mean absent."""
    if len(location) > MAX_DEPTH:
        raise _TooDeepError(location)
    if isinstance(value, Mapping):
        named = ((key if isinstance(key, str) else shortened(key), item) for key, item in value.items())
        return {key: _plain(item, (*location, key)) for key, item in named if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item, (*location, index)) for index, item in enumerate(value)]
    return value


def _position(document: Any, location: Location) -> tuple[int, ...]:
    """Where a location stands in the document. What is missing comes last in its structure."""
    position: list[int] = []
    for step in location:
        if isinstance(document, dict):
            keys = list(document)
            position.append(keys.index(step) if step in document else len(keys))
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            position.append(step)
            document = document[step]
        else:
            break
    return tuple(position)


# --- what each member may be --------------------------------------------------------------------------------------


def _member_findings(document: dict[str, Any], model: type[StartJobRun]) -> list[Finding]:
    try:
        model.model_validate(document)
    except ValidationError as error:
        lines = error.errors(include_url=False)
    else:
        return []
    found = [_finding(line, model) for line in lines]
    meant = {
        (*finding.location[:-1], guess)
        for finding, line in zip(found, lines, strict=True)
        if line["type"] == "extra_forbidden"
        for guess in _guesses(finding.location, model)
    }
    return [
        finding
        for finding, line in zip(found, lines, strict=True)
        if not (line["type"] == "missing" and finding.location in meant)
    ]


def _finding(line: ErrorDetails, model: type[StartJobRun]) -> Finding:
    location: Location = line["loc"]
    if line["type"] == "missing":
        return Finding(location, "is required")
    if line["type"] == "extra_forbidden":
        return _unknown_member(location, model)
    if line["type"] == BROKEN_RULE:
        context = line["ctx"]
        rule, remedy, value = str(context["rule"]), str(context["remedy"]), line["input"]
        if location[-1:] == ("[key]",) and isinstance(value, str) and location[-2:-1] == (value,):
            return Finding(location[:-1], f"its key {rule}", remedy)
        return Finding(location, rule, remedy, value if context["shown"] else NOT_SHOWN)
    # Every type is checked by a constraint first, so this is for a pydantic that finds something new.
    return Finding(location, "has a value that StartJobRun does not take")


def _unknown_member(location: Location, model: type[StartJobRun]) -> Finding:
    owner = format_path(location[:-1]) or "StartJobRun"
    guesses = _guesses(location, model)
    if guesses:
        remedy = f"did you mean {guesses[0]}?"
    elif homes := _homes().get(_letters(str(location[-1]))):
        remedy = f"it belongs in {homes[0]}"
    else:
        remedy = f"it has {', '.join(_members_at(location[:-1], model))}"
    return Finding(location, f"is not a member of {owner}", remedy)


def _guesses(location: Location, model: type[StartJobRun] = JobRunProperties) -> list[str]:
    """The members of the same structure that an unknown one can be meant for, the likeliest alone.

    A name that is right elsewhere is meant for there, so it is guessed at only if it differs in spelling alone.
    """
    known = {_letters(name): name for name in _members_at(location[:-1], model)}
    letters = _letters(str(location[-1]))[:100]
    if letters in known:
        return [known[letters]]
    if letters in _homes():
        return []
    containing = [name for known_letters, name in known.items() if len(letters) > 3 and letters in known_letters]
    if len(containing) == 1:
        return containing
    return [known[close] for close in difflib.get_close_matches(letters, known, n=1, cutoff=0.75)]


def _letters(name: str) -> str:
    """A name without what snake_case, camelCase, kebab-case and PascalCase disagree about."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _members_at(location: Location, model: type[StartJobRun]) -> tuple[str, ...]:
    found: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, str) and found is not None:
            found = structures(found).get(step)
    return tuple(field.alias or name for name, field in found.model_fields.items()) if found else ()


@cache
def structures(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The members of a model that are, or list, structures themselves."""
    found = {}
    for name, field in model.model_fields.items():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found[field.alias or name] = part
    return found


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


@cache
def _homes() -> dict[str, tuple[str, ...]]:
    """Where each name of a member belongs, for those who write it on a wrong level. The top level needs no place."""
    homes: dict[str, tuple[str, ...]] = {}

    def visit(model: type[BaseModel], path: Location) -> None:
        for name, field in model.model_fields.items():
            alias = field.alias or name
            if path:
                homes[_letters(alias)] = (*homes.get(_letters(alias), ()), format_path(path))
            below = structures(model).get(alias)
            if below is not None and below is not model:
                visit(below, (*path, alias))

    visit(JobRunProperties, ())
    return homes


@cache
def member_names() -> frozenset[str]:
    """Every name that a member of a ``JobRun`` has, at any depth."""

    def names(model: type[BaseModel], above: tuple[type[BaseModel], ...] = ()) -> Iterator[str]:
        for name, field in model.model_fields.items():
            yield field.alias or name
        for below in structures(model).values():
            if below not in above:
                yield from names(below, (*above, below))

    return frozenset(names(JobRunProperties))


# --- what members may be together ---------------------------------------------------------------------------------


def _cross_findings(document: dict[str, Any]) -> Iterator[Finding]:
    yield from _driver(document)
    yield from _log_types(document)
    mode = document.get("mode", "BATCH")
    if mode in ("BATCH", "STREAMING"):
        yield from _timeout(document, mode)
        yield from _retries(document, mode)


def _driver(document: dict[str, Any]) -> Iterator[Finding]:
    driver = document.get("jobDriver")
    if not isinstance(driver, dict):
        return
    members = ("sparkSubmit", "hive")
    given = [name for name in members if name in driver]
    if len(given) == 2:
        yield Finding(("jobDriver",), "must have exactly one of sparkSubmit and hive, not both")
    elif not given and not any(_guesses(("jobDriver", name)) for name in driver):
        yield Finding(("jobDriver",), "must have exactly one of sparkSubmit and hive")


def _log_types(document: dict[str, Any]) -> Iterator[Finding]:
    path = ("configurationOverrides", "monitoringConfiguration", "cloudWatchLoggingConfiguration", "logTypes")
    by_worker = _at(document, *path)
    if not isinstance(by_worker, dict):
        return
    for worker, log_types in by_worker.items():
        allowed = LOG_TYPES.get(worker)
        if allowed is None or not isinstance(log_types, list):
            continue
        known = {log_type for types in LOG_TYPES.values() for log_type in types}
        for index, log_type in enumerate(log_types):
            if isinstance(log_type, str) and log_type in known and log_type not in allowed:
                yield Finding((*path, worker, index), f"must be {one_of(allowed)} for {worker}", value=log_type)


def _timeout(document: dict[str, Any], mode: str) -> Iterator[Finding]:
    minutes = document.get("executionTimeoutMinutes")
    if mode != "BATCH" or isinstance(minutes, bool) or not isinstance(minutes, (int, float)):
        return
    if minutes == 0:
        yield Finding(
            ("executionTimeoutMinutes",),
            f"must be 1 to {MAX_BATCH_TIMEOUT_MINUTES} for a BATCH run",
            "only a STREAMING run can go without a limit",
            minutes,
        )
    elif MAX_BATCH_TIMEOUT_MINUTES < minutes <= 1_000_000:
        yield Finding(
            ("executionTimeoutMinutes",),
            f"must be 1 to {MAX_BATCH_TIMEOUT_MINUTES} (7 days) for a BATCH run",
            "only a STREAMING run can take longer",
            minutes,
        )


def _retries(document: dict[str, Any], mode: str) -> Iterator[Finding]:
    policy = document.get("retryPolicy")
    if not isinstance(policy, dict):
        return
    for name, only, instead in (
        ("maxAttempts", "BATCH", "maxFailedAttemptsPerHour"),
        ("maxFailedAttemptsPerHour", "STREAMING", "maxAttempts"),
    ):
        if name in policy and mode != only:
            yield Finding(("retryPolicy", name), f"applies to {only} runs only", f"a {mode} run takes {instead}")


def _at(document: Any, *names: str) -> Any:
    for name in names:
        if not isinstance(document, dict) or document is UNKNOWN:
            return None
        document = document.get(name)
    return document
