"""What a request means: the canonical form, which is a persisted format, and what counts as a change."""

from __future__ import annotations

import copy
import hashlib
import json
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_emr_serverless.request import (
    REQUEST_MEMBERS,
    UNKNOWN,
    canonical,
    canonical_json,
    changed_members,
    parse_path,
    start_job_run_input,
    violations,
)
from request_table import (
    BAD,
    CLOUDWATCH,
    CONFIGURATIONS,
    DISK,
    KNOWN_GOOD,
    LOG_TYPES,
    MANAGED_POLICY,
    MONITORING,
    OVERRIDES,
    POLICY,
    ROLE,
    SMALLEST,
    SPARK,
    Good,
    configuration,
    request,
)

FULL = request(
    ("clientToken", "t"),
    ("tags", {"b": "1", "a": "2"}),
    (
        "executionIamPolicy",
        {"policy": '{ "b": 1, "a": [2] }', "policyArns": [MANAGED_POLICY, "arn:aws:iam::aws:policy/A"]},
    ),
    (f"{SPARK}.entryPointArguments", ["--day", "ü"]),
    (f"{SPARK}.sparkSubmitParameters", "--conf  b=2 --conf a=1"),
    (CONFIGURATIONS, [{"classification": "spark-defaults", "properties": {"spark.x": "1"}, "configurations": []}]),
    (f"{MONITORING}.managedPersistenceMonitoringConfiguration.enabled", False),
    (CLOUDWATCH, {"enabled": True, "logTypes": {"SPARK_DRIVER": ["STDOUT", "STDERR"]}}),
    ("executionTimeoutMinutes", 60.0),
    ("name", "nightly"),
    ("mode", "BATCH"),
    ("retryPolicy.maxAttempts", 2.0),
    ("flexExecution.enabled", True),
    ("triggers", {"n": [1.0, 1.5, True, None, "x"]}),
    ("region", "eu-west-1"),
    ("endpoint", "http://localhost"),
)

GOLDEN = [
    (
        "the smallest Spark job",
        SMALLEST,
        (
            '{"applicationId":"00fabcdefghij","executionRoleArn":"arn:aws:iam::123456789012:role/emr-job",'
            '"jobDriver":{"sparkSubmit":{"entryPoint":"s3://bucket/etl.py"}}}'
        ),
    ),
    (
        "every member",
        FULL,
        (
            '{"applicationId":"00fabcdefghij","configurationOverrides":{"applicationConfiguration":[{"classification":'
            '"spark-defaults","properties":{"spark.x":"1"}}],"monitoringConfiguration":{"cloudWatchLoggingConfiguration":'
            '{"enabled":true,"logTypes":{"SPARK_DRIVER":["STDERR","STDOUT"]}},"managedPersistenceMonitoringConfiguration":'
            '{"enabled":false}}},"executionIamPolicy":{"policy":"{\\"a\\":[2],\\"b\\":1}","policyArns":'
            '["arn:aws:iam::aws:policy/A","arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]},"executionRoleArn":'
            '"arn:aws:iam::123456789012:role/emr-job","executionTimeoutMinutes":60,"flexExecution":{"enabled":true},'
            '"jobDriver":{"sparkSubmit":{"entryPoint":"s3://bucket/etl.py","entryPointArguments":["--day","\\u00fc"],'
            '"sparkSubmitParameters":"--conf a=1 --conf b=2"}},"name":"nightly","retryPolicy":{"maxAttempts":2},'
            '"triggers":{"n":[1,1.5,true,null,"x"]}}'
        ),
    ),
    ("a stream", {"mode": "STREAMING"}, '{"mode":"STREAMING"}'),
    (
        "a Hive job",
        {"jobDriver": {"hive": {"query": "SELECT 1;\n", "parameters": "--hiveconf  a=b"}}},
        '{"jobDriver":{"hive":{"parameters":"--hiveconf  a=b","query":"SELECT 1;\\n"}}}',
    ),
]


@pytest.mark.parametrize(("why", "properties", "expected"), GOLDEN, ids=[row[0] for row in GOLDEN])
def test_the_canonical_form_is_for_ever(why: str, properties: dict[str, Any], expected: str) -> None:
    """Client tokens are made of it. Another form for the same request would start every user's runs again."""
    assert canonical_json(properties) == expected, why


def test_the_canonical_form_has_one_hash() -> None:
    """The same, for whoever reads only the last line of a failure."""
    digest = hashlib.sha256(canonical_json(SMALLEST).encode("ascii")).hexdigest()

    assert digest == "a90ca4346b4b71e19a0a5501674f04474d9f8778209fbe17aaa3da21c4e33dd6"


SAME = [
    ("mode's default is BATCH", request(("mode", "BATCH")), request()),
    ("null is absent", request(("name", None)), request()),
    ("tags do not change a run", request(("tags", {"a": "b"})), request()),
    ("nor does the token", request(("clientToken", "a")), request(("clientToken", "b"))),
    ("nor where it is asked for", request(("region", "eu-west-1"), ("endpoint", "http://x")), request()),
    ("60.0 is 60", request(("executionTimeoutMinutes", 60.0)), request(("executionTimeoutMinutes", 60))),
    ("no arguments are no arguments", request((f"{SPARK}.entryPointArguments", [])), request()),
    ("an empty retry policy says nothing", request(("retryPolicy", {})), request()),
    ("an empty policy says nothing", request(("executionIamPolicy", {"policyArns": []})), request()),
    ("empty overrides say nothing", request((OVERRIDES, {})), request()),
    ("nor do nulls in them", request((OVERRIDES, {"monitoringConfiguration": None})), request()),
    ("an empty context says nothing", request((DISK, {"encryptionContext": {}})), request()),
    ("flex without a word", request(("flexExecution", {})), request()),
    ("no trigger", request(("triggers", [])), request()),
    ("no properties", configuration(properties={}, configurations=[]), configuration()),
    ("a trigger as the engine delivers it", request(("triggers", [1.0])), request(("triggers", [1]))),
    (
        "the order of logs",
        request((LOG_TYPES, {"SPARK_DRIVER": ["STDERR", "STDOUT"]})),
        request((LOG_TYPES, {"SPARK_DRIVER": ["STDOUT", "STDERR"]})),
    ),
    (
        "the layout of a policy",
        request(("executionIamPolicy.policy", POLICY)),
        request(("executionIamPolicy.policy", json.dumps(json.loads(POLICY), indent=2, sort_keys=True))),
    ),
    (
        "white space between parameters",
        request((f"{SPARK}.sparkSubmitParameters", "--conf a=1   --conf b=2\n")),
        request((f"{SPARK}.sparkSubmitParameters", "--conf a=1 --conf b=2")),
    ),
]

OTHER = [
    ("another application", request(("applicationId", "b")), ["applicationId"]),
    ("another role", request(("executionRoleArn", ROLE + "2")), ["executionRoleArn"]),
    ("another name", request(("name", "x")), ["name"]),
    ("another mode", request(("mode", "STREAMING")), ["mode"]),
    ("a timeout", request(("executionTimeoutMinutes", 60)), ["executionTimeoutMinutes"]),
    ("another argument", request((f"{SPARK}.entryPointArguments", ["a"])), ["jobDriver"]),
    ("a trigger", request(("triggers", 1)), ["triggers"]),
    ("a trigger of zero", request(("triggers", 0)), ["triggers"]),
    ("a trigger that is false", request(("triggers", False)), ["triggers"]),
    ("monitoring that overrides the application's", request((MONITORING, {})), [OVERRIDES]),
    ("configurations that override the application's", request((CONFIGURATIONS, [])), [OVERRIDES]),
    ("flex, switched off", request(("flexExecution.enabled", False)), ["flexExecution"]),
    ("one attempt, said", request(("retryPolicy.maxAttempts", 1)), ["retryPolicy"]),
    ("parameters that nobody can read", request((f"{SPARK}.sparkSubmitParameters", "--conf 'a")), ["jobDriver"]),
    ("a name that is not known yet", request(("name", UNKNOWN)), ["name"]),
    ("an argument that is not known yet", request((f"{SPARK}.entryPointArguments", [UNKNOWN])), ["jobDriver"]),
    (
        "much at once, in the order of the request and then ours",
        request(("triggers", [1]), ("flexExecution.enabled", True), ("applicationId", "b"), ("tags", {"a": "b"})),
        ["applicationId", "flexExecution", "triggers"],
    ),
]


@pytest.mark.parametrize(("why", "one", "other"), SAME, ids=[row[0] for row in SAME])
def test_what_means_the_same_starts_nothing(why: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """A run costs money; no reformatting may start one."""
    assert canonical_json(one) == canonical_json(other), why
    assert changed_members(one, other) == []


@pytest.mark.parametrize(("why", "new", "changed"), OTHER, ids=[row[0] for row in OTHER])
def test_what_means_something_else_is_named(why: str, new: dict[str, Any], changed: list[str]) -> None:
    """The plan says which members replace the run; one that is missed would never run."""
    assert changed_members(SMALLEST, new) == changed, why
    if "UNKNOWN" not in repr(new):
        assert changed_members(new, SMALLEST) == changed


def test_one_is_not_true() -> None:
    """Python says 1 == True; a trigger of 1 and one of true are different values."""
    assert changed_members({"triggers": [1]}, {"triggers": [True]}) == ["triggers"]


def test_the_order_of_arguments_counts() -> None:
    """Argument lists are no sets."""
    one = request((f"{SPARK}.entryPointArguments", ["a", "b"]))

    assert changed_members(one, request((f"{SPARK}.entryPointArguments", ["b", "a"]))) == ["jobDriver"]


def driver(parameters: str) -> dict[str, Any]:
    return request((f"{SPARK}.sparkSubmitParameters", parameters))


@pytest.mark.parametrize(
    ("one", "other", "changed"),
    [
        ("--executor-memory 8g", "--executor-memory 8192m", []),
        ("--executor-memory 8G --driver-memory 4096", "--driver-memory 4GB --executor-memory 8388608k", []),
        ("--conf spark.executor.memoryOverhead=1g", "--conf spark.executor.memoryOverhead=1024", []),
        ("--executor-memory 8g", "--executor-memory 8193m", ["jobDriver"]),
        ("--executor-memory 8g", "--driver-memory 8g", ["jobDriver"]),
        ("--executor-memory 8192b", "--executor-memory 8192", ["jobDriver"]),
        ("--conf spark.sql.shuffle.partitions=1g", "--conf spark.sql.shuffle.partitions=1024m", ["jobDriver"]),
        ("--executor-memory much", "--executor-memory MUCH", ["jobDriver"]),
    ],
    ids=["units", "capitals and none", "overhead", "a MiB more", "of another", "bytes", "no memory", "no sizes"],
)
def test_sizes_of_memory_are_compared_as_sizes(one: str, other: str, changed: list[str]) -> None:
    """Another way to write 8 GiB is not worth a run. The canonical form keeps the writing: tokens of before hold."""
    assert changed_members(driver(one), driver(other)) == changed
    assert canonical_json(driver(one)) != canonical_json(driver(other))


def test_sizes_in_properties_of_spark_are_sizes_too() -> None:
    """spark-defaults say the same things as parameters."""

    def defaults(memory: str) -> dict[str, Any]:
        properties = {"classification": "spark-defaults", "properties": {"spark.executor.memory": memory}}
        return request(("configurationOverrides.applicationConfiguration", [properties]))

    assert changed_members(defaults("8g"), defaults("8192m")) == []
    assert changed_members(defaults("8g"), defaults("9g")) == ["configurationOverrides"]


def test_unknown_stays_unknown_and_has_no_json() -> None:
    """A hash of something unknown would be a wrong token; it is refused instead."""
    properties = request(
        (f"{SPARK}.entryPointArguments", ["a", UNKNOWN]), (LOG_TYPES, {"TEZ_TASK": [UNKNOWN, "STDERR"]})
    )
    form = canonical(properties)

    assert form["jobDriver"]["sparkSubmit"]["entryPointArguments"] == ["a", UNKNOWN]
    assert (
        UNKNOWN in form[OVERRIDES]["monitoringConfiguration"]["cloudWatchLoggingConfiguration"]["logTypes"]["TEZ_TASK"]
    )
    with pytest.raises(ValueError, match="not wholly known"):
        canonical_json(properties)


def test_nothing_is_changed_in_place() -> None:
    """The engine's property bags are compared again later."""
    before = copy.deepcopy(FULL)

    canonical_json(FULL)
    start_job_run_input(FULL)
    violations(FULL)

    assert before == FULL


# --- properties ---------------------------------------------------------------------------------------------------


def respelt(value: Any, chance: random.Random) -> Any:
    """The same value as another engine, file or program may deliver it."""
    if isinstance(value, dict):
        items = [(key, respelt(item, chance)) for key, item in value.items()]
        if chance.random() < 0.3:
            items.append((f"absent{chance.random()}", None))
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, (list, tuple)):
        items = [respelt(item, chance) for item in value]
        return tuple(items) if chance.random() < 0.3 else items
    if isinstance(value, int) and not isinstance(value, bool) and chance.random() < 0.5:
        return float(value)
    return value


@given(st.sampled_from([*(row.properties for row in KNOWN_GOOD), FULL]), st.randoms(use_true_random=False))
def test_the_form_does_not_depend_on_spelling(properties: dict[str, Any], chance: random.Random) -> None:
    """Order of keys, null against absent, 1 against 1.0: the engine changes them all on the way."""
    other = respelt(properties, chance)

    assert canonical_json(other) == canonical_json(properties)
    assert changed_members(properties, other) == []


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@example({"a": None})
@example(-0.0)
def test_triggers_survive_the_engine(trigger: Any) -> None:
    """Triggers go through the engine as JSON with floats; on the way back they must still be the same."""
    properties = {"triggers": trigger}
    delivered = json.loads(json.dumps(properties), parse_int=float)

    assert canonical_json(delivered) == canonical_json(properties)
    assert json.loads(canonical_json(properties)) == json.loads(canonical_json(json.loads(canonical_json(properties))))


def leaves(value: Any, location: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in leaves(item, (*location, key))]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in leaves(item, (*location, index))]
    return [location]


def put(document: Any, location: tuple[str | int, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    place = changed
    for step in location[:-1]:
        place = place[step]
    place[location[-1]] = value
    return changed


MEANT = [leaf for leaf in leaves(FULL) if leaf[0] not in ("tags", "clientToken", "region", "endpoint")]


@given(st.sampled_from(MEANT), st.text(min_size=1).filter(str.strip))
def test_every_real_change_is_seen(leaf: tuple[str | int, ...], text: str) -> None:
    """Whatever leaf takes another value, the run is another one, and the plan names the member."""
    changed = put(FULL, leaf, f"--conf changed={text!r}")

    assert changed_members(FULL, changed) == [leaf[0]]
    assert canonical_json(changed) != canonical_json(FULL)


@given(st.sampled_from(MEANT))
def test_what_becomes_unknown_counts_as_changed(leaf: tuple[str | int, ...]) -> None:
    """A preview that shows no replacement, and then replaces, is worse than one that shows too many."""
    assert changed_members(FULL, put(FULL, leaf, UNKNOWN)) == [leaf[0]]


STRANGE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.binary()
    | st.just(UNKNOWN)
    | st.builds(object)
    | st.sampled_from(["BATCH", ROLE, 10**400, -(10**400), "\ud800", "[key]", {1: 2}, {None: 1}, {"\ud800": 1}]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(
            st.sampled_from(REQUEST_MEMBERS) | st.text(st.characters(exclude_categories=())) | st.integers(), inner
        )
    ),
    max_leaves=20,
)
PLACES = sorted({row.path for row in BAD if len(row.path) < 150})


@given(st.dictionaries(st.sampled_from([*REQUEST_MEMBERS, "triggers", "region", "endpoint", "x"]), STRANGE))
def test_nothing_makes_the_check_fail(properties: dict[str, Any]) -> None:
    """An exception in check is a traceback on the user's screen, and stops the whole stack."""
    for violation in violations(properties):
        assert violation.message()
        violation.message().encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("path", ["executionTimeoutMinutes", "name", "triggers", "tags.a", "mode", "flexExecution"])
def test_a_number_that_python_refuses_to_print(path: str) -> None:
    """Python raises on printing more than 4300 digits; the check must not."""
    for violation in violations(request((path, 10**5000))):
        assert violation.message()


@given(st.sampled_from(PLACES), STRANGE)
def test_nothing_at_any_place_makes_the_check_fail(path: str, value: Any) -> None:
    """The same, deep inside an otherwise good request."""
    *way, last = parse_path(path)
    document: Any = {last: value} if isinstance(last, str) else [value]
    for step in reversed(way):
        document = {step: document} if isinstance(step, str) else [document]

    for violation in violations({**SMALLEST, **document}):
        assert violation.message()


@given(
    st.sampled_from(
        [leaf for leaf in leaves(FULL) if "properties" in leaf or (leaf[0] == "jobDriver" and len(leaf) > 2)]
    ),
    st.recursive(st.just("hunter2"), lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner)),
    st.integers(0, 4),
)
def test_no_sensitive_value_gets_out(leaf: tuple[str | int, ...], secret: Any, up: int) -> None:
    """Wherever a sensitive value stands, in whatever wrong shape, and however high up: no message has it."""
    place = leaf[: max(1, len(leaf) - up)]
    properties = put(FULL, place, secret)

    assert "hunter2" not in repr(violations({**properties, "mode": "no mode"}))


@given(st.sampled_from(PLACES))
def test_an_unknown_passes_at_every_place(path: str) -> None:
    """In a preview anything may be unknown; a violation that is not one would stop it."""
    if not parse_path(path) or path.startswith(("zzz", "triggers[")):
        return
    known_names = violations(request_at(path, UNKNOWN))

    assert all(
        "is not a member of" in violation.rule
        or "is required" in violation.rule
        or "key" in violation.rule
        or "exactly one" in violation.rule
        or "applies to" in violation.rule
        for violation in known_names
    )


def request_at(path: str, value: Any) -> dict[str, Any]:
    location = parse_path(path)
    document: Any = value
    for step in reversed(location):
        document = {step: document} if isinstance(step, str) else [document]
    return {**SMALLEST, **document}


@pytest.mark.parametrize("row", KNOWN_GOOD, ids=lambda row: row.why)
def test_a_good_request_means_the_same_to_boto3(row: Good) -> None:
    """What AWS gets has the meaning that the token was made of."""
    assert changed_members(row.properties, {**start_job_run_input(row.properties), **ours(row.properties)}) == []


def ours(properties: dict[str, Any]) -> dict[str, Any]:
    return {"triggers": properties.get("triggers")}
