"""The emulator's own API under ``/_emrs/``: what a test turns, and what it reads. The other end is `control.Control`."""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from pulumi_emr_serverless._version import __version__
from pulumi_emr_serverless.emulator.emulator import Emulator
from pulumi_emr_serverless.emulator.fates import fate_from
from pulumi_emr_serverless.emulator.faults import fault_from
from pulumi_emr_serverless.emulator.page import dashboard, overview
from pulumi_emr_serverless.emulator.views import lag_from, outage_from
from pulumi_emr_serverless.emulator.wire import Answer, Request

PREFIX = "/_emrs/"
DASHBOARDS = f"{PREFIX}dashboard/"
"""No bucket's name may begin with an underscore, so this hides nothing of S3."""

Document = dict[str, Any]


def answer_control(emulator: Emulator, request: Request) -> Answer:
    if (request.method, request.path) == ("GET", PREFIX):
        return _encoded(200, overview(emulator).encode(), "text/html; charset=utf-8")
    if request.method == "GET" and request.path.startswith(DASHBOARDS):
        return _dashboard(emulator, request.path.removeprefix(DASHBOARDS))
    route = _ROUTES.get((request.method, request.path.removeprefix(PREFIX)))
    if route is None:
        return _json(404, {"error": f"there is no {request.method} {request.path}"})
    try:
        return _json(200, route(emulator, _arguments(request)))
    except (ValueError, TypeError, LookupError) as error:
        return _json(400, {"error": str(error)})


def _dashboard(emulator: Emulator, path: str) -> Answer:
    """``RUN`` is its page; ``RUN/logs/SPARK_DRIVER/stderr.gz`` a log of it, which is text without ``.gz``."""
    run_id, _, below = path.strip("/").partition("/")
    try:
        logs = emulator.logs(run_id)
    except LookupError as error:
        return _json(404, {"error": str(error)})
    if not below:
        return _encoded(200, dashboard(emulator, run_id, logs).encode(), "text/html; charset=utf-8")
    name = below.removeprefix("logs/")
    text = logs.get(name.removesuffix(".gz"))
    if text is None:
        return _json(404, {"error": f"run {run_id} has no log {name}; it has {', '.join(sorted(logs)) or 'none yet'}"})
    if name.endswith(".gz"):
        return _encoded(200, gzip.compress(text.encode(), mtime=0), "application/gzip")
    return _encoded(200, text.encode(), "text/plain; charset=utf-8")


def _health(emulator: Emulator, _: Document) -> Document:
    return {
        "status": "ok",
        "version": __version__,
        "now": emulator.world.clock.now(),
        "frozen": emulator.world.clock.frozen,
        "calls": emulator.call_log.arrived,
        "violations": emulator.violations(),
    }


def _calls(emulator: Emulator, arguments: Document) -> Document:
    return {"calls": [dataclasses.asdict(call) for call in emulator.calls(arguments.get("operation"))]}


def _runs(emulator: Emulator, _: Document) -> Document:
    return {"runs": emulator.service.runs()}


def _clock(emulator: Emulator, arguments: Document) -> Document:
    clock = emulator.world.clock
    if "freeze" in arguments:
        clock.freeze(arguments["freeze"])
    if "advance" in arguments:
        clock.advance(float(arguments["advance"]))
    if arguments.get("resume"):
        clock.resume()
    return {"now": clock.now(), "frozen": clock.frozen}


def _fate(emulator: Emulator, arguments: Document) -> Document:
    pattern = arguments.pop("pattern", None)
    emulator.world.fates.set(fate_from(arguments), pattern)
    return {}


def _settle(emulator: Emulator, arguments: Document) -> Document:
    emulator.service.settle(arguments["job_run_id"], arguments["outcome"], arguments.get("details"))
    return {}


def _lag(emulator: Emulator, arguments: Document) -> Document:
    emulator.world.views.set(lag_from(arguments))
    return {"lags": emulator.world.views.lags()}


def _outage(emulator: Emulator, arguments: Document) -> Document:
    emulator.world.views.begin(outage_from(arguments), emulator.world.clock.now())
    return {}


def _options(emulator: Emulator, arguments: Document) -> Document:
    emulator.world.options = emulator.world.options.changed(**arguments)
    return dataclasses.asdict(emulator.world.options)


def _quotas(emulator: Emulator, arguments: Document) -> Document:
    emulator.quotas.set(enabled=bool(arguments.get("enabled", True)), scale=float(arguments.get("scale", 1)))
    return {}


def _arm(emulator: Emulator, arguments: Document) -> Document:
    emulator.faults.arm(fault_from(arguments))
    return {}


def _disarm(emulator: Emulator, _: Document) -> Document:
    emulator.faults.disarm()
    return {}


def _release(emulator: Emulator, arguments: Document) -> Document:
    then = arguments.get("then", "proceed")
    if then not in ("proceed", "drop"):
        raise ValueError(f"a held call proceeds or is dropped, not {then!r}")
    emulator.faults.gates.release(arguments["name"], then)
    return {}


def _held(emulator: Emulator, arguments: Document) -> Document:
    count, timeout = int(arguments.get("count", 1)), float(arguments.get("timeout", 0))
    return {"held": emulator.faults.gates.held(arguments["name"], count, timeout)}


def _reset(emulator: Emulator, _: Document) -> Document:
    emulator.reset()
    return {}


_ROUTES: Mapping[tuple[str, str], Callable[[Emulator, Document], Document]] = {
    ("GET", "health"): _health,
    ("GET", "calls"): _calls,
    ("GET", "runs"): _runs,
    ("GET", "clock"): _clock,
    ("POST", "clock"): _clock,
    ("POST", "fates"): _fate,
    ("POST", "settle"): _settle,
    ("POST", "lag"): _lag,
    ("POST", "outage"): _outage,
    ("POST", "options"): _options,
    ("POST", "quotas"): _quotas,
    ("POST", "faults"): _arm,
    ("DELETE", "faults"): _disarm,
    ("POST", "release"): _release,
    ("GET", "held"): _held,
    ("POST", "reset"): _reset,
}


def _arguments(request: Request) -> Document:
    if request.method == "GET":
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    document = json.loads(request.body or b"{}")
    if not isinstance(document, dict):
        raise TypeError("the body is a JSON object")
    return document


def _json(status: int, document: Document) -> Answer:
    return _encoded(status, json.dumps(document).encode(), "application/json")


def _encoded(status: int, body: bytes, content_type: str) -> Answer:
    return Answer(status, {"Content-Type": content_type, "Content-Length": str(len(body))}, body)
