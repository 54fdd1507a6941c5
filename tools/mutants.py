"""Whether the kill matrix would notice: each part of the launch protocol taken away, and the cells that must then fail.

Each mutation is made in a copy of the package in a temporary folder; the cells are played on the real engine, first
with an unchanged copy (they must pass), then with each mutant (one at least must fail). Ends with 1 if a mutant lives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "provider" / "pulumi_emr_serverless"
TEST = "tests/engine/test_matrix.py::test_one_intent_is_one_run"

FOUND_AGAIN = "first create / sent, no answer / SIGKILL provider / plain up"
ANOTHER = "first create / answered / SIGKILL provider / another definition"
JOB_ALONE = "destroy of the job alone / after the cancellation / SIGKILL provider / plain up"
REPLACED = "--replace / between delete and create / SIGKILL provider / same command"


@dataclass(frozen=True)
class Mutant:
    """A part of the protocol that is taken away: texts that are replaced, each of which must be there exactly once."""

    name: str
    file: str
    changes: tuple[tuple[str, str], ...]
    cells: tuple[str, ...]


MUTANTS = (
    Mutant(
        "the launch token is made at random inside create",
        "verbs/job_run.py",
        (("Launch(props[LAUNCH_TOKEN],", "Launch(mint_launch_token(datetime.now(timezone.utc)),"),),
        (FOUND_AGAIN,),
    ),
    Mutant(
        "the closed tag is not written",
        "launching/stop.py",
        (("self.aws.tag(arn, {CLOSED_TAG: why})", "pass"),),
        (JOB_ALONE, REPLACED),
    ),
    Mutant(
        "the counter is left out of the token",
        "launching/tokens.py",
        (("self.launch_token, str(counter), self.intent)", "self.launch_token, self.intent)"),),
        (JOB_ALONE,),
    ),
    Mutant(
        "orphans are not looked for",
        "launching/start.py",
        (
            (
                "        if self.memory.was_minted(launch.launch_token):\n            return None\n",
                "        return None\n",
            ),
        ),
        (ANOTHER,),
    ),
)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--verbose", action="store_true", help="show what the tests print")
    verbose = arguments.parse_args().verbose
    with tempfile.TemporaryDirectory() as folder:
        if failing := failing_cells(copied(Path(folder) / "unchanged"), tuple(all_cells()), verbose=verbose):
            print("These cells fail without any mutation:", *failing, sep="\n  ")
            return 1
        print(f"unchanged: {len(all_cells())} cells pass")
        living = [mutant for number, mutant in enumerate(MUTANTS) if lives(mutant, Path(folder) / str(number), verbose)]
    return 1 if living else 0


def all_cells() -> dict[str, None]:
    return {cell: None for mutant in MUTANTS for cell in mutant.cells}


def lives(mutant: Mutant, folder: Path, verbose: bool) -> bool:
    package = copied(folder)
    file = package / "pulumi_emr_serverless" / mutant.file
    text = file.read_text()
    for old, new in mutant.changes:
        if text.count(old) != 1:
            raise SystemExit(f"{mutant.name}: {mutant.file} does not have this exactly once any more: {old!r}")
        text = text.replace(old, new)
    file.write_text(text)
    failing = failing_cells(package, mutant.cells, verbose=verbose)
    print(f"{mutant.name}: {len(failing)} of {len(mutant.cells)} cells fail{'' if failing else ' - IT LIVES'}")
    return not failing


def copied(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def failing_cells(package: Path, cells: tuple[str, ...], *, verbose: bool) -> list[str]:
    """The cells that fail with this copy of the package. An error of the test run itself ends everything."""
    failing = []
    for cell in cells:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{TEST}[{cell}]"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(package),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PULUMI_EMRS_EXHAUSTIVE": "1",  # else only the cells of the core are there
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if verbose:
            print(done.stdout)
        if done.returncode not in (0, 1):
            raise SystemExit(f"the cell {cell!r} could not be played:\n{done.stdout}")
        if done.returncode:
            failing.append(cell)
    return failing


if __name__ == "__main__":
    sys.exit(main())
