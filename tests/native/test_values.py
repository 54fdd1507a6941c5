"""Pulumi's property values and plain bags: nothing is lost between them, secrets and unknowns least of all."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from pulumi_emr_serverless.native.values import secret_names, to_bag, to_input, to_properties, to_property
from pulumi_emr_serverless.persisted import DEFAULTS, JOB, LAUNCH_TOKEN, NATIVE_LAUNCH_TOKEN, SECRET_SETTINGS, SECRETS
from pulumi_emr_serverless.request import UNKNOWN
from pulumi_emr_serverless.verbs import Secret

LEAVES = st.one_of(
    st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8), st.just(rpc.UNKNOWN)
)


def of(value: Any, *, secret: bool = False) -> PropertyValue:
    if isinstance(value, dict):
        return PropertyValue({key: of(item) for key, item in value.items()}, is_secret=secret)
    if isinstance(value, list):
        return PropertyValue([of(item) for item in value], is_secret=secret)
    return value if isinstance(value, PropertyValue) else PropertyValue(value, is_secret=secret)


def values() -> st.SearchStrategy[PropertyValue]:
    """Trees in which each value may be secret; what is below a secret is one anyway."""
    return st.recursive(
        st.builds(PropertyValue, LEAVES, st.booleans()),
        lambda inner: st.one_of(
            st.builds(PropertyValue, st.lists(inner, max_size=3)),
            st.builds(PropertyValue, st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        ),
        max_leaves=8,
    )


@given(st.dictionaries(st.sampled_from(("jobDriver", "tags", "triggers", "name", "configurationOverrides")), values()))
def test_nothing_is_lost_on_the_way_and_back(properties: dict[str, PropertyValue]) -> None:
    """What the verbs hand back is what the state gets: a secret that lost its mark would be written in the clear."""
    assert to_properties(to_bag(properties)) == properties


def test_a_bag_says_where_its_secrets_are() -> None:
    """By place, and only those of the inputs: an output that is secret follows from them."""
    bag = to_bag(
        {
            "jobDriver": of({"sparkSubmit": {"entryPointArguments": ["--pw", of("x", secret=True)]}}),
            "tags": of({"a": "b"}, secret=True),
            "arn": of("arn:x", secret=True),
        },
        **{JOB: "urn"},
    )
    assert bag == {
        "jobDriver": {"sparkSubmit": {"entryPointArguments": ["--pw", "x"]}},
        "tags": {"a": "b"},
        "arn": "arn:x",
        SECRETS: [["jobDriver", "sparkSubmit", "entryPointArguments", 1], ["tags"]],
        JOB: "urn",
    }


def test_what_is_this_packages_own_stays_in_this_process() -> None:
    """The launch token has a name that every language can say, and is always secret; the rest goes to no state."""
    bag = {LAUNCH_TOKEN: "t", SECRETS: [["name"]], SECRET_SETTINGS: ["emrServerless:token"], JOB: "urn", "name": "n"}
    assert to_properties(bag) == {"name": of("n", secret=True), NATIVE_LAUNCH_TOKEN: of("t", secret=True)}
    assert to_bag({NATIVE_LAUNCH_TOKEN: of("t", secret=True)}) == {LAUNCH_TOKEN: "t"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (60, of(60.0)),
        (True, of(True)),
        (UNKNOWN, of(rpc.UNKNOWN)),
        (Secret([1, "a"]), of([1.0, "a"], secret=True)),
        ({"a": Secret(UNKNOWN)}, of({"a": of(rpc.UNKNOWN, secret=True)})),
    ],
    ids=["an integer", "a flag is no number", "not known yet", "secret", "secret and not known yet"],
)
def test_an_answer_of_a_verb(value: Any, expected: PropertyValue) -> None:
    """The engine has floats, a text for what is unknown, and marks for secrets."""
    assert to_properties({"logs": value}) == {"logs": expected}


def test_what_was_filled_in_is_kept() -> None:
    """Without it in the state, a default of a later version would be a change, and start a run."""
    bag = {"name": "nightly", DEFAULTS: ["name"]}
    assert to_bag(to_properties(bag)) == bag


def test_names_of_secrets() -> None:
    """Of the provider's own configuration: a secret may stand below the top."""
    assert secret_names(
        {"region": of("r"), "token": of("t", secret=True), "tags": of({"a": of("b", secret=True)})}
    ) == (
        "token",
        "tags",
    )


@pytest.mark.parametrize(
    "value",
    [
        of("plain"),
        of({"a": [1.0, of("s", secret=True)]}),
        of("s", secret=True),
        of(rpc.UNKNOWN),
        of(rpc.UNKNOWN, secret=True),
        PropertyValue("of another resource", dependencies=["urn:a", "urn:b"]),
        PropertyValue(rpc.UNKNOWN, is_secret=True, dependencies=["urn:a"]),
    ],
    ids=["plain", "a secret within", "secret", "not known", "secret and not known", "made of others", "all of it"],
)
def test_a_component_hands_its_inputs_on(value: PropertyValue, loop: asyncio.AbstractEventLoop) -> None:
    """From the program's component to the run inside it, and back as its outputs."""
    import pulumi

    async def there_and_back() -> PropertyValue:
        return await to_property(pulumi.Output.from_input(to_input(value)))

    found = loop.run_until_complete(there_and_back())
    # An output as a whole is secret, and depends on something, where a part of it does.
    assert found.contains_secret() == value.contains_secret()
    assert found.all_dependencies() == value.all_dependencies()
    assert _plain(found) == _plain(value)


def _plain(value: PropertyValue) -> Any:
    return to_bag({"x": value})["x"]
