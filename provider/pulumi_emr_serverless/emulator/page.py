"""One page that shows what goes on in the emulator: ``/_emrs/`` in a browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from html import escape
from typing import Any

from pulumi_emr_serverless.emulator.emulator import Emulator

_CALLS = 50


def overview(emulator: Emulator) -> str:
    """The applications, the runs, the newest first, each with a link to its logs, and the latest calls. Reloads itself."""
    runs = [
        (
            _Link(run["job_run_id"], f"dashboard/{run['job_run_id']}"),
            run["name"] or "",
            run["state"],
            run["attempt"],
            run["state_details"],
            _time(run["created_at"]),
        )
        for run in reversed(emulator.service.runs())
    ]
    calls = [
        (_time(call.at), call.operation, call.http_status, call.error_code or "", call.job_run_id or "")
        for call in emulator.call_log.latest(_CALLS)
    ]
    return (
        "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=2><title>emrs local</title>"
        "<style>body{font:14px system-ui;margin:2em}td,th{padding:.2em 1em .2em 0;text-align:left}</style>"
        "<h1>EMR Serverless on this machine</h1>"
        + _table(
            "Applications", ("Application", "Name", "Engine", "Release", "State", "Account"), _applications(emulator)
        )
        + _table("Job runs", ("Run", "Name", "State", "Attempt", "Details", "Created"), runs)
        + _table("Latest calls", ("At", "Operation", "Status", "Error", "Run"), calls)
    )


def dashboard(emulator: Emulator, run_id: str, logs: Mapping[str, str]) -> str:
    """A run: what became of it, and its logs."""
    (run,) = [run for run in emulator.service.runs() if run["job_run_id"] == run_id]
    past = [(_time(one["at"]), one["state"], one["attempt"]) for one in run["history"]]
    texts = "".join(
        f"<h2>{escape(name)}</h2><pre>{escape(text)}</pre>" for name, text in sorted(logs.items(), reverse=True)
    )
    return (
        f"<!doctype html><meta charset=utf-8><title>{escape(run_id)}</title>"
        "<style>body{font:14px system-ui;margin:2em}td,th{padding:.2em 1em .2em 0;text-align:left}</style>"
        f"<h1>{escape(run['name'] or run_id)}</h1><p>{escape(run['state_details'])}"
        + _table("States", ("At", "State", "Attempt"), past)
        + texts
    )


@dataclass(frozen=True)
class _Link:
    text: str
    to: str

    def __str__(self) -> str:
        return self.text


def _applications(emulator: Emulator) -> list[tuple[str, ...]]:
    now = emulator.world.clock.now()
    return [
        (one.application_id, one.name or "", one.engine, one.release_label, one.state(now), place.caller.account)
        for place, one in emulator.service.applications()
    ]


def _cell(value: Any) -> str:
    text = escape(str(value))
    return f'<td><a href="{escape(value.to)}">{text}</a>' if isinstance(value, _Link) else f"<td>{text}"


def _table(title: str, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    heading = "".join(f"<th>{escape(name)}" for name in head)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) for row in rows)
    return f"<h2>{escape(title)}</h2><table><tr>{heading}{body}</table>"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, timezone.utc).strftime("%H:%M:%S")
