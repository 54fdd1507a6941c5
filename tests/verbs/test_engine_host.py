"""Pulumi's host of dynamic providers is made to serve more verbs at once; one of another shape is left as it is."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace

import pytest

from pulumi_emr_serverless import engine


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, taken for Pulumi's host."""
    main = ModuleType("__main__")
    main.__spec__ = SimpleNamespace(name="pulumi.dynamic.__main__")  # type: ignore[assignment]  # its name is all that is read
    monkeypatch.setitem(sys.modules, "__main__", main)


def side_by_side(pool: ThreadPoolExecutor, count: int) -> bool:
    """Whether so many calls can be under way at once."""
    meeting = threading.Barrier(count)

    def arrive() -> bool:
        try:
            meeting.wait(5)
        except threading.BrokenBarrierError:
            return False
        return True

    return all(each.result() for each in [pool.submit(arrive) for _ in range(count)])


@pytest.mark.usefixtures("host")
def test_more_verbs_are_served_than_the_host_has_threads() -> None:
    """Of this Python's pool, which the installed Pulumi uses; beside it another pool keeps its size."""
    with ThreadPoolExecutor(4) as pool, ThreadPoolExecutor(4) as other:
        other.submit(len, "").result()
        pool.submit(engine.let_verbs_wait_side_by_side).result()
        assert side_by_side(pool, 50)
        assert other._max_workers == 4


@pytest.mark.usefixtures("host")
def test_a_thread_of_no_pool_changes_nothing() -> None:
    """A later Pulumi may serve verbs in another way."""
    with ThreadPoolExecutor(4) as pool:
        pool.submit(len, "").result()
        engine.let_verbs_wait_side_by_side()
        assert pool._max_workers == 4


def test_a_program_keeps_its_pools() -> None:
    """The module is imported by programs too."""
    with ThreadPoolExecutor(4) as pool:
        pool.submit(engine.let_verbs_wait_side_by_side).result()
        assert pool._max_workers == 4
