"""The client of the emulator's own API, for tests: read what was called, turn what happens next.

Only the standard library, so that a test process imports nothing heavy for it.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from pulumi_emr_serverless.emulator.records import RecordedCall, RecordedRun

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The emulator is on this machine; a proxy of the environment would not find it."""
_TIMEOUT = 30.0


class ControlError(Exception):
    """The emulator refused an order. The message says why."""


class Control:
    """``Control("http://127.0.0.1:4577")``."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")

    def health(self) -> dict[str, Any]:
        """``status``, ``version``, ``now``, ``frozen``, how many ``calls`` came, and ``violations``: defects of ours.

        An answer against AWS's service model becomes a 500 that clients retry, so a test fixture should fail on them.
        """
        return self._send("GET", "health")

    def calls(self, operation: str | None = None) -> list[RecordedCall]:
        """Every call that arrived, in order, or those of one operation; of very many the latest 20,000."""
        found = self._send("GET", "calls", {"operation": operation} if operation else {})["calls"]
        return [RecordedCall(**{**call, "faults": tuple(call["faults"])}) for call in found]

    def runs(self) -> list[RecordedRun]:
        """Every run of every account and region, the oldest first."""
        found = self._send("GET", "runs")["runs"]
        return [RecordedRun(**{**run, "history": tuple(run["history"])}) for run in found]

    def now(self) -> float:
        """The emulator's time in epoch seconds."""
        return float(self._send("GET", "clock")["now"])

    def freeze(self, at: float | None = None) -> float:
        """Stop the clock, now or at an epoch time. From then on `advance` moves it."""
        return float(self._send("POST", "clock", {"freeze": at})["now"])

    def advance(self, seconds: float) -> float:
        return float(self._send("POST", "clock", {"advance": seconds})["now"])

    def resume(self) -> float:
        return float(self._send("POST", "clock", {"resume": True})["now"])

    def set_fate(  # noqa: PLR0913 - one keyword for each field of a fate
        self,
        pattern: str | None = None,
        *,
        outcome: str = "SUCCESS",
        details: str | None = None,
        seconds: Mapping[str, float] | None = None,
        failing_attempts: int = 0,
        stay_in: str | None = None,
        stuck_cancelling: bool = False,
        new_states: Sequence[str] = (),
        stdout: str = "",
        stderr: str = "",
    ) -> None:
        """How runs end that start from now on: those whose name matches ``pattern`` (as a shell would), or all others.

        See `fates.Fate`.
        """
        fate = {
            "pattern": pattern,
            "outcome": outcome,
            "details": details,
            "seconds": dict(seconds or {}),
            "failing_attempts": failing_attempts,
            "stay_in": stay_in,
            "stuck_cancelling": stuck_cancelling,
            "new_states": list(new_states),
            "stdout": stdout,
            "stderr": stderr,
        }
        self._send("POST", "fates", fate)

    def settle(self, job_run_id: str, outcome: str = "SUCCESS", details: str | None = None) -> None:
        """End a living run now. ``outcome``: SUCCESS, FAILED or CANCELLED."""
        self._send("POST", "settle", {"job_run_id": job_run_id, "outcome": outcome, "details": details})

    def lag(self, operation: str | None = None, seconds: float = 0.0, *, what: str = "all") -> dict[str, Any]:
        """Make what an operation sees of runs late by ``seconds`` of the emulator's time; None: every operation.

        ``what``: ``existence``, ``state``, ``tags`` or ``all``; 0 seconds takes it back. Returns what is late. See
        `views.Lag`.
        """
        lags: dict[str, Any] = self._send("POST", "lag", {"operation": operation, "seconds": seconds, "what": what})
        return dict(lags["lags"])

    def outage(self, seconds: float, operations: Sequence[str] | None = None, *, after: float = 0.0) -> None:
        """For a while these operations answer 404 for every run; see `views.Outage`."""
        named = {} if operations is None else {"operations": list(operations)}
        self._send("POST", "outage", {"seconds": seconds, "after": after, **named})

    def set_options(self, **options: Any) -> dict[str, Any]:
        """Set some behaviours that AWS does not document; returns all. See `options.Options`."""
        return self._send("POST", "options", options)

    def set_quotas(self, *, enabled: bool = True, scale: float = 1.0) -> None:
        """Enforce AWS's quotas; ``scale`` multiplies rates and bursts."""
        self._send("POST", "quotas", {"enabled": enabled, "scale": scale})

    def arm(self, kind: str, operation: str | None = None, **details: Any) -> None:
        """Arm a fault: see `faults.Fault` for its kinds and details."""
        self._send("POST", "faults", {"kind": kind, "operation": operation, **details})

    def disarm(self) -> None:
        """Forget all armed faults, and let go of every call that is held."""
        self._send("DELETE", "faults")

    def wait_held(self, name: str = "hold", *, count: int = 1, timeout: float = 20.0) -> None:
        """Return as soon as ``count`` calls are held at this point; a TimeoutError if they are not in time."""
        held = self._send("GET", "held", {"name": name, "count": count, "timeout": timeout}, timeout + _TIMEOUT)["held"]
        if held < count:
            raise TimeoutError(f"{held} of {count} calls are held at {name!r} after {timeout} s")

    def release(self, name: str = "hold", *, then: str = "proceed") -> None:
        """Let go of the calls held at this point; with ``then="drop"`` their connections are closed instead."""
        self._send("POST", "release", {"name": name, "then": then})

    def reset(self, *, everything: bool = False) -> None:
        """Back to the start, with the options that it was started with; ``everything``: S3 and the other services too."""
        self._send("POST", "/moto-api/reset" if everything else "reset")

    def _send(
        self, method: str, path: str, arguments: Mapping[str, Any] | None = None, timeout: float = _TIMEOUT
    ) -> dict[str, Any]:
        url, body = self.endpoint + (path if path.startswith("/") else f"/_emrs/{path}"), None
        if method == "GET":
            url += f"?{urlencode(arguments)}" if arguments else ""
        else:
            body = json.dumps(arguments or {}).encode()
        request = urllib.request.Request(url, data=body, method=method)  # noqa: S310 - the caller's own endpoint
        try:
            with _DIRECT.open(request, timeout=timeout) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            raise ControlError(_reason(error)) from None


def _reason(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.load(error)["error"])
    except (ValueError, KeyError):
        return str(error)
