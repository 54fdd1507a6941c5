"""Kills a process of an update at a named point. Python imports this module at start-up, from PYTHONPATH.

It does nothing but in the process that hosts dynamic providers, and there only when ``SABOTAGE`` names a point:
``<where>:<victim>:<signal>[:<nth>]``. ``where`` is ``<Operation>.before_send`` or ``<Operation>.answered`` for a call
to AWS, and ``<verb>.called`` or ``<verb>.returned`` for a verb of the job run's provider. ``victim`` is ``provider``,
``program`` or ``engine``. A process whose engine it killed leaves the file ``verb-ended`` in its folder when the verb
that it was in has ended.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_WAIT_SECONDS = 60


def _sabotage(spec: str) -> None:
    where, victim, signal_name, *rest = spec.split(":")
    subject, _, point = where.partition(".")
    counter = _Counter(int(rest[0]) if rest else 1)
    if victim == "engine":
        for verb in ("create", "update", "delete"):
            _mark_end(verb)

    def strike(*_: Any, **__: Any) -> None:
        if counter.is_it_now():
            _kill(victim, getattr(signal, signal_name))

    if point in ("before_send", "answered"):
        _at_call(subject, point, strike)
    else:
        _at_verb(subject, point, strike)


class _Counter:
    def __init__(self, nth: int) -> None:
        self._left = nth
        self._lock = threading.Lock()

    def is_it_now(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left == 0


def _at_call(operation: str, point: str, strike: Any) -> None:
    from botocore.client import ClientCreator

    create_client = ClientCreator.create_client
    event = {"before_send": "before-send", "answered": "after-call"}[point]

    def creating(self: Any, *args: Any, **kwargs: Any) -> Any:
        client = create_client(self, *args, **kwargs)
        client.meta.events.register_first(f"{event}.emr-serverless.{operation}", strike)
        return client

    ClientCreator.create_client = creating  # type: ignore[method-assign]


def _at_verb(verb: str, point: str, strike: Any) -> None:
    from pulumi_emr_serverless.provider import JobRunProvider

    method = getattr(JobRunProvider, verb)

    def wrapped(self: Any, *args: Any) -> Any:
        if point == "called":
            strike()
        result = method(self, *args)
        if point == "returned":
            strike()
        return result

    setattr(JobRunProvider, verb, wrapped)


def _mark_end(verb: str) -> None:
    from pulumi_emr_serverless.provider import JobRunProvider

    method = getattr(JobRunProvider, verb)

    def wrapped(self: Any, *args: Any) -> Any:
        try:
            return method(self, *args)
        finally:
            Path("verb-ended").touch()

    setattr(JobRunProvider, verb, wrapped)


def _kill(victim: str, number: int) -> None:
    import psutil

    me = psutil.Process()
    if victim == "provider":
        os.kill(me.pid, number)
        return
    engine = next(parent for parent in me.parents() if parent.name() == "pulumi")
    if victim == "engine":
        engine.send_signal(number)
        if number == signal.SIGKILL:
            # Only here: the provider outlives its engine, and what it does next is what the test wants to see.
            engine_gone = time.monotonic() + _WAIT_SECONDS
            while engine.is_running() and engine.status() != psutil.STATUS_ZOMBIE and time.monotonic() < engine_gone:
                time.sleep(0.01)
        return
    for process in engine.children(recursive=True):
        if any("pulumi-language-python-exec" in word for word in process.cmdline()):
            process.send_signal(number)


if os.environ.get("SABOTAGE") and "pulumi.dynamic" in sys.orig_argv:
    _sabotage(os.environ["SABOTAGE"])
