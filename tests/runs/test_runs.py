"""What a job run is, in AWS's terms."""

from __future__ import annotations

from pulumi_emr_serverless.runs import STATES, Observation, facts, region_of


def test_states_of_tomorrow_are_alive() -> None:
    """An enum that breaks on a new state would give up, or repeat, a living run."""
    assert not facts("RESUMING").terminal
    assert facts("RESUMING").cancellable
    assert {state for state, known in STATES.items() if known.terminal} == {"SUCCESS", "FAILED", "CANCELLED"}


def test_every_state_of_awss_model_is_known() -> None:
    """A state that a new botocore adds should get its row before a user meets it."""
    from botocore.loaders import Loader

    shapes = Loader().load_service_model("emr-serverless", "service-2")["shapes"]
    assert set(STATES) == set(shapes["JobRunState"]["enum"])


def test_region_of_an_arn() -> None:
    """A started run is where its ARN says, whatever the configuration has become."""
    assert region_of("arn:aws:emr-serverless:eu-west-1:123456789012:/applications/a/jobruns/r") == "eu-west-1"
    assert region_of("") == ""


def test_observed_leaves_out_what_is_not_there() -> None:
    """A state full of nulls hides what is known."""
    run = Observation("a", "r", "arn", "RUNNING", details={"releaseLabel": "emr-7.1.0", "jobDriver": {}})
    assert run.observed() == {"state": "RUNNING", "releaseLabel": "emr-7.1.0"}
