"""The types as a user's editor and CI see them, judged by mypy and by pyright."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

FILES = Path(__file__).parents[1] / "typing"
IGNORE = re.compile(r"  # type: ignore\[[a-z-]+\]$", re.MULTILINE)


def mypy(file: Path) -> set[int]:
    """The lines in which mypy finds an error."""
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--no-error-summary",
            f"--cache-dir={file.parent.parent / 'mypy'}",
            file,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    return {int(line) for line in re.findall(rf"{re.escape(file.name)}:(\d+): error", ran.stdout)}


def pyright(file: Path) -> set[int]:
    """The lines in which pyright finds an error."""
    (file.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", file.parent],
        capture_output=True,
        text=True,
        check=False,
        cwd=file.parent,
    )
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    found = json.loads(ran.stdout)["generalDiagnostics"]
    return {one["range"]["start"]["line"] + 1 for one in found if one["severity"] == "error"}


CHECKERS = pytest.mark.parametrize("checker", [mypy, pyright])


@CHECKERS
def test_what_is_right_is_accepted(checker: type, tmp_path: Path) -> None:
    """A type that refuses a right program teaches people to ignore it."""
    file = tmp_path / "good.py"
    file.write_text((FILES / "good.py").read_text("utf-8"), encoding="utf-8")

    assert checker(file) == set()


@CHECKERS
def test_each_wrong_line_is_reported(checker: type, tmp_path: Path) -> None:
    """A type that is only Any accepts everything: each mistake must be found where it is, and nothing else."""
    source = (FILES / "wrong.py").read_text("utf-8")
    file = tmp_path / "wrong.py"
    file.write_text(IGNORE.sub("", source), encoding="utf-8")
    wrong = {number for number, line in enumerate(source.splitlines(), 1) if "# type: ignore[" in line}

    assert len(wrong) >= 20
    assert checker(file) == wrong
