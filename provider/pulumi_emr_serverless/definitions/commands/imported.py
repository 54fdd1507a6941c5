"""What an imported command is: a definition, and what is known of what it leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)(?::?[-=](?P<default>.*)|.*)\}", re.ASCII | re.DOTALL)
"""A variable of a shell, with what stands in its place where nobody sets it."""


class Setting(NamedTuple):
    """Where the script sets a variable, and to what at last.

    Without a value, if only running it tells, or if name or value sound like a secret.
    """

    lines: tuple[int, ...]
    value: str | None

    def sentence(self, name: str) -> str:
        lines = ", ".join(map(str, self.lines))
        if len(self.lines) == 1:
            return f"line {lines} sets {name}" + ("" if self.value is None else f" to {brief(self.value)}")
        return f"lines {lines} set {name}" + ("" if self.value is None else f", at last to {brief(self.value)}")


@dataclass
class ImportedCommand:
    """The request of a command, what the shell would have filled in, and what has no place in a definition."""

    properties: dict[str, Any]
    placeholders: dict[str, str] = field(default_factory=dict)
    """Each name in ``${name}``, and the text of the file that it stands for."""
    notes: list[str] = field(default_factory=list)
    assignments: dict[str, Setting] = field(default_factory=dict)
    """Of each placeholder that is a variable which the script sets. Not filled in: the next run may need another value."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Of each placeholder that is no text: what it stands for."""

    def origin(self, name: str) -> str:
        """What is known of the placeholder ``name``; nothing of a mere ``$NAME``."""
        parts = [_origin(name, self.placeholders[name], self.assignments.get(name)), self.kinds.get(name, "")]
        return "; ".join(filter(None, parts))


def _origin(name: str, source: str, setting: Setting | None) -> str:
    variable = VARIABLE.fullmatch(source)
    if variable is None:
        return f"{source}; {setting.sentence('it')}" if setting else source
    default = variable["default"]
    is_plain = variable[1] == name and (default is not None or source == f"${{{name}}}")
    parts = [] if is_plain else [source]
    if default is not None:
        parts.append(f"{brief(default) or 'empty'} by default")
    if setting:
        parts.append(setting.sentence("it" if is_plain else variable[1]))
    return "; ".join(parts)


def brief(text: str) -> str:
    """``text`` on one line that fits a screen."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:77]}..."
