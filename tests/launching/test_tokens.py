"""Client tokens and launch tags: a persisted format."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_emr_serverless.launching.tags import (
    CLOSED_TAG,
    CLOSED_TO_CANCEL,
    CLOSED_TO_RETAIN,
    LAUNCH_TAG,
    OWN_TAGS,
    LaunchTag,
    without_own,
)
from pulumi_emr_serverless.launching.tokens import SCHEME, Launch, is_launch_token, mint_launch_token

LAUNCH_TOKEN = "mzxw6ytboi.1767225600"
AWS_CLIENT_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


def test_golden_tokens() -> None:
    """A change of any of these would start every living stack's runs a second time after a crash."""
    launch = Launch(LAUNCH_TOKEN, '{"applicationId":"00app"}')
    assert SCHEME == "pulumi-emr-serverless/1"
    assert launch.client_token(0) == "ncodfmyrlaknh3oy4345og4kjdq5kxpzyevyskl4uuojekpzzgoq"
    assert launch.client_token(1) == "durnm3oedpsmxoubbjzkewjsuohba4zqzeinzjsbvppk2buzbxqa"
    assert str(launch.tag(0)) == "2yaxbb7pohd7hdqkyof4ukzt.3z4wcd43gpae5nau36ghbsdc.0"
    assert str(launch.tag(7)) == "2yaxbb7pohd7hdqkyof4ukzt.3z4wcd43gpae5nau36ghbsdc.7"
    assert str(Launch(LAUNCH_TOKEN, "{}", "mine").tag(0)) == "2yaxbb7pohd7hdqkyof4ukzt.ixtuh6jpomhd4vovluquks5k.0"
    assert Launch(LAUNCH_TOKEN, "{}", "mine").client_token(0) == "mine"
    assert (LAUNCH_TAG, CLOSED_TAG) == ("pulumi-emr-serverless:launch", "pulumi-emr-serverless:closed")
    assert (CLOSED_TO_CANCEL, CLOSED_TO_RETAIN) == ("cancel", "retain")
    assert OWN_TAGS == (LAUNCH_TAG, CLOSED_TAG)


def test_launch_tokens_are_random_and_dated() -> None:
    """Two stacks must never share tokens by chance; the date is for people, and part of the form."""
    now = datetime(2026, 1, 1, tzinfo=timezone.utc)
    first, second = mint_launch_token(now), mint_launch_token(now)
    assert first != second
    assert first.endswith(f".{int(now.timestamp())}")
    assert len(first.partition(".")[0]) == 52
    assert is_launch_token(first)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (f"{'a2' * 26}.1767225600", True),
        (f"{'a2' * 26}.-31536000", True),  # a clock that stands before its epoch
        ("", False),
        ("changed by somebody", False),
        (f"{'a' * 52}.", False),
        (f"{'A' * 52}.1767225600", False),
        (f"{'a' * 52}.1767225600\n", False),
        (None, False),
        (7, False),
    ],
)
def test_an_edited_launch_token_is_told(text: object, is_one: bool) -> None:
    """Tokens derived from it would not be those of the runs that were started."""
    assert is_launch_token(text) is is_one


@given(token=st.text(min_size=1), intent=st.text(), counter=st.integers(min_value=0, max_value=10**6))
def test_derived_tokens_are_within_awss_limits(token: str, intent: str, counter: int) -> None:
    """AWS refuses a client token outside of its pattern, and a tag value of over 256 characters."""
    launch = Launch(token, intent)
    assert AWS_CLIENT_TOKEN.fullmatch(launch.client_token(counter))
    assert len(str(launch.tag(counter))) <= 256
    assert LaunchTag.parse(str(launch.tag(counter))) == launch.tag(counter)


@given(st.lists(st.tuples(st.text(), st.text(), st.integers(0, 9)), min_size=2, max_size=2, unique=True))
def test_another_launch_intent_or_counter_is_another_token(two: list[tuple[str, str, int]]) -> None:
    """A shared token is a shared run: the new intent would get the old one's."""
    (first, second) = (Launch(token, intent).client_token(counter) for token, intent, counter in two)
    if not any("|" in part for token, intent, _ in two for part in (token, intent)):
        assert first != second


def test_a_tag_reveals_neither_token_nor_intent() -> None:
    """Whoever may read tags must not be able to derive a client token, or guess a secret argument."""
    launch = Launch(LAUNCH_TOKEN, '{"password":"hunter2"}')
    tag = str(launch.tag(0))
    assert LAUNCH_TOKEN not in tag
    assert launch.client_token(0) not in tag
    assert Launch("another", launch.intent).tag(0).intent != launch.tag(0).intent


def test_foreign_tags_are_not_launch_tags() -> None:
    """A tag that somebody wrote by hand must not be mistaken for ours."""
    for text in ("", "x", "a.b", "a.b.c", ".b.1", "a..1", "a.b.-1", "a.b.1.2"):
        assert LaunchTag.parse(text) is None, text


def test_own_tags_are_told_from_the_users() -> None:
    """Ours never show as drift, and are never removed."""
    assert without_own({"team": "data", LAUNCH_TAG: "x", CLOSED_TAG: "true"}) == {"team": "data"}
