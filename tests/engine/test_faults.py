"""Faults of the network on the real engine: what ``tests/test_provider_faults.py`` plays in full, from a person's side."""

from __future__ import annotations

import threading
import time

from engine.harness import LIMIT_SECONDS, Stack, program
from pulumi_emr_serverless.emulator.server import Server


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


def test_an_endpoint_where_nothing_listens(stack: Stack) -> None:
    """The commonest first mistake: the emulator is not running. One sentence, that names the setting and the remedy."""
    stack.pulumi("config", "set", "emrServerless:endpoint", "http://127.0.0.1:1")
    failed = stack.up(expect=1).output
    assert "StartJobRun: nothing listens on http://127.0.0.1:1 (emrServerless:endpoint)." in failed
    assert "Is `emrs local` running?" in failed
    assert "Traceback" not in failed
    stack.pulumi("config", "set", "emrServerless:endpoint", stack.emulator.endpoint)
    stack.up()
    assert stack.alive() == [stack.run_id()]


def test_a_misspelt_region(stack: Stack) -> None:
    """Its name does not resolve, and never will: the nearest region is named."""
    stack.pulumi("config", "set", "aws:region", "eu-wset-1")
    failed = stack.up(env={"AWS_ENDPOINT_URL": ""}, expect=1).output
    assert "'eu-wset-1', from aws:region, is no known region.\n    Did you mean eu-west-1?" in failed
    assert not stack.runs()


def test_a_wait_ends_with_the_emulator(stack: Stack) -> None:
    """It went on for ever: nothing comes back where nothing listens. The run is in the state."""
    local = Server().start()
    local.control.set_fate(stay_in="RUNNING")
    stack.pulumi("config", "set", "emrServerless:endpoint", local.endpoint)

    def stop_when_a_run_is_running() -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not local.control.calls("GetJobRun") and time.monotonic() < deadline:
            time.sleep(0.05)
        local.stop()

    stopper = threading.Thread(target=stop_when_a_run_is_running)
    stopper.start()
    failed = stack.up(text=program() + 'pulumi.export("state", run.completion.state)\n', expect=None)
    stopper.join()
    assert failed.code != 0
    assert f"can no longer be watched: GetJobRun: nothing listens on {local.endpoint}" in failed.output
    assert "The run itself is not affected" in failed.output
    assert "Traceback" not in failed.output
    assert stack.run_id()
