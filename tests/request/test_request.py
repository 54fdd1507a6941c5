from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from pulumi_emr_serverless.request import (
    BEHAVIOUR_PROPERTIES,
    HIDDEN,
    REQUEST_MEMBERS,
    UNKNOWN,
    Violation,
    format_path,
    is_sensitive,
    parse_path,
    secret_values,
    start_job_run_input,
    violations,
)
from request_table import (
    BAD,
    CLOUDWATCH,
    CONFIGURATIONS,
    GOOD,
    KNOWN_GOOD,
    OVERRIDES,
    SMALLEST,
    SPARK,
    Bad,
    Good,
    configuration,
    request,
)


def messages(properties: Any) -> list[str]:
    return [violation.message() for violation in violations(properties)]


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.why)
def test_a_bad_request_is_told_where_and_why(row: Bad) -> None:
    """A person who gets exactly one message, at the right path, can mend the request without AWS's help."""
    found = violations(row.properties)

    assert [violation.path for violation in found] == [row.path], [violation.message() for violation in found]
    assert row.rule in found[0].message()


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.why)
def test_a_good_request_is_let_through(row: Good) -> None:
    """A check that refuses what AWS takes is worse than none: nobody can get around it."""
    assert messages(row.properties) == []


@pytest.mark.parametrize("row", KNOWN_GOOD, ids=lambda row: row.why)
def test_boto3_takes_what_was_let_through(row: Good) -> None:
    """boto3 checks types itself; what it gets from us must pass, or create fails after check said yes."""
    arguments = start_job_run_input(row.properties)
    model = ServiceModel(Loader().load_service_model("emr-serverless", "service-2"))
    shape = model.operation_model("StartJobRun").input_shape
    assert shape is not None

    report = ParamValidator().validate({"clientToken": "t", **arguments}, shape)

    assert report.generate_report() == ""


def test_the_tables_are_large_enough_and_say_each_thing_once() -> None:
    """A row that repeats another one tests nothing."""
    assert len(BAD) >= 150
    assert len(GOOD) >= 40
    rows = [(repr(row.properties), row.rule) for row in BAD]
    assert len(set(rows)) == len(rows)


def test_every_violation_comes_at_once_and_in_the_order_of_the_document() -> None:
    """One round for all mistakes, read from top to bottom beside the program."""
    found = violations(
        {
            "name": "",
            "jobDriver": {"sparkSubmit": {"entryPointArguments": [1, "a", 2]}},
            "tags": {"aws:a": "ü", "ok": "ok", "b": 1, **{f"k{i}": "v" for i in range(48)}},
            "retryPolicy": {"maxAttempts": 11.0, "maxFailedAttemptsPerHour": 3},
            "applicationId": "ABC",
        }
    )

    assert [violation.path for violation in found] == [
        "name",
        "jobDriver.sparkSubmit.entryPointArguments[0]",
        "jobDriver.sparkSubmit.entryPointArguments[2]",
        "jobDriver.sparkSubmit.entryPoint",
        "tags",
        'tags["aws:a"]',
        'tags["aws:a"]',
        "tags.b",
        "retryPolicy.maxAttempts",
        "retryPolicy.maxFailedAttemptsPerHour",
        "applicationId",
        "executionRoleArn",
    ]


def test_messages_read_as_sentences() -> None:
    """The wording is what people meet; these are the two that the documentation shows."""
    assert messages(request((f"{SPARK}.entryPoint", ""), ("applicationId", "ABC"))) == [
        (
            "applicationId: 'ABC' must be 1 to 64 lower-case letters and digits ([0-9a-z]+); "
            "it is the ID of the application, not its name"
        ),
        "jobDriver.sparkSubmit.entryPoint: must not be empty",
    ]


@pytest.mark.parametrize("row", BAD, ids=lambda row: row.why)
def test_no_message_speaks_of_the_machinery(row: Bad) -> None:
    """``Input should be a valid string`` helps nobody who writes infrastructure."""
    for message in messages(row.properties):
        for jargon in ("Input should", "pydantic", "validator", "NoneType", "dict", "extra", "value_error"):
            assert jargon not in message.replace("json.dumps makes one of a dict", "")


def test_a_typo_is_reported_once() -> None:
    """``executionRole`` is what is wrong; that ``executionRoleArn`` is missing too follows from it."""
    properties = {key: value for key, value in SMALLEST.items() if key != "executionRoleArn"}

    assert [found.path for found in violations({**properties, "executionRole": "x"})] == ["executionRole"]
    assert [found.path for found in violations({**properties, "zzz": "x"})] == ["zzz", "executionRoleArn"]


SECRET = "hunter2 is the password"
WHERE_SECRETS_SHOW = [
    ("an entry point too long", request((f"{SPARK}.entryPoint", SECRET + "x" * 4096))),
    ("an argument in a string", request((f"{SPARK}.entryPointArguments", SECRET))),
    ("arguments of the wrong type", request((f"{SPARK}.entryPointArguments", [{SECRET: 1}, [SECRET]]))),
    ("parameters too long", request((f"{SPARK}.sparkSubmitParameters", SECRET + "x" * 102400))),
    ("a misspelt member", request((f"{SPARK}.spark_submit_parameters", SECRET))),
    ("a misspelt member of Hive", request(("jobDriver", {"hive": {"sql": SECRET}}))),
    ("the driver as a string", request(("jobDriver", SECRET))),
    ("Spark as a string", request((SPARK, SECRET))),
    ("a driver misspelt", request(("jobDriver", {"spark": SECRET}))),
    ("a misspelt driver at the top", request(("job_driver", SECRET))),
    ("a query too long", request(("jobDriver", {"hive": {"query": SECRET + "x" * 10280}}))),
    ("a value of a property", configuration(properties={"password": SECRET + "x" * 1024})),
    ("properties as a string", configuration(properties=SECRET)),
    ("configurations inside", configuration(configurations=[{"classification": "x", "properties": {"p": [SECRET]}}])),
    ("all configurations as a string", request((CONFIGURATIONS, SECRET))),
    ("all overrides as a string", request((OVERRIDES, SECRET))),
    ("credentials in an endpoint", request(("endpoint", f"https://me:{SECRET}@host"))),
]


@pytest.mark.parametrize(("why", "properties"), WHERE_SECRETS_SHOW, ids=[why for why, _ in WHERE_SECRETS_SHOW])
def test_sensitive_values_are_in_no_message(why: str, properties: dict[str, Any]) -> None:
    """Messages go to consoles and CI logs. AWS marks these members as sensitive, and so do we."""
    found = violations(properties)

    assert found, why
    assert "hunter2" not in repr(found)
    assert "hunter2" not in "".join(violation.message() for violation in found)


@pytest.mark.parametrize("secret", ["tags", "tags.team", 'tags["team"]'])
def test_what_the_user_made_secret_is_hidden(secret: str) -> None:
    """``pulumi.Output.secret(...)`` is a promise that holds in messages too, at the path or anywhere below it."""
    found = violations(request(("tags", {"team": "ü-hunter2"}), ("name", " ")), secret_paths=[secret])

    assert found[0].value == HIDDEN
    assert "<hidden> must be 0 to 256" in found[0].message()


def test_a_secret_inside_hides_the_whole() -> None:
    """A structure of the wrong type may hold a secret deeper down."""
    found = violations(request(("mode", "x")), secret_paths=["mode.deep"])

    assert found[0].message() == "mode: <hidden> must be BATCH or STREAMING"


@pytest.mark.parametrize(
    ("secret", "place", "value", "path"),
    [
        ("tags", "tags", {"hunter2": "ü"}, "tags"),
        ("tags", "tags", {"hunter2!": "x"}, "tags"),
        ("triggers", "triggers", {"hunter2": {"x": float("nan")}}, "triggers"),
        ("jobDriver", "jobDriver", {"sparkSubmit": {"entryPoint": ""}}, "jobDriver.sparkSubmit.entryPoint"),
        ("jobDriver", "jobDriver", {"sparkSubmit": {"entryPoint": "s3://b/x", "hunter2": 1}}, "jobDriver.sparkSubmit"),
    ],
    ids=["a value", "a key", "a key of any map", "AWS's own names", "a name that AWS does not have"],
)
def test_of_a_map_that_is_secret_no_key_is_said(secret: str, place: str, value: object, path: str) -> None:
    """A key that the user has made up is a part of the secret; where something is wrong in AWS's own terms is not."""
    found = violations(request((place, value)), secret_paths=[secret])
    assert [each.path for each in found] == [path]
    assert "hunter2" not in found[0].message()


def test_secrets_are_shown_to_whoever_asks() -> None:
    """`emrs validate --show-secrets`: the person at the screen may be the one who wrote them."""
    properties = request(("tags", {"team": "ü-hunter2"}), (f"{SPARK}.sparkSubmitParameters", "hunter3" + " x" * 102400))
    asked = [each.message() for each in violations(properties, secret_paths=["tags"], show_secrets=True)]
    assert "hunter2" in "".join(asked)
    assert "hunter3" in "".join(asked)


def test_secret_values_are_what_stands_there() -> None:
    """What is looked for in AWS's words: leaves and the user's keys, not AWS's names, nor what is not known yet."""
    properties = {
        "tags": {"customer": "acme"},
        "triggers": [1, {"deep": None}, UNKNOWN],
        "jobDriver": {"sparkSubmit": {"entryPointArguments": ["a", "b"]}},
        "name": "public",
    }
    places = [
        ("tags",),
        ("triggers",),
        ("jobDriver", "sparkSubmit", "entryPointArguments", 1),
        ("mode",),
        ("name", "x"),
    ]
    assert secret_values(properties, places) == ["customer", "acme", 1, "deep", "b"]
    assert secret_values(properties, [("jobDriver",)]) == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "sensitive"),
    [
        ("jobDriver.sparkSubmit.entryPoint", True),
        ("jobDriver.sparkSubmit.entryPointArguments[3]", True),
        ("jobDriver.sparkSubmit.sparkSubmitParameters", True),
        ("jobDriver.hive.query", True),
        ("jobDriver.hive.initQueryFile", True),
        ("jobDriver.hive.parameters", True),
        ('configurationOverrides.applicationConfiguration[0].properties["a.b"]', True),
        ("configurationOverrides.applicationConfiguration[0].configurations[1].configurations[0].properties.a", True),
        ("configurationOverrides.applicationConfiguration[0].classification", False),
        ("configurationOverrides.applicationConfiguration[0].configurations[1].classification", False),
        ("jobDriver", False),
        ("jobDriver.sparkSubmit", False),
        ("tags.jobDriver", False),
        ("triggers", False),
        ("", False),
    ],
)
def test_sensitive_paths(path: str, *, sensitive: bool) -> None:
    """Others keep outputs and logs clean by it: too little leaks, too much hides what people need to see."""
    assert is_sensitive(path) is sensitive


@pytest.mark.parametrize("location", [("a", 0, "b.c"), ("a", "", "x y"), ('q"[0]', 3, "\\"), ("ü", "[key]"), ()])
def test_a_path_can_be_read_back(location: tuple[str | int, ...]) -> None:
    """Secret paths come as text; one that is misread does not hide what it should."""
    assert parse_path(format_path(location)) == location


def test_a_violation_without_a_path_is_a_sentence_too() -> None:
    """The request itself may be the wrong thing."""
    not_a_map: Any = ["x"]

    assert messages(not_a_map) == ["the request must be a map of named members, not a list"]
    assert Violation("a", 1, "is bad", "do better").message() == "a: 1 is bad; do better"
    assert Violation("a", 1, "is bad").reason() == "1 is bad"


def test_a_document_that_contains_itself_is_reported() -> None:
    """A program can build one; the provider must not die of it."""
    endless: dict[str, Any] = {}
    endless["triggers"] = endless

    assert "nested more than 64 levels" in messages(endless)[0]


def test_boto3_gets_the_request_and_nothing_else() -> None:
    """Our own properties are no parameters of StartJobRun; lists keep their order; 60.0 is 60; null is absent."""
    arguments = start_job_run_input(
        request(
            ("executionTimeoutMinutes", 60.0),
            ("triggers", [1]),
            ("region", "eu-west-1"),
            ("endpoint", "http://x"),
            ("name", None),
            ("clientToken", "t"),
            ("tags", {"a": "b", "c": None}),
            (f"{SPARK}.entryPointArguments", ("b", "a")),
            (CLOUDWATCH, {"enabled": True, "logGroupName": None}),
        )
    )

    assert arguments == request(
        ("executionTimeoutMinutes", 60),
        ("clientToken", "t"),
        ("tags", {"a": "b"}),
        (f"{SPARK}.entryPointArguments", ["b", "a"]),
        (CLOUDWATCH, {"enabled": True}),
    )
    assert type(arguments["executionTimeoutMinutes"]) is int


def test_the_names_are_a_persisted_format() -> None:
    """Inputs stand in every state under these names."""
    assert REQUEST_MEMBERS == (
        "applicationId",
        "clientToken",
        "executionRoleArn",
        "executionIamPolicy",
        "jobDriver",
        "configurationOverrides",
        "tags",
        "executionTimeoutMinutes",
        "name",
        "mode",
        "retryPolicy",
        "flexExecution",
    )
    assert BEHAVIOUR_PROPERTIES == (
        "triggers",
        "region",
        "endpoint",
        "rerun",
        "onDelete",
        "cancelGracePeriodSeconds",
    )
    assert repr(UNKNOWN) == "UNKNOWN"
