"""`tools/pulumi/ensure`: which engine is taken, and that a build happens once, wholly or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ENSURE = Path(__file__).parents[2] / "tools" / "pulumi" / "ensure"
PARTS = (
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-language-yaml",
    "pulumi-resource-pulumi-python",
)
PATIENCE = 30.0

# It notes its calls, and builds what -o names as soon as the gate is open.
FAKE_GO = """#!/bin/sh
echo "$1" >> "$FAKE/calls"
case "$1" in
env) printf '%s\\n%s\\n' "$FAKE_GO_VERSION" "$FAKE_GO_TOOLCHAIN" ;;
list) echo "$FAKE/sdk" ;;
build)
    echo $$ > "$FAKE/building"
    while [ ! -e "$FAKE/gate" ]; do command -p sleep 0.02; done
    if [ -e "$FAKE/broken" ]; then
        echo 'go: downloading example.org/module v1.0.0' >&2
        echo 'main.go:1: undefined: engine' >&2
        exit 1
    fi
    while [ "$1" != -o ]; do shift; done
    echo '#!/bin/sh' > "$2"
    command -p chmod +x "$2"
    ;;
esac
"""


@dataclass
class Machine:
    """A home, a PATH with nothing but fakes, and the calls that the fake Go has noted."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in ("bin", "sdk/python/cmd", "sdk/python/dist"):
            (self.root / folder).mkdir(parents=True)
        for script in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
            (self.root / "sdk" / "python" / script).write_text("#!/bin/sh\n")
        self.open_gate()
        self.environment = {
            "HOME": str(self.root),
            "PATH": str(self.root / "bin"),
            "FAKE": str(self.root),
            "FAKE_GO_VERSION": "go1.99.0",
            "FAKE_GO_TOOLCHAIN": "local",
        }

    @property
    def engines(self) -> Path:
        return self.root / ".cache" / "pulumi-emr-serverless" / "engine"

    def open_gate(self) -> None:
        (self.root / "gate").touch()

    def close_gate(self) -> None:
        (self.root / "gate").unlink()

    def install(self, name: str, text: str = "#!/bin/sh\n", folder: str = "bin") -> None:
        file = self.root / folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def install_pulumi(self, version: str, parts: tuple[str, ...] = PARTS) -> None:
        for part in parts:
            self.install(part)
        self.install("pulumi", f"#!/bin/sh\necho {version}\n")

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(ENSURE)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(self) -> tuple[int, str, str]:
        process = self.start()
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def calls(self, verb: str) -> int:
        noted = self.root / "calls"
        return noted.read_text().split().count(verb) if noted.exists() else 0

    def unfinished(self) -> list[str]:
        return [file.name for file in self.engines.iterdir() if ".unfinished-" in file.name]

    def await_build(self) -> int:
        """The process id of the fake Go that now builds."""
        noted = self.root / "building"
        until(lambda: noted.exists() and noted.read_text().endswith("\n"))
        return int(noted.read_text())


def until(condition: Callable[[], bool]) -> None:
    """Other processes are waited for, so this one time is real."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    machine.open_gate()
    for process in machine.started:
        process.communicate(timeout=PATIENCE)


def assert_engine(folder: Path) -> None:
    assert sorted(file.name for file in folder.iterdir()) == sorted(PARTS)
    assert all(os.access(folder / part, os.X_OK) for part in PARTS)


@pytest.mark.parametrize(
    "version",
    ["v3.214.0", "v3.259.0", "3.300.1-dev.0", "v4.0.0"],
    ids=["the oldest", "the pinned one", "a development build", "a major to come"],
)
def test_own_engine_serves(machine: Machine, version: str) -> None:
    """Who has Pulumi waits for no build, and needs no Go."""
    machine.install_pulumi(version)
    machine.install("go", FAKE_GO)
    assert machine.run() == (0, f"{machine.root / 'bin'}\n", "")
    assert machine.calls("build") == 0


def test_own_engine_may_be_spread_over_path(machine: Machine) -> None:
    """Some package managers put language plugins elsewhere; PATH is what the CLI searches, too."""
    machine.install_pulumi("v3.259.0", parts=())
    for part in PARTS[1:]:
        machine.install(part, folder="elsewhere")
    machine.environment["PATH"] += os.pathsep + str(machine.root / "elsewhere")
    assert machine.run() == (0, f"{machine.root / 'bin'}\n", "")


@pytest.mark.parametrize(
    ("version", "parts", "reason"),
    [
        ("v3.213.9", PARTS, "is 3.213.9, older than 3.214.0"),
        ("v2.999.0", PARTS, "is 2.999.0, older than 3.214.0"),
        ("v3.259.0", PARTS[:-1], "has no pulumi-resource-pulumi-python"),
        ("nonsense", PARTS, "does not answer `pulumi version`"),
    ],
    ids=["one release too old", "another major", "without the dynamic provider", "a shim that runs nothing"],
)
def test_own_engine_that_does_not_serve(machine: Machine, version: str, parts: tuple[str, ...], reason: str) -> None:
    """Tests on half an engine, or on one without the features they use, would fail far from the cause."""
    machine.install_pulumi(version, parts)
    status, out, err = machine.run()
    assert (status, out) == (1, "")
    assert reason in err
    assert "there is no Go to build one" in err

    machine.install("go", FAKE_GO)
    status, out, _ = machine.run()
    assert status == 0
    assert_engine(Path(out.strip()))

    machine.environment["PULUMI_EMRS_ENGINE"] = "path"
    status, out, err = machine.run()
    assert (status, out) == (1, "")
    assert reason in err


def test_pinned_engine_on_request(machine: Machine) -> None:
    """A maintainer tests on the pinned engine without hiding the own one."""
    machine.install_pulumi("v3.300.0")
    machine.install("go", FAKE_GO)
    machine.environment["PULUMI_EMRS_ENGINE"] = "build"
    status, out, _ = machine.run()
    assert status == 0
    assert Path(out.strip()).parent == machine.engines


@pytest.mark.parametrize(
    ("go", "toolchain", "status"),
    [
        (None, "", 1),
        ("go1.24.9", "local", 1),
        ("go1.20.1", "", 1),
        ("go1.24.9", "auto", 0),
        ("go1.25.11", "local", 0),
        ("go1.26rc1", "local", 0),
    ],
    ids=[
        "no Go",
        "too old, and may not fetch another",
        "too old to know of toolchains",
        "fetches the toolchain it lacks",
        "exactly what go.mod says",
        "a release candidate",
    ],
)
def test_go(machine: Machine, go: str | None, toolchain: str, status: int) -> None:
    """One sentence says what to install, instead of Go's many, or a traceback."""
    if go:
        machine.install("go", FAKE_GO)
        machine.environment |= {"FAKE_GO_VERSION": go, "FAKE_GO_TOOLCHAIN": toolchain}
    seen, _, err = machine.run()
    assert seen == status
    if status:
        assert err.endswith("install Pulumi 3.214.0 or newer, or Go 1.25.11 or newer to build it.\n")
        assert err.count("\n") == 1


def test_unknown_choice(machine: Machine) -> None:
    """A typo must not start a build of minutes."""
    machine.environment["PULUMI_EMRS_ENGINE"] = "never"
    status, out, err = machine.run()
    assert (status, out, err) == (1, "", "PULUMI_EMRS_ENGINE is 'never': set it to auto, path or build.\n")


def test_second_call_does_not_build(machine: Machine) -> None:
    """Every `make test` asks for the engine."""
    machine.install("go", FAKE_GO)
    _, first, err = machine.run()
    assert "[1/3] go build pulumi\n" in err
    assert "[2/3] go build pulumi-language-python\n" in err
    assert "[3/3] go build pulumi-language-yaml\n" in err
    assert machine.calls("build") == 3
    assert_engine(Path(first.strip()))

    (machine.root / "bin" / "go").unlink()
    assert machine.run() == (0, first, "")


def test_cache_follows_xdg(machine: Machine) -> None:
    """CI keeps the engine between runs by naming the folder."""
    machine.install("go", FAKE_GO)
    machine.environment["XDG_CACHE_HOME"] = str(machine.root / "kept")
    _, out, _ = machine.run()
    assert Path(out.strip()).parent == machine.root / "kept" / "pulumi-emr-serverless" / "engine"


def test_concurrent_calls_build_once(machine: Machine) -> None:
    """Two terminals, or two CI jobs with one cache, do not build over each other."""
    machine.install("go", FAKE_GO)
    machine.close_gate()
    first = machine.start()
    machine.await_build()
    second = machine.start()
    assert second.stderr is not None
    assert second.stderr.readline() == "Another build of the Pulumi engine is under way: waiting for it.\n"
    machine.open_gate()
    answers = [process.communicate(timeout=PATIENCE)[0] for process in (first, second)]
    assert answers[0] == answers[1]
    assert machine.calls("build") == 3
    assert_engine(Path(answers[0].strip()))


def test_killed_build_is_cleared_away(machine: Machine) -> None:
    """A CI job that is killed outright cannot clean up: the next call does, and no half engine is ever used."""
    machine.install("go", FAKE_GO)
    machine.close_gate()
    process = machine.start()
    machine.await_build()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert len(machine.unfinished()) == 1

    machine.open_gate()
    status, out, _ = machine.run()
    assert status == 0
    assert_engine(Path(out.strip()))
    assert machine.unfinished() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stopped_build_leaves_nothing(machine: Machine, number: signal.Signals) -> None:
    """Ctrl-C, a CI timeout, a closed terminal: no folder of a hundred megabytes, no Go left working."""
    machine.install("go", FAKE_GO)
    machine.close_gate()
    process = machine.start()
    go = machine.await_build()
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert machine.unfinished() == []
    with pytest.raises(ProcessLookupError):
        os.kill(go, 0)


def test_failed_build_shows_what_go_said(machine: Machine) -> None:
    """The cause is in Go's own words, without its hundreds of download lines; nothing half-made stays."""
    machine.install("go", FAKE_GO)
    (machine.root / "broken").touch()
    status, out, err = machine.run()
    assert (status, out) == (1, "")
    assert "main.go:1: undefined: engine\n" in err
    assert "downloading" not in err
    assert err.endswith("`[1/3] go build pulumi` failed (exit status 1); what Go said is above.\n")
    assert [file.name for file in machine.engines.iterdir()] == ["lock"]
