"""Gives runs their slots, drives them, and tells the emulator what became of them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pulumi_emr_serverless.emulator.drivers import Report, Stage
from pulumi_emr_serverless.emulator.neighbours import Neighbours
from pulumi_emr_serverless.emulator.runs import TERMINAL, Run, may_retry
from pulumi_emr_serverless.emulator.spark.files import FileError, Files
from pulumi_emr_serverless.emulator.spark.installation import Installation
from pulumi_emr_serverless.emulator.spark.job import driver_python, job_of, settings_of_s3, spark_arguments
from pulumi_emr_serverless.emulator.spark.process import Process
from pulumi_emr_serverless.emulator.texts import FAILED_WITH
from pulumi_emr_serverless.emulator.wire import Caller

_LOOK = 0.1
"""Seconds between two looks at a driver, and at what the time has brought to its run."""

_SHOW = 10
"""So many looks between two writings of its logs."""

_DEATH = 5.0
"""Seconds to wait for a driver that was killed."""

_EXCEPTIONS = 3
"""So many of the last exceptions stand in AWS's words."""

_EXCEPTION = re.compile(r"^(?:Caused by: )?[\w.$]*(?:Error|Exception|Exit|Interrupt)\b(?::.*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Settings:
    """``slots``: so many runs at once. ``allowed``: folders of this machine whose files jobs may name."""

    installation: Installation
    slots: int = os.cpu_count() or 1
    allowed: Sequence[Path] = ()


@dataclass
class _Drive:
    """A run on its way. ``process`` is that of the attempt under way."""

    caller: Caller
    run: Run
    queues: bool
    folder: Path
    attempt: int = 1
    process: Process | None = None
    over: threading.Event = field(default_factory=threading.Event)


class Runner:
    """``Drivers`` that run Spark. ``slots`` runs at once; who comes first has the first that is free."""

    def __init__(self, settings: Settings, neighbours: Neighbours, stage: Stage, *, endpoint: str) -> None:
        self._installation = settings.installation
        self._files = Files(neighbours, settings.installation.spark_home, settings.allowed)
        self._stage = stage
        self._endpoint = endpoint
        self._slots = _Slots(settings.slots)
        self._cores = max(1, (os.cpu_count() or 1) // settings.slots)
        self._lock = threading.Lock()
        self._drives: dict[str, _Drive] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="emrs-spark-"))

    def begin(self, caller: Caller, run: Run, *, queues: bool) -> None:
        drive = _Drive(caller, run, queues, self._folder / run.run_id)
        with self._lock:
            self._drives[run.run_id] = drive
        ticket = self._slots.queue()  # here, so that the order is that of StartJobRun
        threading.Thread(target=self._live, args=(drive, ticket), daemon=True, name=run.run_id).start()

    def end(self, run_id: str) -> None:
        drive = self._drives.get(run_id)
        process = drive.process if drive is not None else None
        if process is not None:
            process.end()

    def kill(self, run_id: str) -> None:
        drive = self._drives.get(run_id)
        if drive is not None:
            _kill([drive])

    def logs(self, run_id: str, attempt: int) -> Mapping[str, str]:
        drive = self._drives.get(run_id)
        folder = drive.folder / str(attempt) if drive is not None else None
        if folder is None or not folder.is_dir():
            return {}
        # A line that is still being written would be two of CloudWatch's.
        whole = drive is None or drive.process is None or drive.attempt != attempt
        return {f"SPARK_DRIVER/{name}": _text(folder / name, whole=whole) for name in ("stdout", "stderr")}

    def reset(self) -> None:
        with self._lock:
            drives, self._drives = list(self._drives.values()), {}
        _kill(drives)
        for drive in drives:
            shutil.rmtree(drive.folder, ignore_errors=True)

    def close(self) -> None:
        """The emulator ends: no driver is left, and no file."""
        self.reset()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _live(self, drive: _Drive, ticket: Ticket) -> None:
        """A run, from its slot to its end."""
        try:
            self._run(drive, ticket)
        except Exception as error:  # noqa: BLE001 - a run that nobody ends would be waited for without end
            self._tell(drive, "FAILED", f"emrs local could not run it: {error}", final=True)

    def _run(self, drive: _Drive, ticket: Ticket) -> None:
        with self._slot(drive, ticket) as free:
            failures: list[float] = []
            if free:
                self._tell(drive, "PENDING")
            while free and not drive.over.is_set():
                details = self._attempt(drive)
                if details is None:
                    self._tell(drive, "SUCCESS", final=True)
                    return
                failures.append(self._stage.now())
                if not may_retry(drive.run, failures):
                    self._tell(drive, "FAILED", details, final=True)
                    return
                self._again(drive, details)

    @contextmanager
    def _slot(self, drive: _Drive, ticket: Ticket) -> Iterator[bool]:
        """Waits for a slot; False if the run ended before."""
        try:
            free = self._slots.has(ticket, 0)
            if not free and drive.queues:
                self._tell(drive, "QUEUED")
            while not free and not drive.over.is_set():
                free = self._slots.has(ticket, _LOOK)
                self._stage.catch_up()
            yield free
        finally:
            self._slots.leave(ticket)

    def _attempt(self, drive: _Drive) -> str | None:
        """Run it once. None if it went well, else AWS's words for what went wrong."""
        self._tell(drive, "SCHEDULED")
        logs = drive.folder / str(drive.attempt)
        work = drive.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        for folder in (logs, work):
            folder.mkdir(parents=True)
        try:
            command, environment = self._prepared(drive, work, logs / "stderr")
        except FileError as error:
            (logs / "stdout").touch()
            (logs / "stderr").write_text(f'Exception in thread "main" {error}\n')
            return _details(1, str(error))
        drive.process = Process(
            command, folder=work, environment=environment, stdout=logs / "stdout", stderr=logs / "stderr"
        )
        if self._tell(drive, "RUNNING") != "RUNNING":  # cancelled, or reset, before there was anything to end
            drive.process.kill()
        code = self._watched(drive, drive.process)
        drive.process = None
        return None if code == 0 else _details(code, _text(logs / "stderr"))

    def _watched(self, drive: _Drive, process: Process) -> int:
        """Its exit code, once it has ended. Meanwhile its logs are written, and time has its way with its run."""
        looks = 0
        while (code := process.wait(_LOOK)) is None:
            looks += 1
            self._stage.catch_up()
            if looks % _SHOW == 0:
                self._stage.show(drive.run.run_id)
        return code

    def _prepared(self, drive: _Drive, work: Path, stderr: Path) -> tuple[list[str], dict[str, str]]:
        """The driver's command and environment, with all its files in ``work``. Raises `FileError`."""
        job, caller = job_of(drive.run.request), drive.caller

        def fetched(addresses: Sequence[str]) -> list[str]:
            return [str(self._files.fetch(caller, address, work)) for address in addresses]

        entry_point = str(self._files.fetch(caller, job.entry_point, work))
        jars, py_files, files = fetched(job.jars), fetched(job.py_files), fetched(job.files)
        for archive in job.archives:
            self._files.unpack(caller, archive, work)
        settings = {
            "spark.master": f"local[{self._cores}]",
            "spark.app.name": drive.run.name or drive.run.run_id,
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.ui.enabled": "false",
            "spark.jars.ivy": str(self._installation.cache / "ivy"),
            **settings_of_s3(self._endpoint, caller.region),
        }
        own = [f"--conf={name}={value}" for name, value in settings.items()]
        asked = spark_arguments(job, jars=jars, py_files=py_files, files=files)
        environment = {**self._installation.environment(), **self._aws(caller), **job.environment}
        python = _python(drive.folder / "python", driver_python(job.properties, environment), stderr)
        arguments = (*own, *asked, f"--conf=spark.pyspark.driver.python={python}", entry_point, *job.arguments)
        return self._installation.command(*arguments, java_options=job.java_options), environment

    def _aws(self, caller: Caller) -> dict[str, str]:
        """What leads AWS clients of the job, and Spark's own, to the emulator, in the account of the run."""
        return {
            "AWS_ENDPOINT_URL": self._endpoint,
            "AWS_ACCESS_KEY_ID": caller.account,
            "AWS_SECRET_ACCESS_KEY": "emrs",
            "AWS_REGION": caller.region,
            "AWS_DEFAULT_REGION": caller.region,
        }

    def _tell(self, drive: _Drive, state: str, details: str = "", *, final: bool = False) -> str | None:
        return self._report(drive, Report(state, details, drive.attempt, final=final))

    def _again(self, drive: _Drive, details: str) -> None:
        """The attempt failed and another one follows: nobody may see the run FAILED in between."""
        failed = Report("FAILED", details, drive.attempt)
        self._report(drive, failed, Report("PENDING", "", drive.attempt + 1))
        drive.attempt += 1

    def _report(self, drive: _Drive, *reports: Report) -> str | None:
        now = self._stage.report(drive.run.run_id, reports)
        if now is None or now in TERMINAL:
            drive.over.set()
        return now


@dataclass
class Ticket:
    """A place in the queue for a slot."""


class _Slots:
    """So many at once; the first come have them."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._changed = threading.Condition()
        self._tickets: list[Ticket] = []

    def queue(self) -> Ticket:
        with self._changed:
            self._tickets.append(ticket := Ticket())
            return ticket

    def has(self, ticket: Ticket, seconds: float) -> bool:
        """Does it have a slot, or within so many seconds?"""
        with self._changed:
            return self._changed.wait_for(lambda: self._place(ticket) < self._count, seconds)

    def leave(self, ticket: Ticket) -> None:
        with self._changed:
            del self._tickets[self._place(ticket)]
            self._changed.notify_all()

    def _place(self, ticket: Ticket) -> int:
        return next(place for place, one in enumerate(self._tickets) if one is ticket)


def _python(script: Path, python: str, stderr: Path) -> Path:
    """The driver's Python, with its stderr where it belongs: Spark would mix it into stdout."""
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(python)} "$@" 2>>{shlex.quote(str(stderr))}\n')
    script.chmod(0o700)
    return script


def _details(code: int, stderr: str) -> str:
    """AWS's words for a driver that failed, with the last exceptions that it told."""
    told = [found.group().strip() for found in _EXCEPTION.finditer(stderr)][-_EXCEPTIONS:]
    return FAILED_WITH.value.format(code=code, exceptions=" ".join(told) or "none")


def _text(log: Path, *, whole: bool = True) -> str:
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return text if whole else text[: text.rfind("\n") + 1]


def _kill(drives: Sequence[_Drive]) -> None:
    """All at once. When this returns, no driver of theirs is left."""
    for drive in drives:
        drive.over.set()
    processes = [process for drive in drives if (process := drive.process) is not None]
    for process in processes:
        process.kill()
    for process in processes:
        process.wait(_DEATH)
