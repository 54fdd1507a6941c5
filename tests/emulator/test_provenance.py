"""What the emulator knows of AWS says where it is from; a guess that looks like knowledge misleads everybody."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_emr_serverless import emulator
from pulumi_emr_serverless.emulator import parity, refusals
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.provenance import Fact, Provenance, assumed, seen
from pulumi_emr_serverless.emulator.service import OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(Path(emulator.__path__[0]).glob("*.py"))

OWN_ERRORS = {"ValueError", "TypeError", "LookupError", "TimeoutError", "ConnectionResetError"}
"""What is wrong with an order of a test, or with a connection: no answer of AWS's."""

NO_FACTS = {
    "agenda": "how time is kept",
    "pytest_plugin": "our own fixture",
    "call_log.LIMIT": "a bound of ours",
    "control": "the other end of our own API",
    "control_api": "our own API",
    "emulator.NOTES": "a bound of ours",
    "emulator.VIOLATIONS": "a bound of ours",
    "applications.REMEMBERED": "a bound of ours",
    "tags.REMEMBERED": "a bound of ours",
    "documents.ECHOED": "the model's own members, pinned by a test",
    "applications.SETTINGS": "the model's own members, pinned by a test",
    "parity": "the page of all this",
    "pages.FIRST": "a key of ours",
    "provenance": "the form of a fact",
    "runs.TERMINAL": "the value of a fact",
    "service.OPERATIONS": "which function does what",
    "service.LOCK_BY_THEMSELVES": "how we lock",
    "sizes.UNITS": "arithmetic",
    "spark_conf.WITHOUT_VALUE": "spark-submit's own grammar",
    "views.ASPECTS": "what a test may turn",
    "wire": "the protocol, out of the model",
    "constraints": "the protocol, out of the model",
    "world": "what is there from the start, which is ours",
}
"""Constants that say nothing about AWS, each with the reason."""


def constants(path: Path) -> Iterator[str]:
    """The names in capitals that a module assigns at its top."""
    for node in ast.parse(path.read_text()).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper() and not target.id.startswith("_"):
                yield target.id


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_constant_is_a_fact(path: Path) -> None:
    """A number that stands for AWS's own, without a word on where it is from, is the next guess that nobody checks."""
    if path.stem in NO_FACTS or path.stem in parity.TRANSPORT:
        return
    module = __import__(f"{emulator.__name__}.{path.stem}", fromlist=["_"])
    for name in constants(path):
        value: Any = getattr(module, name)
        facts = list(value.values()) if isinstance(value, dict) else [value]
        known = all(isinstance(each, (Fact, refusals.Refusal, Provenance)) for each in facts)
        assert known or f"{path.stem}.{name}" in NO_FACTS or path.stem == "faults", f"{path.stem}.{name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_an_answer_that_is_an_error_is_a_refusal(path: Path) -> None:
    """An error that is made up on the spot has no source."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("ApiError"):
            assert path.stem in ("refusals", "faults"), f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            raised = ast.unparse(node.exc.func)
            own = raised in OWN_ERRORS or raised in ("NeighbourError", "ControlError")
            assert own or raised in ("refusal.error", *(f"refusals.{name}.error" for name in vars(refusals))), (
                f"{path.name}:{node.lineno} raises {raised}"
            )


def test_every_refusal_is_used() -> None:
    """A no that nobody says is no knowledge of anything."""
    texts = "".join(path.read_text() for path in MODULES if path.stem != "refusals")
    for name, value in vars(refusals).items():
        if isinstance(value, refusals.Refusal):
            assert f"refusals.{name}" in texts, name


def test_every_option_has_a_provenance() -> None:
    """The defaults are what everybody builds on."""
    assert all(isinstance(one.metadata["provenance"], Provenance) for one in Options.__dataclass_fields__.values())


def test_knowledge_is_complete() -> None:
    """What was seen has a date, and an assumption says what happens if it is wrong."""
    with pytest.raises(ValueError, match="has a date"):
        seen("somewhere", "")
    with pytest.raises(ValueError, match="if it is wrong"):
        assumed("a feeling", "")
    with pytest.raises(ValueError, match="source"):
        Provenance("model", "")


def test_files_that_are_named_are_there() -> None:
    """An assumption that names the test which plays it names one that exists."""
    for each in parity.behaviours():
        for word in each.provenance.if_wrong.replace(":", " ").split():
            if word.startswith("tests/"):
                assert (ROOT / word).exists(), f"{each.name} names {word}"


def test_the_page_is_current() -> None:
    """`python -m pulumi_emr_serverless.emulator.parity > docs/parity.md` makes it anew."""
    assert (ROOT / "docs" / "parity.md").read_text() == parity.page()


def test_the_page_knows_enough() -> None:
    """A walk that stopped early would leave most of it out."""
    kinds = [each.provenance.kind for each in parity.behaviours()]
    assert len(kinds) > 100
    assert {"documented", "model", "seen", "assumed"} == set(kinds)
    assert len(OPERATIONS) >= 16
