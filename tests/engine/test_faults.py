"""Faults of the network on the real engine: what ``tests/test_provider_faults.py`` plays in full, from a person's side."""

from __future__ import annotations

from engine.harness import Stack, program


def test_a_lost_answer_is_not_noticed(stack: Stack) -> None:
    """AWS has started the run and the answer is gone: the retry, with the same token, brings its ID."""
    stack.emulator.control.arm("drop_after", "StartJobRun", times=2)
    stack.up()
    assert len(stack.emulator.control.calls("StartJobRun")) == 3
    assert stack.alive() == [stack.run_id()]
    assert len(stack.runs()) == 1


def test_a_late_answer_is_not_waited_for(stack: Stack) -> None:
    """Past the read timeout the request is sent again; the answer that comes then is to the same token."""
    stack.pulumi("config", "set", "emrServerless:readTimeoutSeconds", "0.5")
    stack.emulator.control.arm("delay_after", "StartJobRun", seconds=2)
    stack.up()
    assert len(stack.runs()) == 1
    assert stack.alive() == [stack.run_id()]


def test_aws_is_down_in_a_replacement(stack: Stack) -> None:
    """The old run is cancelled and the new one cannot be started: one message without a traceback; the next up heals."""
    stack.up()
    stack.emulator.control.arm("error", "StartJobRun", status=400, code="ValidationException", message="no", times=0)
    failed = stack.up(text=program(name="other"), expect=1).output
    assert "ValidationException: no" in failed
    assert "Traceback" not in failed
    assert not stack.alive()
    stack.emulator.control.disarm()
    stack.up()
    assert len(stack.runs()) == 2
    assert stack.alive() == [stack.run_id()]
    stack.up("--expect-no-changes")
