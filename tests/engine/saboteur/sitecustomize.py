"""Kills a process of an update at a named point. Python imports this module at start-up, from PYTHONPATH.

It does nothing but in the process that hosts dynamic providers, or is the native one, and there only when ``SABOTAGE`` names a point:
``<where>:<victim>:<signal>[:<nth>]``. ``where`` is ``<Operation>.before_send`` or ``<Operation>.answered`` for a call
to AWS, and ``<verb>.called`` or ``<verb>.returned`` for a verb of the job run's dynamic provider. ``victim`` is ``provider``,
``program`` or ``engine``; ``signal`` may be ``SIGINT twice``. The file ``struck`` in the folder says that it happened.
A process whose engine is the victim leaves the file ``verb-ended`` when the verbs that it was in have ended;
``SABOTAGE=watch`` does that alone.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

_WAIT_SECONDS = 60
_BETWEEN_TWO_SIGNALS_SECONDS = 0.5


def _sabotage(spec: str) -> None:
    if spec == "watch":
        _mark_ends()
        return
    where, victim, signal_name, *rest = spec.split(":")
    subject, _, point = where.partition(".")
    counter = _Counter(int(rest[0]) if rest else 1)
    if victim == "engine":
        _mark_ends()

    def strike(*_: Any, **__: Any) -> None:
        if counter.is_it_now():
            Path("struck").touch()
            name, twice, _rest = signal_name.partition(" ")
            _kill(victim, getattr(signal, name))
            if twice:
                time.sleep(_BETWEEN_TWO_SIGNALS_SECONDS)
                _kill(victim, getattr(signal, name))
                _wait_for_the_end()

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


def _mark_ends() -> None:
    from pulumi_emr_serverless.provider import JobRunProvider

    lock, under_way = threading.Lock(), set[object]()

    def marked(method: Any) -> Any:
        def wrapped(self: Any, *args: Any) -> Any:
            me = object()
            with lock:
                under_way.add(me)
            try:
                return method(self, *args)
            finally:
                with lock:
                    under_way.remove(me)
                    if not under_way:
                        Path("verb-ended").touch()

        return wrapped

    for verb in ("create", "update", "delete"):
        setattr(JobRunProvider, verb, marked(getattr(JobRunProvider, verb)))


def _kill(victim: str, number: int) -> None:
    import psutil

    me = psutil.Process()
    if victim == "provider":
        os.kill(me.pid, number)
        return
    engine = _engine()
    if engine is None:
        return
    if victim == "engine":
        engine.send_signal(number)
        if number == signal.SIGKILL:
            _wait_for_the_end(engine)
        return
    for process in engine.children(recursive=True):
        if any("pulumi-language-python-exec" in word for word in process.cmdline()):
            process.send_signal(number)


def _wait_for_the_end(engine: Any = None) -> None:
    """Only here: the provider outlives its engine, and what it does next is what the test wants to see."""
    import psutil

    engine = engine or _engine()
    deadline = time.monotonic() + _WAIT_SECONDS
    while engine is not None and engine.is_running() and engine.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return
        time.sleep(0.01)


def _engine() -> Any:
    """The engine that started this process, None if it has gone."""
    import psutil

    return next((parent for parent in psutil.Process().parents() if parent.name() == "pulumi"), None)


def _is_provider() -> bool:
    return "pulumi.dynamic" in sys.orig_argv or any(
        Path(word).name == "pulumi-resource-emr-serverless" for word in sys.orig_argv
    )


if os.environ.get("SABOTAGE") and _is_provider():
    _sabotage(os.environ["SABOTAGE"])
