"""What the emulator takes: a listing of many runs, a load of mixed requests, and memory over many calls.

The server is a process of its own, and the client speaks HTTP without an SDK, so that the figures are the emulator's.
Nothing is asserted: a busy machine is no defect.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import psutil

EMRS = [sys.executable, "-c", "from pulumi_emr_serverless.cli import main; main()"]
APPLICATION = "00emrslocalspark"
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/emr-serverless/aws4_request",
    "Content-Type": "application/json",
}
JOB = {
    "executionRoleArn": "arn:aws:iam::123456789012:role/job",
    "jobDriver": {"sparkSubmit": {"entryPoint": "s3://bucket/etl.py", "entryPointArguments": ["--day", "2025-01-01"]}},
    "tags": {"team": "data"},
}
MIX = (("start", 10), ("get", 50), ("list", 20), ("alive", 10), ("tags", 10))


class Client:
    """One request a connection, as the emulator's server has it."""

    def __init__(self, endpoint: str) -> None:
        self.address = urlsplit(endpoint).netloc
        self.runs: list[tuple[str, str]] = []

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), SIGNED)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} for {method} {path}: {text[:200]!r}")
            return dict(json.loads(text))
        finally:
            connection.close()

    def start(self) -> None:
        token = f"{random.getrandbits(64):x}"
        started = self.call(
            "POST", f"/applications/{APPLICATION}/jobruns", {**JOB, "clientToken": token, "name": token}
        )
        self.runs.append((started["jobRunId"], started["arn"]))

    def get(self) -> None:
        self.call("GET", f"/applications/{APPLICATION}/jobruns/{self._any()[0]}")

    def list(self) -> None:
        self.call("GET", f"/applications/{APPLICATION}/jobruns?maxResults=50")

    def alive(self) -> None:
        states = "&".join(f"states={state}" for state in ("SUBMITTED", "QUEUED", "PENDING", "SCHEDULED", "RUNNING"))
        self.call("GET", f"/applications/{APPLICATION}/jobruns?{states}")

    def tags(self) -> None:
        self.call("GET", f"/tags/{self._any()[1]}")

    def _any(self) -> tuple[str, str]:
        return random.choice(self.runs)  # noqa: S311 - as above


def milliseconds(action: Any) -> float:
    begun = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - begun)


def percentile(figures: list[float], share: float) -> float:
    return sorted(figures)[min(len(figures) - 1, int(share * len(figures)))]


def shown(figures: list[float]) -> str:
    return f"{statistics.median(figures):.2f} / {percentile(figures, 0.99):.2f} ms"


def mixed(client: Client, rate: int, seconds: int) -> list[float]:
    """Milliseconds from the moment at which each request was due, so that a queue counts."""
    names = [name for name, weight in MIX for _ in range(weight)]
    begun = time.perf_counter() + 0.5

    def one(number: int) -> float:
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        getattr(client, random.choice(names))()  # noqa: S311 - as above
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(32) as pool:
        return list(pool.map(one, range(rate * seconds)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=20_000)
    options.add_argument("--rate", type=int, default=100, help="mixed requests a second")
    options.add_argument("--seconds", type=int, default=30)
    options.add_argument("--calls", type=int, default=100_000, help="calls over which memory is watched")
    wanted = options.parse_args()
    begun = time.perf_counter()
    server = subprocess.Popen([*EMRS, "local", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        client = Client(json.loads(server.stdout.readline())["endpoint"])
        print(f"| ready after | {time.perf_counter() - begun:.2f} s |\n|---|---|")
        memory = psutil.Process(server.pid).memory_info
        starts = [milliseconds(client.start) for _ in range(wanted.runs)]
        print(f"| StartJobRun, the last thousand of {wanted.runs:,}, p50 / p99 | {shown(starts[-1000:])} |")
        print(f"| GetJobRun at {wanted.runs:,} runs | {shown([milliseconds(client.get) for _ in range(300)])} |")
        print(f"| ListJobRuns, 50 of {wanted.runs:,} | {shown([milliseconds(client.list) for _ in range(300)])} |")
        print(f"| ListJobRuns, those alive | {shown([milliseconds(client.alive) for _ in range(300)])} |")
        load = mixed(client, wanted.rate, wanted.seconds)
        print(f"| {wanted.rate} mixed requests a second for {wanted.seconds} s | {shown(load)} |")
        before, called = memory().rss, wanted.runs + 900 + len(load)
        while called < wanted.calls:
            client.get()
            called += 1
        print(
            f"| memory at {wanted.runs:,} runs; after {called:,} calls | {before >> 20} MB; {memory().rss >> 20} MB |"
        )
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
