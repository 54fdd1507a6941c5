"""Words of one shell command with what the shell would have filled in left open.

An expansion (``$NAME``, ``${NAME:-x}``, ``$(...)``, backquotes, GitHub's ``${{ ... }}``) becomes a mark within the word: one
character of a private plane, so that JSON, shorthand and spark-submit parameters around it can be read as usual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FIRST_MARK = 0xF0000
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_END_OF_COMMAND = ";&|)<>\n`"
_PARAMETER = re.compile(
    r"\$(?:(?P<name>[A-Za-z_]\w*|[0-9@*#?])|\{(?P<braced>#?[A-Za-z_]\w*|[0-9]+)(?P<rest>[^}]*)\})", re.ASCII
)
_ACTIONS = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)


class UnreadableCommandError(Exception):
    """The text is no command that a shell would take, from ``at`` on."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(problem)
        self.at = at


@dataclass
class Expansions:
    """The names of what was left open, and the shell text that each stands for."""

    sources: dict[str, str] = field(default_factory=dict)
    _names: list[str] = field(default_factory=list)

    def mark(self, wanted: str, source: str) -> str:
        """The mark for one more expansion; another source for the same name gets a name of its own."""
        base = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_") or "value"
        base = f"_{base}" if base[0].isdigit() else base
        name, number = base, 2
        while self.sources.get(name, source) != source:
            name, number = f"{base}_{number}", number + 1
        self.sources[name] = source
        if name not in self._names:
            self._names.append(name)
        return chr(_FIRST_MARK + self._names.index(name))

    def restored(self, text: str) -> str:
        """``text`` with ``${name}`` for each mark; what looked like a placeholder before is escaped."""
        if self.sources:
            text = re.sub(r"\$\{(?=[A-Za-z_]\w*\})", "$${", text, flags=re.ASCII)
        return _MARKS.sub(lambda match: f"${{{self._names[ord(match[0]) - _FIRST_MARK]}}}", text)


def is_mark(text: str) -> bool:
    return _MARKS.fullmatch(text) is not None


def has_mark(text: str) -> bool:
    return _MARKS.search(text) is not None


def quote_bare_marks(text: str) -> str:
    """JSON in which an expansion stands for a whole value, made JSON again: the value becomes a text with the mark."""
    return re.sub(
        rf'("(?:[^"\\]|\\.)*")|({_MARKS.pattern})', lambda match: match[1] or f'"{match[2]}"', text, flags=re.DOTALL
    )


class CommandReader:
    """Reads the words of the one command that begins at ``at``, up to its end."""

    def __init__(self, text: str, at: int, expansions: Expansions) -> None:
        self.text = text
        self.at = at
        self.expansions = expansions

    def words(self) -> list[str]:
        words: list[str] = []
        word: str | None = None
        while self.at < len(self.text):
            char = self.text[self.at]
            continued = re.compile(r"\\[ \t]*\r?\n").match(self.text, self.at)
            if continued:
                self.at = continued.end()
            elif char in _END_OF_COMMAND or (char == "#" and word is None):
                if char in "<>" and (word or "").isdecimal():
                    word = None  # the number of the stream that is redirected
                break
            elif char in " \t\r":
                words += [] if word is None else [word]
                word = None
                self.at += 1
            else:
                word = (word or "") + self._piece(char)
        return words if word is None else [*words, word]

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._single()
        if char == '"':
            return self._double()
        if char == "\\":
            self.at += 2
            return self.text[self.at - 1 : self.at]
        if char == "$":
            return self._expansion()
        self.at += 1
        return char

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise UnreadableCommandError(self.at, "this single quote is never closed")
        inside = self.text[self.at + 1 : end]
        self.at = end + 1
        return _ACTIONS.sub(self._action, inside)

    def _double(self) -> str:
        start, parts = self.at, []
        self.at += 1
        while self.text[self.at : self.at + 1] not in ('"', ""):
            char = self.text[self.at]
            following = self.text[self.at + 1 : self.at + 2]
            if char == "\\" and following in ("\\", '"', "$", "`", "\n"):
                parts.append("" if following == "\n" else following)
                self.at += 2
            elif char == "$":
                parts.append(self._expansion())
            elif char == "`":
                parts.append(self._backquoted())
            else:
                parts.append(char)
                self.at += 1
        if self.at >= len(self.text):
            raise UnreadableCommandError(start, "this double quote is never closed")
        self.at += 1
        return "".join(parts)

    def _expansion(self) -> str:
        action = _ACTIONS.match(self.text, self.at)
        parameter = _PARAMETER.match(self.text, self.at)
        if action:
            self.at = action.end()
            return self._action(action)
        if self.text.startswith("$(", self.at):
            return self._substitution()
        if parameter is None:
            self.at += 1
            return "$"
        self.at = parameter.end()
        name = parameter["name"] or parameter["braced"]
        source = parameter[0] if parameter["rest"] or name.startswith("#") else f"${{{name}}}"
        return self.expansions.mark(name if re.match(r"[A-Za-z_]", name) else f"arg{name}", source)

    def _action(self, match: re.Match[str]) -> str:
        return self.expansions.mark(match[1].rpartition(".")[2], match[0])

    def _backquoted(self) -> str:
        end = self.text.find("`", self.at + 1)
        if end < 0:
            raise UnreadableCommandError(self.at, "this backquote is never closed")
        source = self.text[self.at : end + 1]
        self.at = end + 1
        return self._command_mark(source[1:-1], source)

    def _substitution(self) -> str:
        start, depth = self.at, 0
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in "'\"":
                self._single() if char == "'" else self._skip_double()
                continue
            depth += {"(": 1, ")": -1}.get(char, 0)
            self.at += 1
            if depth == 0:
                source = self.text[start : self.at]
                return self._command_mark(source[2:-1], source)
        raise UnreadableCommandError(start, "this $( is never closed")

    def _skip_double(self) -> None:
        inner = CommandReader(self.text, self.at, Expansions())
        inner._double()
        self.at = inner.at

    def _command_mark(self, command: str, source: str) -> str:
        """``$(terraform output -raw emr_application_id)`` is best called by its last word, ``$(date +%F)`` by its first."""
        words = command.split() or ["command"]
        telling = len(words) > 1 and re.fullmatch(r"[A-Za-z][\w.-]+", words[-1], re.ASCII)
        return self.expansions.mark(words[-1] if telling else words[0], source)
