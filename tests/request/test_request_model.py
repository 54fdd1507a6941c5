"""Our models and TypedDicts against AWS's service model, member by member."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pulumi
import pytest
from botocore.loaders import Loader
from pydantic import BaseModel
from typing_extensions import NotRequired, Required, get_type_hints, is_typeddict

from pulumi_emr_serverless.program import inputs
from pulumi_emr_serverless.request import (
    BEHAVIOUR_PROPERTIES,
    MAX_USER_TAGS,
    REQUEST_MEMBERS,
    StartJobRun,
    is_sensitive,
)
from pulumi_emr_serverless.request.field_types import (
    Boolean,
    Choice,
    Constraint,
    Integer,
    ListOf,
    MapOf,
    String,
    Structure,
)
from pulumi_emr_serverless.request.models import LOG_TYPES, NOT_BLANK

SHAPES: dict[str, Any] = Loader().load_service_model("emr-serverless", "service-2")["shapes"]
REQUEST = "StartJobRunRequest"

STRICTER: dict[str, tuple[object, str]] = {
    "clientToken required": (True, "this package derives one"),
    "tags max": (200, "AWS documents 50, and two of them are ours"),
    "retryPolicy.maxAttempts max": (None, "documented: 1 to 10, inclusive (EMR Serverless job resiliency)"),
    "retryPolicy.maxFailedAttemptsPerHour max": (None, "documented: between 1 and 10 (EMR Serverless job resiliency)"),
    "executionIamPolicy.policy pattern": ("([    -\xff]+)", "damaged: its \\u0009\\u000A\\u000D became spaces"),
    "executionIamPolicy.policyArns[] pattern": (
        "([    -~\x85\xa0-\ud7ff\ue000-\ufffd\u10000-\u10ffFF]+)",
        "allows any text; these are ARNs of IAM policies",
    ),
    "configurationOverrides.monitoringConfiguration.s3MonitoringConfiguration.logUri pattern": (
        ".*[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDBFF-\\uDC00\\uDFFF\\r\\n\\t]*.*",
        "allows any text; AWS documents an Amazon S3 URI",
    ),
    "configurationOverrides.monitoringConfiguration.cloudWatchLoggingConfiguration.logTypes{} kind": (
        "string",
        "AWS documents the names of the workers",
    ),
    "configurationOverrides.monitoringConfiguration.cloudWatchLoggingConfiguration.logTypes[][] kind": (
        "string",
        "AWS documents the names of the logs",
    ),
}
"""Where we differ from the model on purpose: what the model says, and why we do not. A stale row fails the test too."""

WORD_FOR_WORD = {r".*\S.*": NOT_BLANK}
"""A pattern that we write otherwise: the dot takes line ends, for queries and parameters of several lines."""


def unwrapped(annotation: Any, constraint: Constraint | None = None) -> tuple[Any, Constraint | None]:
    """A type and the constraint on it, from ``Annotated[T | None, constraint]`` in any order."""
    if get_origin(annotation) is Annotated:
        own = [extra for extra in annotation.__metadata__ if isinstance(extra, Constraint)]
        return unwrapped(get_args(annotation)[0], own[0] if own else constraint)
    if get_origin(annotation) in (Union, types.UnionType):
        (known,) = [part for part in get_args(annotation) if part is not type(None)]
        return unwrapped(known, constraint)
    return annotation, constraint


def differences(
    shape_name: str, annotation: Any, path: str = "", inside: tuple[str, ...] = ()
) -> Iterator[tuple[str, object, object]]:
    """Every limit that the model and ours state differently: what, the model's, ours."""
    shape = SHAPES[shape_name]
    ours, constraint = unwrapped(annotation)
    expected: dict[str, type[Constraint]] = {
        "structure": Structure,
        "list": ListOf,
        "map": MapOf,
        "boolean": Boolean,
        "integer": Integer,
        "long": Integer,
        "string": Choice if "enum" in shape else String,
    }
    if not isinstance(constraint, expected[shape["type"]]):
        yield f"{path} kind", shape["type"], constraint
        return
    limits = vars(constraint)
    for model_name, our_name in (("min", "minimum"), ("max", "maximum"), ("pattern", "pattern")):
        theirs = WORD_FOR_WORD.get(shape.get(model_name), shape.get(model_name))
        if theirs != (limits.get(our_name) or None) and not (
            model_name == "min" and not theirs and not limits["minimum"]
        ):
            yield f"{path} {model_name}", theirs, limits.get(our_name)
    if "enum" in shape and tuple(shape["enum"]) != limits["values"]:
        yield f"{path} enum", shape["enum"], limits["values"]
    if shape["type"] == "list":
        yield from differences(shape["member"]["shape"], get_args(ours)[0], f"{path}[]", inside)
    if shape["type"] == "map":
        yield from differences(shape["key"]["shape"], get_args(ours)[0], f"{path}{{}}", inside)
        yield from differences(shape["value"]["shape"], get_args(ours)[1], f"{path}[]", inside)
    if shape["type"] == "structure" and shape_name not in inside:
        yield from structure_differences(shape_name, ours, path, inside)


def structure_differences(
    shape_name: str, model: type[BaseModel], path: str, inside: tuple[str, ...] = ()
) -> Iterator[tuple[str, object, object]]:
    shape = SHAPES[shape_name]
    members = shape["members"]
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    if list(members) != list(fields):
        yield f"{path} members", list(members), list(fields)
    for name in members.keys() & fields.keys():
        here = f"{path}.{name}" if path else name
        field = fields[name]
        if (name in shape.get("required", [])) != field.is_required():
            yield f"{here} required", name in shape.get("required", []), field.is_required()
        annotation: Any = field.annotation
        for extra in field.metadata:
            annotation = Annotated[annotation, extra]
        yield from differences(members[name]["shape"], annotation, here, (*inside, shape_name))


def model_differences() -> set[tuple[str, object]]:
    found = structure_differences(REQUEST, StartJobRun, "")
    return {(what, tuple(theirs) if isinstance(theirs, list) else theirs) for what, theirs, _ in found}


def test_every_member_and_limit_is_that_of_the_model() -> None:
    """A new boto3 may bring a new member or limit: this says which, before a user misses it."""
    assert dict(model_differences()) == {what: row[0] for what, row in STRICTER.items()}


@pytest.mark.parametrize("shape", ["SparkSubmit", "Configuration", "RetryPolicy", REQUEST])
@pytest.mark.parametrize("change", ["surplus", "missing", "limit", "required"])
def test_the_comparison_sees_a_change_of_the_model(monkeypatch: pytest.MonkeyPatch, shape: str, change: str) -> None:
    """A comparison that cannot fail guards nothing."""
    before = model_differences()
    known = SHAPES[shape]
    first = next(iter(known["members"]))
    limited = known["members"][first]["shape"]
    if change == "surplus":
        monkeypatch.setitem(SHAPES, shape, {**known, "members": {**known["members"], "new": {"shape": "String256"}}})
    elif change == "missing":
        monkeypatch.setitem(SHAPES, shape, {**known, "members": {first: known["members"][first]}})
    elif change == "limit":
        monkeypatch.setitem(SHAPES, limited, {**SHAPES[limited], "max": 7})
    else:
        others = [name for name in known["members"] if name not in known.get("required", [])]
        monkeypatch.setitem(SHAPES, shape, {**known, "required": others})

    assert model_differences() - before


def sensitive_members(shape_name: str, path: str = "", inside: tuple[str, ...] = ()) -> Iterator[tuple[str, bool]]:
    shape = SHAPES[shape_name]
    for name, member in shape.get("members", {}).items():
        here = f"{path}.{name}" if path else name
        target = member["shape"]
        while SHAPES[target]["type"] == "list" and not SHAPES[target].get("sensitive"):
            target, here = SHAPES[target]["member"]["shape"], f"{here}[0]"
        if SHAPES[target]["type"] != "structure":
            yield here, bool(SHAPES[target].get("sensitive"))
        elif inside.count(target) < 2:
            yield from sensitive_members(target, here, (*inside, target))


@pytest.mark.parametrize(("path", "sensitive"), list(sensitive_members(REQUEST)))
def test_sensitive_is_what_the_model_calls_sensitive(path: str, *, sensitive: bool) -> None:
    """A member that AWS starts to treat as sensitive must not go on appearing in our messages."""
    assert is_sensitive(path) is sensitive


def typed_differences(shape_name: str, hint: Any, path: str, inside: tuple[str, ...] = ()) -> Iterator[str]:
    shape = SHAPES[shape_name]
    kinds: dict[str, Any] = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "long": int,
        "list": Sequence,
        "map": Mapping,
    }
    args = get_args(hint)
    if get_origin(hint) is Union:
        yield from typed_differences(shape_name, args[0], path, inside)
    elif shape["type"] == "structure":
        yield from typed_structure_differences(shape_name, hint, path, inside)
    elif get_origin(hint) is Literal:
        if "enum" in shape and tuple(shape["enum"]) != args:
            yield f"{path}: {shape['enum']}, ours {args}"
    elif (get_origin(hint) or hint) is not kinds[shape["type"]]:
        yield f"{path}: a {shape['type']}, ours {hint}"
    elif shape["type"] in ("list", "map"):
        contained = [shape[part]["shape"] for part in ("key", "member", "value") if part in shape]
        for part, argument in zip(contained, args, strict=True):
            yield from typed_differences(part, argument, f"{path}[]", inside)


def hints_of(definition: type) -> dict[str, Any]:
    return get_type_hints(definition, localns={"Output": pulumi.Output, "T": Any}, include_extras=True)


def typed_structure_differences(shape_name: str, definition: type, path: str, inside: tuple[str, ...]) -> Iterator[str]:
    if shape_name in inside:
        return
    if not is_typeddict(definition):
        yield f"{path}: no TypedDict"
        return
    members = SHAPES[shape_name]["members"]
    required = SHAPES[shape_name].get("required", [])
    hints = {inputs._api_name(name): hint for name, hint in hints_of(definition).items()}
    if shape_name == REQUEST:
        hints = {name: hint for name, hint in hints.items() if name not in BEHAVIOUR_PROPERTIES}
    if sorted(hints) != sorted(members):
        yield f"{path}: members {list(members)}, ours {list(hints)}"
    for name in members.keys() & hints.keys():
        here = f"{path}.{name}" if path else name
        if (get_origin(hints[name]) is Required) != (name in required):
            yield f"{here}: required {name in required}, ours {hints[name]}"
        if get_origin(hints[name]) not in (Required, NotRequired):
            yield f"{here}: says neither Required nor NotRequired"
        value = get_args(hints[name])[0]
        if get_origin(value) is not Union:
            yield f"{here}: is no pulumi.Input"
        yield from typed_differences(members[name]["shape"], value, here, (*inside, shape_name))


def test_every_member_is_typed_for_python() -> None:
    """Editors complete what stands in the TypedDicts; a member that is missing there does not exist for people."""
    found = list(typed_structure_differences(REQUEST, inputs.JobRunArgs, "", ()))

    assert [difference for difference in found if not difference.startswith("clientToken: required")] == []


@pytest.mark.parametrize("shape", ["SparkSubmit", "Configuration", "CloudWatchLoggingConfiguration", REQUEST])
@pytest.mark.parametrize("change", ["surplus", "missing", "type", "required"])
def test_the_comparison_of_types_sees_a_change_too(monkeypatch: pytest.MonkeyPatch, shape: str, change: str) -> None:
    """As for the limits: a comparison that cannot fail guards nothing."""
    members, required = SHAPES[shape]["members"], SHAPES[shape]["required"]
    first, *rest = members
    changed: dict[str, dict[str, Any]] = {
        "surplus": {"members": {**members, "new": {"shape": "String256"}}},
        "missing": {"members": {name: members[name] for name in [first, *rest[:-1]]}},
        "type": {"members": {**members, first: {"shape": "Duration"}}},
        "required": {"required": [*required, rest[-1]]},
    }
    before = set(typed_structure_differences(REQUEST, inputs.JobRunArgs, "", ()))
    monkeypatch.setitem(SHAPES, shape, {**SHAPES[shape], **changed[change]})

    assert set(typed_structure_differences(REQUEST, inputs.JobRunArgs, "", ())) - before


def test_our_own_properties_are_typed_too() -> None:
    """What the models know and the TypedDicts do not could not be written without a type error."""
    names = [inputs._api_name(name) for name in hints_of(inputs.JobRunArgs)]

    assert sorted(names) == sorted([*REQUEST_MEMBERS, *BEHAVIOUR_PROPERTIES])


def test_the_limit_of_tags_leaves_room_for_ours() -> None:
    """Two tags of ours make a launch recognisable; a fiftieth tag of the user would make AWS refuse the run."""
    assert MAX_USER_TAGS == 48


def test_the_types_of_logs_are_those_of_the_check() -> None:
    """They stand in two modules, for inputs must not import pydantic."""
    assert get_args(inputs.WorkerType) == tuple(LOG_TYPES)
    assert set(get_args(inputs.LogType)) == {log_type for log_types in LOG_TYPES.values() for log_type in log_types}
