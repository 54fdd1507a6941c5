"""What can go wrong between a client and AWS, on request.

A fault wraps one call of an operation. ``before`` means that AWS has done nothing yet, ``after`` that it has, and that
only the answer is concerned: the difference between a run that exists and one that does not.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pulumi_emr_serverless.emulator import refusals
from pulumi_emr_serverless.emulator.errors import ApiError
from pulumi_emr_serverless.emulator.wire import Answer, encode_error

Handler = Callable[[], Answer]
Verdict = Literal["proceed", "drop"]


@dataclass(frozen=True)
class Fault:
    """A fault that waits for its call.

    ``operation`` None is any. The first ``skip`` calls go through, the next ``times`` are hit (0: all of them).
    ``status``, ``code`` and ``message`` belong to ``error``, ``seconds`` to the delays, ``name`` to ``hold``; ``at``
    says of ``error``, ``throttle``, ``internal_error`` and ``hold`` whether the operation is done first.
    """

    kind: str
    operation: str | None = None
    times: int = 1
    skip: int = 0
    at: Literal["before", "after"] = "before"
    status: int = 500
    code: str = "InternalServerException"
    message: str = "An internal error occurred."
    seconds: float = 0.0
    name: str = "hold"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault {self.kind!r}; there are {', '.join(KINDS)}")
        if self.at not in ("before", "after"):
            raise ValueError(f"a fault happens before or after the operation, not {self.at!r}")


class Gates:
    """Named points at which calls wait until they are let go. A gate that was released is open until armed again."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: Counter[str] = Counter()
        self._open: dict[str, Verdict] = {}
        self._closing = threading.Event()

    def shut(self, name: str) -> None:
        with self._changed:
            self._open.pop(name, None)

    def wait(self, name: str) -> Verdict:
        with self._changed:
            self._waiting[name] += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: name in self._open or self._closing.is_set())
            self._waiting[name] -= 1
            return self._open.get(name, "drop")

    def release(self, name: str, then: Verdict) -> None:
        with self._changed:
            self._open[name] = then
            self._changed.notify_all()

    def release_all(self) -> None:
        with self._changed:
            self._open.update(dict.fromkeys(self._waiting, "proceed"))
            self._changed.notify_all()

    def held(self, name: str, count: int, timeout: float) -> int:
        """How many calls wait at a gate; waits itself, up to ``timeout`` seconds, until there are ``count``."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting[name] >= count or self._closing.is_set(), timeout)
            return self._waiting[name]

    def pause(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def close(self) -> None:
        """Let everyone go: the server stops."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()


@dataclass
class _Armed:
    fault: Fault
    skip: int
    left: int


class Faults:
    """The armed faults, in the order of their arming: the one armed first is the outermost."""

    def __init__(self) -> None:
        self.gates = Gates()
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []

    def arm(self, fault: Fault) -> None:
        if fault.kind == "hold":
            self.gates.shut(fault.name)
        with self._lock:
            self._armed.append(_Armed(fault, fault.skip, fault.times or -1))

    def disarm(self) -> None:
        with self._lock:
            self._armed.clear()
        self.gates.release_all()

    def take(self, operation: str) -> list[Fault]:
        """The faults that hit this call. Taking uses them up."""
        with self._lock:
            hit = [one for one in self._armed if one.fault.operation in (None, operation) and _strikes(one)]
            self._armed = [one for one in self._armed if one.left]
            return [one.fault for one in hit]

    def around(self, fault: Fault, handler: Handler) -> Handler:
        return lambda: KINDS[fault.kind](fault, handler, self.gates)


def _strikes(armed: _Armed) -> bool:
    if armed.skip:
        armed.skip -= 1
        return False
    armed.left -= 1
    return True


def _error(fault: Fault, handler: Handler, _: Gates) -> Answer:
    if fault.at == "after":
        handler()
    return encode_error(ApiError(fault.status, fault.code, fault.message))


def _throttle(fault: Fault, handler: Handler, _: Gates) -> Answer:
    if fault.at == "after":
        handler()
    return encode_error(refusals.THROTTLED.error())


def _internal_error(fault: Fault, handler: Handler, _: Gates) -> Answer:
    if fault.at == "after":
        handler()
    return encode_error(refusals.INTERNAL.error())


def _drop_before(_: Fault, __: Handler, ___: Gates) -> Answer:
    return Answer(0, {}, b"", connection="drop")


def _drop_after(_: Fault, handler: Handler, __: Gates) -> Answer:
    return dataclasses.replace(handler(), connection="drop")


def _delay_before(fault: Fault, handler: Handler, gates: Gates) -> Answer:
    gates.pause(fault.seconds)
    return handler()


def _delay_after(fault: Fault, handler: Handler, gates: Gates) -> Answer:
    answer = handler()
    gates.pause(fault.seconds)
    return answer


def _truncate(_: Fault, handler: Handler, __: Gates) -> Answer:
    return dataclasses.replace(handler(), connection="truncate")


def _duplicate(_: Fault, handler: Handler, __: Gates) -> Answer:
    handler()
    return handler()


def _hold(fault: Fault, handler: Handler, gates: Gates) -> Answer:
    answer = handler() if fault.at == "after" else None
    if gates.wait(fault.name) == "drop":
        return dataclasses.replace(answer or _drop_before(fault, handler, gates), connection="drop")
    return answer or handler()


KINDS: Mapping[str, Callable[[Fault, Handler, Gates], Answer]] = {
    "error": _error,
    "throttle": _throttle,
    "internal_error": _internal_error,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "delay_before": _delay_before,
    "delay_after": _delay_after,
    "truncate": _truncate,
    "duplicate": _duplicate,
    "hold": _hold,
}


def fault_from(document: Mapping[str, Any]) -> Fault:
    """A fault from a document of the control API; a ValueError names what is wrong with it."""
    known = {one.name for one in dataclasses.fields(Fault)}
    if unknown := set(document) - known:
        raise ValueError(f"a fault has no {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}")
    if "kind" not in document:
        raise ValueError(f"a fault is one of {', '.join(KINDS)}")
    return Fault(**document)
