"""What the scripts of a file say: their commands, what they set, and the files that they write. In whatever language."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pulumi_emr_serverless.definitions.commands.marks import UnreadableCommandError, Word

MENTION = "start-job-run"
"""A script that does not speak of it has nothing to read."""

MOST_COMMANDS = 200

Span = tuple[int, int]
"""Start and end of a part of the file."""

_VARIABLE = re.compile(r"\$\{?(?:env:|global:|script:)?([A-Za-z_]\w*)(\[[@*]\])?\}?", re.ASCII | re.IGNORECASE)


def variable_of(source: str) -> str:
    """The name in ``${NAME}`` or ``${NAME[@]}``; empty for what is no mere variable."""
    match = _VARIABLE.fullmatch(source)
    return match[1] if match else ""


class Assigned(NamedTuple):
    """A variable that a script sets, from ``at`` to ``end`` in the file."""

    name: str
    at: int
    end: int
    items: tuple[str, ...] | None = None
    """The text with its marks, or the items of an array; None where only running the script tells them."""
    array: bool = False
    adds: bool = False
    conditions: tuple[Span, ...] = ()
    """Parts of the file around it that may be passed by: branches, loops, functions."""


class Written(NamedTuple):
    """A file that a script writes, and with what; None where only running the script tells it."""

    path: str
    at: int
    content: str | None
    conditions: tuple[Span, ...] = ()


@dataclass
class Command:
    """The words of one ``start-job-run``, and what is said around it."""

    at: int
    end: int
    words: list[Word] = field(default_factory=list)
    told: str = ""
    """Where the command stands if nothing runs it there: in a comment, in a text that is printed."""
    conditions: tuple[Span, ...] = ()
    stdin: str | None = None
    """What its standard input is, where the script says so."""
    environment: list[tuple[str, str]] = field(default_factory=list)
    """``NAME=value`` before the command."""
    maybe: list[Assigned] = field(default_factory=list)
    """Words that a branch of the script may add to its arrays."""
    broken: list[int] = field(default_factory=list)
    """Where blanks behind a backslash end the command for a shell."""
    shell: str = "sh"
    is_cli: bool = False
    """Something else has called the AWS CLI with these words: an image's entry point."""
    problem: UnreadableCommandError | None = None


@dataclass
class Script:
    """What has been found in a file so far."""

    commands: list[Command] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    by_name: dict[str, list[Assigned]] = field(default_factory=dict)
    named_commands: set[str] = field(default_factory=set)
    """Variables that are set to a command."""

    def assign(self, assigned: Assigned) -> None:
        self.assigned.append(assigned)
        self.by_name.setdefault(assigned.name, []).append(assigned)
        if assigned.items and any(MENTION in item for item in assigned.items):
            self.named_commands.add(assigned.name)

    def add(self, command: Command) -> None:
        if len(self.commands) == MOST_COMMANDS:
            raise UnreadableCommandError(command.at, f"the text has more than {MOST_COMMANDS} commands: cut it")
        self.commands.append(command)

    def length(self) -> tuple[int, int, int]:
        """How much has been found."""
        return len(self.commands), len(self.assigned), len(self.written)

    def cut(self, length: tuple[int, int, int]) -> None:
        """Forget what was found since: the text was of another kind."""
        commands, assigned, written = length
        for each in self.assigned[assigned:]:
            self.by_name[each.name].pop()
        del self.commands[commands:], self.assigned[assigned:], self.written[written:]

    def value(self, name: str, at: int, conditions: Iterable[Span]) -> Value:
        """What ``name`` is at a place of the file, as far as it can be told without running anything."""
        value = Value()
        for each in self.named(name):
            if each.end > at:
                continue
            certain = certainly(each.conditions, conditions)
            if certain and not each.adds:
                value = Value(each.items, array=each.array)
            elif certain and value.items is not None and each.items is not None:
                value.add(each.items)
            elif not certain and each.adds and each.array and value.items is not None:
                value.maybe.append(each)
            else:
                value = Value()
        return value

    def named(self, name: str) -> list[Assigned]:
        """Where ``name`` is set. PowerShell's names, which are kept in lower case, have no case."""
        return self.by_name.get(name) or self.by_name.get(name.lower(), [])

    def file(self, path: str, command: Command) -> Written | None:
        """What was last written to ``path`` before ``job``."""
        wanted = posixpath.normpath(path)
        for each in reversed(self.written):
            if each.at < command.at and posixpath.normpath(each.path) == wanted:
                return each if certainly(each.conditions, command.conditions) else each._replace(content=None)
        return None


@dataclass
class Value:
    """A variable at one place of a script. ``items`` is None where it is not known."""

    items: tuple[str, ...] | None = None
    array: bool = False
    maybe: list[Assigned] = field(default_factory=list)
    """What a branch or a loop may add to the array."""

    def add(self, more: tuple[str, ...]) -> None:
        items = self.items or ()
        self.items = items + more if self.array else ("".join(items + more),)

    @property
    def text(self) -> str | None:
        return None if self.items is None or self.array else "".join(self.items)

    def words(self, *, first: bool) -> tuple[str, ...] | None:
        """What an expansion without quotes becomes; of an array its ``first`` item alone, where no index is given."""
        if self.items is None:
            return None
        if self.array:
            return self.items[:1] if first else self.items
        return tuple("".join(self.items).split())


def certainly(of: Iterable[Span], at: Iterable[Span]) -> bool:
    """Whether what stands under the conditions ``of`` has happened where the conditions ``at`` hold."""
    return set(of) <= set(at)
