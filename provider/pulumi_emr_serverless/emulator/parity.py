"""The page that says what is known of AWS, and what is assumed: ``docs/parity.md``.

python -m pulumi_emr_serverless.emulator.parity > docs/parity.md
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from pulumi_emr_serverless import emulator
from pulumi_emr_serverless.emulator.options import Options
from pulumi_emr_serverless.emulator.provenance import Fact, Kind, Provenance
from pulumi_emr_serverless.emulator.refusals import OURS, Refusal

KINDS: Mapping[Kind, str] = {
    "recorded": "asked of AWS by the probe",
    "documented": "AWS's documentation says so",
    "model": "AWS's service model says so",
    "seen": "somebody's public log of AWS shows it",
    "assumed": "nothing public says it",
}
TRANSPORT = frozenset({"server", "pytest_plugin"})
"""Modules that need moto or pytest, and know nothing of EMR Serverless."""

_HEAD = """# What is known of AWS

Nobody here has asked AWS. Everything that the [emulator](emulator.md) does stands on something, and this page says on what. It
is generated from the code (`python -m pulumi_emr_serverless.emulator.parity > docs/parity.md`), where each behaviour has its
provenance beside it.
"""


@dataclass(frozen=True)
class Behaviour:
    """``name`` is where it stands in the code; ``says`` what the emulator does."""

    group: str
    name: str
    says: str
    provenance: Provenance


def behaviours() -> list[Behaviour]:
    """Everything that the emulator does as AWS, or as AWS is thought to."""
    found = list(_options())
    for module in iter_modules(emulator.__path__):
        if module.name not in TRANSPORT:
            for name, value in vars(import_module(f"{emulator.__name__}.{module.name}")).items():
                found += _in_module(module.name, name, value)
    return _once(found)


def page() -> str:
    """The whole page, as Markdown."""
    known = behaviours()
    counts = [f"| {kind} | {about} | {sum(_is(each, kind) for each in known)} |" for kind, about in KINDS.items()]
    parts = [_HEAD, "| Kind | Means | Behaviours |", "|---|---|---|", *counts, ""]
    for group in ("Options", "Refusals", "Facts"):
        parts += [f"## {group}", "", "| What | Says | Kind | Source | If it is wrong |", "|---|---|---|---|---|"]
        parts += [_row(each) for each in known if each.group == group]
        parts.append("")
    return "\n".join(parts)


def _options() -> Iterator[Behaviour]:
    for one in dataclasses.fields(Options):
        default = "none" if one.default is None else str(one.default).lower()
        says = f"{one.metadata['about']}: {default}"
        yield Behaviour("Options", one.name, says, one.metadata["provenance"])


def _in_module(module: str, name: str, value: Any) -> Iterator[Behaviour]:
    if isinstance(value, Fact):
        yield Behaviour("Facts", f"{module}.{name}", f"{value.about}: {_short(value.value)}", value.provenance)
    elif isinstance(value, Refusal) and module == "refusals":
        words = "" if value.wording is OURS else f" (words: {value.wording.kind})"
        yield Behaviour("Refusals", name, f"{value.kind[0]} {value.kind[1]}: {value.words}{words}", value.provenance)
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, Fact):
                yield Behaviour(
                    "Facts", f"{module}.{name}.{key}", f"{item.about}: {_short(item.value)}", item.provenance
                )


def _once(found: Iterable[Behaviour]) -> list[Behaviour]:
    """A fact that is imported elsewhere is there too, under another name."""
    first: dict[tuple[str, str, str], Behaviour] = {}
    for each in found:
        first.setdefault((each.group, each.says, each.name.rpartition(".")[2]), each)
    return list(first.values())


def _is(behaviour: Behaviour, kind: str) -> bool:
    return behaviour.provenance.kind == kind


def _row(each: Behaviour) -> str:
    provenance = each.provenance
    source = provenance.source
    if source.startswith("https://"):
        source = f"[{source.rpartition('/')[2].removesuffix('.html') or source}]({source})"
    when = f", {provenance.when}" if provenance.when else ""
    cells = (f"`{each.name}`", each.says, provenance.kind, f"{source}{when}", provenance.if_wrong)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _short(value: Any) -> str:
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_short(item)}" for key, item in value.items())
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_short, value))
    if isinstance(value, range):
        return f"{value[0]} to {value[-1]}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "/".join(str(getattr(value, one.name)) for one in dataclasses.fields(value))
    return str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
