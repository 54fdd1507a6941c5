"""The JSON Schema and the skeleton, against AWS's own model."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import jsonschema  # type: ignore[import-untyped] # its stubs are no dependency
import pytest
from botocore.utils import ArgumentGenerator

from pulumi_emr_serverless.definitions import schema as schema_module
from pulumi_emr_serverless.definitions.files import AnyVariable, check_text, load_definitions
from pulumi_emr_serverless.definitions.schema import (
    at,
    definition_schema,
    definition_schema_text,
    published_schema,
    shipped_schema_text,
    type_at,
)
from pulumi_emr_serverless.definitions.skeleton import OUTPUT_SKELETON, input_skeleton, yaml_skeleton
from pulumi_emr_serverless.definitions.text import read

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "corpus" / "definitions"

LIMITS = {"minLength": "min", "maxLength": "max", "minItems": "min", "maxItems": "max"} | {
    "minProperties": "min",
    "maxProperties": "max",
    "minimum": "min",
    "maximum": "max",
}
STRICTER = {
    ("tags", "maxProperties", 48, 200): "AWS documents 50 and two are this package's own",
    ("retryPolicy.maxAttempts", "maximum", 10, None): "documented, not modelled",
    ("retryPolicy.maxFailedAttemptsPerHour", "maximum", 10, None): "documented, not modelled",
}


@pytest.fixture(scope="module")
def operation() -> Any:
    return botocore.session.get_session().get_service_model("emr-serverless").operation_model("StartJobRun")


def differences(shape: Any, schema: dict[str, Any], path: str, above: tuple[str, ...] = ()) -> set[tuple[Any, ...]]:
    """Every limit in which the schema and AWS's model differ. An absent minimum is 0."""
    schema = at(schema)
    if shape.name in above:
        return set()
    above = (*above, shape.name)
    found = set()
    ours = {LIMITS[key]: (key, value) for key, value in schema.items() if key in LIMITS}
    for bound in () if "enum" in schema else ("min", "max"):  # a list of values needs no lengths
        name, value = ours.get(bound, (bound, None))
        theirs = shape.metadata.get(bound)
        if (value or 0) != (theirs or 0):
            found.add((path, name, value, theirs))
    if "enum" in schema and shape.enum and list(shape.enum) != schema["enum"]:
        found.add((path, "enum", tuple(schema["enum"]), tuple(shape.enum)))
    if set(getattr(shape, "members", {})) != set(schema.get("properties", {})):
        found.add((path, "members", tuple(schema.get("properties", {})), tuple(shape.members)))
    for part, inner, step in below(shape, schema):
        found |= differences(part, inner, f"{path}{step}".lstrip("."), above)
    return found


def below(shape: Any, schema: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any], str]]:
    """The parts of a shape, each with the schema's and its step of the path."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield member, schema["properties"][name], f".{name}"
    elif shape.type_name == "list":
        yield shape.member, schema["items"], "[]"
    elif shape.type_name == "map":
        value = schema.get("additionalProperties") or next(iter(schema["patternProperties"].values()))
        yield shape.value, value, "{}"
        if "enum" not in schema.get("propertyNames", {}):
            yield shape.key, {"type": "string"} | schema.get("propertyNames", {}), "{key}"


def test_every_limit_is_that_of_aws(operation: Any) -> None:
    """A limit that is too tight refuses a good job; one too loose lets an update fail half-way."""
    found = differences(operation.input_shape, definition_schema(), "")
    assert found == set(STRICTER), found


def test_required_members_are_those_of_aws(operation: Any) -> None:
    """Below the top: what AWS requires is required here, but for the top itself, which the program may complete."""

    def required(shape: Any, above: tuple[str, ...]) -> dict[str, set[str]]:
        if shape.name in above:
            return {}
        above = (*above, shape.name)
        if shape.type_name == "structure":
            found = {shape.name: set(shape.required_members)}
            for member in shape.members.values():
                found |= required(member, above)
            return found
        inner = {"list": "member", "map": "value"}.get(shape.type_name)
        return required(getattr(shape, inner), above) if inner else {}

    theirs = required(operation.input_shape, ())
    theirs.pop(operation.input_shape.name)
    ours = {name: set(each.get("required", [])) for name, each in definition_schema()["$defs"].items()}
    assert {name for name, members in theirs.items() if members} == {name for name, members in ours.items() if members}
    assert all(ours[name] == members for name, members in theirs.items() if members)


def test_the_shipped_schema_is_up_to_date() -> None:
    """Editors read the file, this package reads the models."""
    assert shipped_schema_text() == definition_schema_text(), "write schema.definition_schema_text() into the file"


def test_the_schema_is_one() -> None:
    """Draft 2020-12 itself says whether it is valid."""
    jsonschema.Draft202012Validator.check_schema(published_schema())
    names = [*definition_schema()["properties"]]
    assert all(published_schema()["properties"][name].get("description") for name in names)


def test_its_id_is_where_the_file_is() -> None:
    """An editor that follows it must find the schema."""
    repository = Path(__file__).parents[2]
    inside = published_schema()["$id"].partition("/main/")[2]
    assert (repository / inside).samefile(Path(schema_module.__file__).with_name(schema_module.SCHEMA_FILE))


def test_the_corpus_fits_the_schema() -> None:
    """An editor must not underline what this package and AWS accept."""
    validator = jsonschema.Draft202012Validator(published_schema())
    for definition in load_definitions(CORPUS).values():
        assert list(validator.iter_errors(definition.properties)) == [], definition.source


@pytest.mark.parametrize(
    "properties",
    [
        {"nam": "x"},
        {"name": ""},
        {"name": None},
        {"mode": "FAST"},
        {"jobDriver": {}},
        {"jobDriver": {"hive": {"query": "x"}, "sparkSubmit": {"entryPoint": "x"}}},
        {"executionTimeoutMinutes": -1},
        {"applicationId": "UPPER"},
        {"jobDriver": None},
        {"tags": None},
        {"tags": {"a": None}},
        {"jobDriver": {"sparkSubmit": {"entryPoint": "x", "entryPointArguments": None}}},
        {"jobDriver": {"sparkSubmit": {"entryPoint": "x"}, "hive": None}},
        {"executionTimeoutMinutes": "60"},
        {"executionTimeoutMinutes": "1${t}"},
        {"executionTimeoutMinutes": "${spark.x}"},
        {"mode": "${m}x"},
    ],
)
def test_the_schema_refuses_what_is_wrong(properties: dict[str, Any]) -> None:
    """A schema that accepts everything would pass all tests above."""
    assert list(jsonschema.Draft202012Validator(published_schema()).iter_errors(properties))
    assert check_text(json.dumps(properties), "f", "json")[1], "and so does this package"


@pytest.mark.parametrize(
    ("properties", "why"),
    [
        ({"executionTimeoutMinutes": "${t}"}, "a number"),
        ({"mode": "${mode}"}, "an enumeration"),
        ({"flexExecution": {"enabled": "${flex}"}}, "a boolean"),
        ({"executionRoleArn": "${role}"}, "a pattern, and shorter than the shortest ARN"),
        ({"executionRoleArn": "arn:aws:iam::${account}:role/r"}, "a part of what has a pattern"),
        ({"executionIamPolicy": {"policyArns": ["${arn}"]}}, "in a list"),
        ({"tags": {"stage": "${stage}"}}, "in a map"),
        ({"name": "${name}"}, "any text"),
    ],
)
def test_the_schema_admits_placeholders(properties: dict[str, Any], why: str) -> None:
    """import-command writes them and validate takes them: an editor that underlines them teaches people to look away."""
    assert list(jsonschema.Draft202012Validator(published_schema()).iter_errors(properties)) == [], why
    assert check_text(json.dumps(properties), "f", "json", AnyVariable())[1] == [], "and so does this package"


def test_placeholders_come_after_what_the_member_is() -> None:
    """Editors complete, and explain a mistake, from the first alternative."""
    mode = published_schema()["properties"]["mode"]
    assert mode["anyOf"][0]["enum"] == ["BATCH", "STREAMING"]
    assert mode["description"], "and show the description of either"


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        (("executionTimeoutMinutes",), "integer"),
        (("jobDriver", "sparkSubmit", "entryPointArguments", 0), "string"),
        (("configurationOverrides", "applicationConfiguration", 1, "configurations", 0, "properties", "a"), "string"),
        (("configurationOverrides", "monitoringConfiguration", "cloudWatchLoggingConfiguration", "enabled"), "boolean"),
        (("tags",), "object"),
        (("nam",), None),
        (("name", "x"), None),
        (("name", 0), None),
    ],
)
def test_the_type_of_a_place(location: tuple[str | int, ...], kind: str | None) -> None:
    """validate reads a variable as the type of the member that it fills."""
    assert type_at(location) == kind


def test_the_skeleton_is_that_of_the_aws_cli(operation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The AWS CLI prints what this generator of botocore makes; the enumerations it draws by lot are the first here."""
    monkeypatch.setattr(random, "choice", lambda values: values[0])
    theirs = json.loads(json.dumps(ArgumentGenerator().generate_skeleton(operation.input_shape)))
    logs = theirs["configurationOverrides"]["monitoringConfiguration"]["cloudWatchLoggingConfiguration"]
    assert logs["logTypes"] == {"KeyName": [""]}
    logs["logTypes"] = {"KeyName": ["STDOUT"]}  # documented: an enumeration shows its first value
    assert input_skeleton() == theirs
    assert json.dumps(input_skeleton()) == json.dumps(theirs), "in the same order"
    output = ArgumentGenerator(use_member_names=True).generate_skeleton(operation.output_shape)
    assert dict(output) == OUTPUT_SKELETON


def test_the_yaml_skeleton_is_the_same() -> None:
    """Two ways to begin, one content; the required members say so."""
    definition, problems = check_text(yaml_skeleton(), "f", "yaml")
    assert definition is not None
    assert definition.properties == input_skeleton()
    assert problems, "unedited it is no valid request, as with the AWS CLI"
    assert read(yaml_skeleton(), "yaml").keys["jobDriver"].line > 1
    assert next(line for line in yaml_skeleton().splitlines() if "[REQUIRED]" in line).startswith("# [REQUIRED] The ID")
