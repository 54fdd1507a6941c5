"""Our tags on a run, and the user's."""

from __future__ import annotations

from pulumi_emr_serverless.launching.tags import CLOSED_TAG, LAUNCH_TAG, tag_change


def test_tag_change_touches_neither_ours_nor_awss() -> None:
    """Removing the launch tag would orphan the run; AWS refuses to remove its own."""
    actual = {"a": "1", "b": "2", "aws:x": "y", LAUNCH_TAG: "l.i.0", CLOSED_TAG: "true"}
    change = tag_change(actual, {"a": "1", "c": "3"})
    assert (dict(change.put), change.remove) == ({"c": "3"}, ("b",))
