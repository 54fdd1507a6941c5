"""The protocol of a start, step by step, against a fake that keeps AWS's promise about client tokens."""

from __future__ import annotations

from typing import Any

import pytest

from fakes import APPLICATION, NOW, FakeAws, conflict
from pulumi_emr_serverless import request
from pulumi_emr_serverless.errors import (
    AwsError,
    ClientTokenReusedError,
    LaunchRefusedError,
    RunNotFoundError,
    RunNotShownError,
    TokenConflictError,
)
from pulumi_emr_serverless.launching import HeldRun, Memory, Surroundings
from pulumi_emr_serverless.launching.start import RunStarter, StartedRun
from pulumi_emr_serverless.launching.stop import RunStopper
from pulumi_emr_serverless.launching.tags import CLOSED_TAG, CLOSED_TO_CANCEL, CLOSED_TO_RETAIN, LAUNCH_TAG
from pulumi_emr_serverless.launching.tokens import Launch, launch_digest, mint_launch_token
from pulumi_emr_serverless.runs import Observation

NO_LISTS = AwsError("ListJobRuns: AccessDeniedException: no", code="AccessDeniedException")
warnings: list[str] = []  # what a person was told; the tests that look at it clear it
naps: list[float] = []  # what was waited for
LAUNCH_TOKEN = mint_launch_token(NOW)


def wanted(**changes: Any) -> dict[str, Any]:
    return {"applicationId": APPLICATION, "name": "nightly", **changes}


def start(
    aws: FakeAws,
    *,
    memory: Memory | None = None,
    token: str = LAUNCH_TOKEN,
    explicit: str | None = None,
    **changes: Any,
) -> StartedRun:
    properties = wanted(**changes)
    launch = Launch(token, request.canonical_json(properties), explicit)
    memory = memory or Memory()
    stopper = RunStopper(aws, memory, warnings.append, sleep=lambda _: None)
    starter = RunStarter(aws, memory, Surroundings(), stopper.stop, warnings.append, naps.append)
    return starter.start(launch, request.start_job_run_input(properties))


def close(aws: FakeAws, run: StartedRun) -> None:
    aws.tag(run.arn, {CLOSED_TAG: "true"})
    aws.put(run.job_run_id, state="CANCELLED")


def test_a_repeated_start_finds_the_same_run() -> None:
    """A crash before the checkpoint: the retry, in a new process, must not start a second run."""
    aws = FakeAws()
    assert start(aws) == start(aws)
    assert aws.started == ["run0"]


def test_every_run_carries_its_launch_tag_from_the_start() -> None:
    """A run that is found later must say whose it is; tagging it afterwards could be cut off."""
    aws = FakeAws()
    run = start(aws, tags={"team": "data"})
    assert aws.runs[run.job_run_id].tags == {"team": "data", LAUNCH_TAG: str(run.tag)}
    assert "tag" not in aws.calls


def test_a_first_run_of_a_new_launch_costs_one_call() -> None:
    """A launch token made in this process has no earlier run: 200 jobs need not ask 200 times."""
    aws, memory = FakeAws(), Memory()
    memory.remember_minted(LAUNCH_TOKEN)
    start(aws, memory=memory)
    assert aws.calls == ["start"]


def test_a_closed_run_is_no_answer() -> None:
    """--replace, destroy and up: the same definition again is a new intent."""
    aws = FakeAws()
    close(aws, start(aws))
    second = start(aws)
    assert (second.job_run_id, second.tag.counter) == ("run1", 1)
    assert start(aws) == second


def test_back_and_forth_between_definitions() -> None:
    """A, B, A are three intents, so three runs."""
    aws = FakeAws()
    for name in ("a", "b", "a"):
        close(aws, start(aws, name=name))
    assert aws.started == ["run0", "run1", "run2"]


def test_a_run_that_the_state_holds_is_no_answer_where_tagging_is_denied() -> None:
    """The process has seen the verbs for the old run, so it needs no tag to know it."""
    aws, memory = FakeAws(), Memory()
    first = start(aws)
    memory.remember_held(HeldRun(APPLICATION, first.job_run_id, first.tag))
    assert start(aws, memory=memory).job_run_id == "run1"
    assert aws.calls.count("start") == 2, "the counter of the held run is not asked for again"


def test_a_failed_run_that_nobody_closed_is_adopted() -> None:
    """It ran for this very intent: running it again is the user's decision (`rerun`), not a crash's."""
    aws = FakeAws()
    first = start(aws)
    aws.put(first.job_run_id, state="FAILED")
    assert start(aws) == first


@pytest.mark.parametrize("conflicts", [True, False], ids=["AWS refuses the token", "AWS returns the first run"])
def test_a_retry_with_other_tags_adopts_the_run(conflicts: bool) -> None:
    """A timestamp tag changes on every `up`, also on the one after a crash."""
    aws = FakeAws(conflicts=conflicts)
    first = start(aws, tags={"at": "10:00", "gone": "x"})
    again = start(aws, tags={"at": "10:05"})
    assert again == first
    assert aws.started == ["run0"]
    assert aws.runs["run0"].tags == {"at": "10:05", LAUNCH_TAG: str(first.tag)}


def test_a_retry_with_another_spelling_adopts_the_run() -> None:
    """Reformatted sparkSubmitParameters mean the same, but are other parameters to AWS."""
    aws = FakeAws()

    def spelled(text: str) -> dict[str, Any]:
        return {"jobDriver": {"sparkSubmit": {"entryPoint": "s3://b/x.py", "sparkSubmitParameters": text}}}

    first = start(aws, **spelled("--conf a=1 --conf b=2"))
    assert start(aws, **spelled("--conf  b=2 --conf 'a=1'")) == first


def test_twins_do_not_adopt_each_other() -> None:
    """Two jobs of one stack may have the same definition to the letter: the launch tag tells them apart."""
    aws = FakeAws()
    other = mint_launch_token(NOW)
    twin = start(aws, token=other, tags={"at": "1"})
    mine = start(aws, tags={"at": "1"})
    assert start(aws, tags={"at": "2"}) == mine
    assert start(aws, token=other, tags={"at": "2"}) == twin


def test_a_conflict_on_a_closed_run_moves_on() -> None:
    """A, B, A with other tags: the first A is closed, and its token conflicts."""
    aws = FakeAws()
    close(aws, start(aws, tags={"at": "1"}))
    assert start(aws, tags={"at": "2"}).job_run_id == "run1"


def test_a_conflict_whose_run_cannot_be_found_starts_nothing() -> None:
    """Somebody removed our tag. A second run would break the promise; the message says what to do."""
    aws = FakeAws()
    first = start(aws, tags={"at": "1"})
    aws.put(first.job_run_id, tags={})
    with pytest.raises(LaunchRefusedError, match=r"change triggers"):
        start(aws, tags={"at": "2"})
    assert aws.started == ["run0"]


def test_an_explicit_client_token_is_used_as_it_is() -> None:
    """Whoever chooses a token wants AWS's own meaning of it."""
    aws = FakeAws()
    assert start(aws, explicit="2026-01-01").client_token == "2026-01-01"
    assert list(aws.tokens) == ["2026-01-01"]


def test_an_explicit_client_token_of_a_closed_run_is_an_error() -> None:
    """The user would otherwise be told that the cancelled run is the new one."""
    aws = FakeAws()
    close(aws, start(aws, explicit="mine"))
    with pytest.raises(ClientTokenReusedError, match="'mine'"):
        start(aws, explicit="mine")


def test_an_explicit_client_token_of_another_request_is_an_error() -> None:
    """AWS refuses it; the message names the property and the remedy."""
    aws = FakeAws()
    start(aws, explicit="mine")
    with pytest.raises(ClientTokenReusedError, match="other parameters"):
        start(aws, explicit="mine", name="another")


def test_a_refusal_starts_nothing_and_is_not_repeated() -> None:
    """A definite rejection fails once, with AWS's words."""
    aws = FakeAws(deny={"start": AwsError("StartJobRun: AccessDeniedException: no", code="AccessDeniedException")})
    with pytest.raises(AwsError, match="AccessDenied"):
        start(aws)
    assert aws.calls.count("start") == 1


def orphan(aws: FakeAws, **changes: Any) -> StartedRun:
    """A run that was started for this launch by an update that died before it was recorded."""
    return start(aws, **changes)


def test_a_run_of_another_definition_is_ended_before_the_next_starts() -> None:
    """Killed, edited, tried again: nobody owns the first run, and two would write the same output."""
    aws = FakeAws()
    left_behind = orphan(aws, name="before the edit")
    wanted_run = start(aws)
    assert aws.runs[left_behind.job_run_id].state == "CANCELLED"
    assert CLOSED_TAG in aws.runs[left_behind.job_run_id].tags
    assert aws.runs[wanted_run.job_run_id].state == "RUNNING"
    assert "left behind by a killed update" in warnings[-1]


def test_a_living_run_of_this_intent_is_found_though_aws_has_forgotten_its_token() -> None:
    """How long AWS remembers a token is not documented; the launch tag is on the run as long as it lives."""
    aws = FakeAws()
    left_behind = orphan(aws)
    aws.tokens.clear()
    assert start(aws) == left_behind
    assert aws.started == ["run0"]


def test_runs_of_others_are_left_alone() -> None:
    """An application is shared: other jobs, other stacks, and runs that somebody started by hand."""
    aws = FakeAws()
    others = start(aws, token=mint_launch_token(NOW), name="another job")
    by_hand = aws.start({"applicationId": APPLICATION}, "by hand")
    start(aws)
    assert aws.runs[others.job_run_id].state == aws.runs[by_hand[0]].state == "RUNNING"


def test_a_retained_run_is_left_alone() -> None:
    """Its stack let it go on; it is no orphan."""
    aws = FakeAws()
    retained = orphan(aws, name="before")
    aws.tag(retained.arn, {CLOSED_TAG: CLOSED_TO_RETAIN})
    start(aws)
    assert aws.runs[retained.job_run_id].state == "RUNNING"


def test_an_orphan_whose_cancellation_was_cut_off_is_cancelled() -> None:
    """Killed between the closed tag and the cancellation: the retry goes on where it stopped."""
    aws = FakeAws()
    half_ended = orphan(aws, name="before")
    aws.tag(half_ended.arn, {CLOSED_TAG: CLOSED_TO_CANCEL})
    start(aws)
    assert aws.runs[half_ended.job_run_id].state == "CANCELLED"


def test_where_listing_is_denied_the_run_starts_and_a_warning_says_so() -> None:
    """A permission that only the look-up of orphans needs must not be a dead end."""
    aws = FakeAws(deny={"list": NO_LISTS})
    assert start(aws).job_run_id == "run0"
    assert "emr-serverless:ListJobRuns" in warnings[-1]


def test_a_run_that_aws_does_not_show_starts_no_other() -> None:
    """It is this launch's until AWS shows that it is spent; the message has the way out, should it be gone for good."""
    aws = FakeAws()
    first = start(aws)
    aws.put(first.job_run_id, state="SUCCESS")
    aws.deny = {"get": RunNotFoundError("GetJobRun: ResourceNotFoundException", code="ResourceNotFoundException")}
    naps.clear()
    with pytest.raises(RunNotShownError, match=r"Run the same command again.*change triggers"):
        start(aws)
    assert aws.started == ["run0"]
    assert sum(naps) > 60, "a view of AWS may be a minute old"


@pytest.mark.parametrize("state", ["CANCELLING", "CANCELLED"])
def test_a_cancelled_run_is_never_an_answer(state: str) -> None:
    """Its closed tag may have been stripped, refused, or not be shown yet: whoever wants a run wants none that was ended."""
    aws = FakeAws()
    first = start(aws)
    aws.put(first.job_run_id, state=state, tags={})
    assert start(aws).job_run_id == "run1"


def test_a_later_wish_supersedes_an_older_answer() -> None:
    """A crashed and its run ended, B crashed; A again is a wish of its own, and B's run is ended."""
    aws = FakeAws()
    first = start(aws, name="a")
    aws.put(first.job_run_id, state="SUCCESS")
    second = start(aws, name="b")
    third = start(aws, name="a")
    assert (third.job_run_id, aws.runs[second.job_run_id].state) == ("run2", "CANCELLED")


def test_a_later_wish_counts_when_it_has_ended_too() -> None:
    """What lives is not all that was wished for in between."""
    aws = FakeAws()
    for name in ("a", "b"):
        aws.put(start(aws, name=name).job_run_id, state="SUCCESS")
    assert start(aws, name="a").job_run_id == "run2"


def test_a_spent_answer_that_is_alive_is_ended() -> None:
    """Two updates side by side: the older run is in no state, and would live on unseen."""
    aws, memory = FakeAws(deny={"list": NO_LISTS}), Memory()
    older, held = start(aws, name="a"), start(aws, name="b")
    memory.remember_held(HeldRun(APPLICATION, held.job_run_id, held.tag))
    assert start(aws, name="a", memory=memory).job_run_id == "run2"
    assert aws.runs[older.job_run_id].state == "CANCELLED"


def test_a_run_of_another_launch_is_neither_taken_nor_touched() -> None:
    """Two jobs, or two stacks, share a client token: each must be able to trust that its run is its own."""
    aws = FakeAws(conflicts=False)
    theirs = start(aws, explicit="shared")
    with pytest.raises(ClientTokenReusedError, match="another job"):
        start(aws, explicit="shared", token=mint_launch_token(NOW))
    assert aws.runs[theirs.job_run_id].state == "RUNNING"
    assert aws.runs[theirs.job_run_id].tags == {LAUNCH_TAG: str(theirs.tag)}


def test_an_explicit_token_of_another_definition_is_an_error_where_aws_returns_the_first_run() -> None:
    """Recording the run of the definition before would say that the new one runs."""
    aws = FakeAws(conflicts=False)
    theirs = start(aws, explicit="mine", name="a")
    aws.put(theirs.job_run_id, state="SUCCESS")
    with pytest.raises(ClientTokenReusedError, match="another definition"):
        start(aws, explicit="mine", name="b")


def test_what_cannot_be_ruled_out_is_said() -> None:
    """The next update looks again: an earlier run may come to light when AWS's views have caught up."""
    aws, memory = FakeAws(), Memory()
    memory.remember_minted(LAUNCH_TOKEN)
    assert start(aws, memory=memory).settled, "nothing can have been before"
    assert not start(aws, name="other").settled, "an update was cut off, or nothing would have to be started now"
    held = HeldRun(APPLICATION, "held", Launch(LAUNCH_TOKEN, "x").tag(0))
    memory = Memory()
    memory.remember_held(held)
    memory.remember_ended(launch_digest(LAUNCH_TOKEN), "run held was cancelled", was_closed_before=False)
    assert start(aws, name="third", memory=memory).settled, "it was ended in this update, so the state was whole"


def test_a_conflict_in_other_words_is_said_as_aws_says_it() -> None:
    """The application is being updated, for example: that is no token's fault."""
    with pytest.raises(TokenConflictError, match="being updated"):
        start(FakeAws(deny={"start": conflict("application is being updated")}))


def test_a_new_run_that_takes_a_moment_to_appear_is_ours() -> None:
    """AWS's answers may lag behind one another: giving such a run up would start a second one."""
    aws = FakeAws()
    get, looks = aws.get, iter([False, False])

    def get_late(application_id: str, job_run_id: str) -> Observation:
        if not next(looks, True):
            raise RunNotFoundError("GetJobRun: ResourceNotFoundException")
        return get(application_id, job_run_id)

    aws.get = get_late  # type: ignore[method-assign]  # one answer of the fake, changed
    assert start(aws).job_run_id == "run0"
    assert aws.started == ["run0"]
