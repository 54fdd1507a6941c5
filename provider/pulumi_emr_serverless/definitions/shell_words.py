"""Words of one shell command with what the shell would have filled in left open.

An expansion (``$NAME``, ``${NAME:-x}``, ``$(...)``, backquotes, GitHub's ``${{ ... }}``) becomes a mark within the word: one
character of a private plane, so that JSON, shorthand and spark-submit parameters around it can be read as usual.

So does a README's placeholder, ``<application-id>``. Outside of quotes, where a shell would redirect, it is one as the value of
an option, as a part of a word (``arn:aws:iam::<account-id>:role/x``), or as a word before the next option. Within quotes,
where a shell would take it as it is, ``s3://<bucket>/x`` is one, but not what has blanks inside or a letter, a digit or ``?``
before it: ``a<b and c>d``, ``Seq<String>`` and ``(?<year>...)`` are texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_FIRST_MARK = 0xF0000
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_END_OF_COMMAND = ";&|)<>\n`"
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_LINE_END = re.compile(r"#[^\n]*|\n")
_BLANKS = re.compile(rf"(?:[ \t\r]|{_CONTINUED.pattern})*")
_BRACED = r"(?:[^}$]|\$(?!\{)|\$\{(?:[^}$]|\$(?!\{)|\$\{[^}]*\})*\})*"
"""What may follow the name in ``${name:-${other:-${third}}}``."""
_PARAMETER = re.compile(
    rf"\$(?:(?P<name>[A-Za-z_]\w*|[0-9@*#?])|\{{(?P<braced>#?[A-Za-z_]\w*|[0-9]+)(?P<rest>{_BRACED})\}})", re.ASCII
)
_ACTIONS = re.compile(r"\$\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_PLACEHOLDER = re.compile(r"<([A-Za-z](?:[A-Za-z0-9_ -]*[A-Za-z0-9_-])?)(?<! \d)>")
"""Not ``<file 2>``, which two redirections begin with."""
_QUOTED_PLACEHOLDER = re.compile(r"(?<![\w?])<([A-Za-z][A-Za-z0-9_-]*)>", re.ASCII)
_BEFORE_AN_OPTION = re.compile(rf"(?:[ \t\r]|{_CONTINUED.pattern})+--")
_ANSI_C = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(\\\\|.)|(.))|[^\\]+", re.DOTALL
)
_ESCAPED = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))
_ASSIGNMENTS = re.compile(
    r"(?:^|;|&&|\|\|)[ \t]*(?:\$ )?(?:(?:then|do|else)[ \t]+|[\w*|-]+\)[ \t]*)?"
    r"(?P<declared>(?:export|local|readonly|declare|typeset)[ \t]+(?:-\w+[ \t]+)*)?(?=[A-Za-z_]\w*\+?=)",
    re.MULTILINE | re.ASCII,
)
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)(\+?)=", re.ASCII)


class UnreadableCommandError(Exception):
    """The text is no command that a shell would take, from ``at`` on."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(problem)
        self.at = at


class Word(NamedTuple):
    """A word, and where it begins."""

    text: str
    at: int


class Assignment(NamedTuple):
    """``NAME=value`` from ``at`` to ``end``. Without a value: it adds to what ``NAME`` is."""

    name: str
    value: str | None
    at: int
    end: int


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
        return _MARKS.sub(lambda match: f"${{{self.name_of(match[0])}}}", text)

    def shown(self, text: str) -> str:
        """``text`` with the shell text for each mark, for a person to recognise it."""
        return _MARKS.sub(lambda match: self.sources[self.name_of(match[0])], text)

    def name_of(self, mark: str) -> str:
        return self._names[ord(mark) - _FIRST_MARK]


def is_mark(text: str) -> bool:
    return _MARKS.fullmatch(text) is not None


def has_mark(text: str) -> bool:
    return _MARKS.search(text) is not None


def quote_bare_marks(text: str) -> str:
    """JSON in which an expansion stands for a whole value, made JSON again: the value becomes a text with the mark."""
    return re.sub(
        rf'("(?:[^"\\]|\\.)*")|({_MARKS.pattern})', lambda match: match[1] or f'"{match[2]}"', text, flags=re.DOTALL
    )


def assignments(text: str) -> list[Assignment]:
    """What the script sets, in its order; not the environment of a single command (``NAME=value command``)."""
    found: list[Assignment] = []
    at = 0
    while match := _ASSIGNMENTS.search(text, at):
        reader = CommandReader(text, match.end(), Expansions())
        try:
            here = list(reader.assigned())
        except UnreadableCommandError:
            here = []
        found += here if match["declared"] or reader.at_end() else []
        at = max(reader.at, match.end()) if here else match.end() + 1
    return found


class CommandReader:
    """Reads the words of the one command that begins at ``at``, up to its end."""

    def __init__(self, text: str, at: int, expansions: Expansions) -> None:
        self.text = text
        self.at = at
        self.expansions = expansions

    def words(self) -> list[Word]:
        words: list[Word] = []
        while True:
            self.at = _past(_BLANKS, self.text, self.at)
            start = self.at
            text = self._word(is_value=bool(words) and re.fullmatch(r"--[\w-]+", words[-1].text) is not None)
            redirected = text.isdecimal() and self._ahead() in ("<", ">")  # it is the number of a stream
            if self.at == start or redirected:
                return words
            words.append(Word(text, start))

    def assigned(self) -> Iterator[Assignment]:
        """The words ``NAME=value``, up to the first that is none."""
        while name := _ASSIGNED.match(self.text, self.at):
            self.at = name.end()
            value = self._array() if self._ahead() == "(" else self._word(is_value=True)
            shown = None if name[2] else self.expansions.shown(value)
            yield Assignment(name[1], shown, name.start(), self.at)
            self.at = _past(_BLANKS, self.text, self.at)

    def at_end(self) -> bool:
        return self._ahead() in (*_END_OF_COMMAND, "#", "")

    def _ahead(self) -> str:
        return self.text[self.at : self.at + 1]

    def _word(self, *, is_value: bool) -> str:
        """One word; where none begins, it stays where it is."""
        start, word = self.at, ""
        while char := self._ahead():
            placeholder = _PLACEHOLDER.match(self.text, self.at) if not word.isdecimal() else None
            if placeholder and (word or is_value or _BEFORE_AN_OPTION.match(self.text, placeholder.end())):
                self.at = placeholder.end()
                word += self._placeholder(placeholder)
            elif _CONTINUED.match(self.text, self.at):
                self.at = _past(_CONTINUED, self.text, self.at)
            elif char in _END_OF_COMMAND + " \t\r" or (char == "#" and self.at == start):
                break
            else:
                word += self._piece(char)
        return word

    def _array(self) -> str:
        """``(...)``, over lines and comments."""
        start, words = self.at, []
        self.at += 1
        while self._ahead() != ")":
            words += [word.text for word in self.words()]
            self.at = _past(_LINE_END, self.text, self.at)
            if self.at_end() and self._ahead() not in (")", "#", "\n"):
                raise UnreadableCommandError(start, "this ( is never closed")
        self.at += 1
        return f"({' '.join(words)})"

    def _piece(self, char: str) -> str:
        if char == "'":
            return self._single()
        if char == '"':
            return self._double()
        if char == "\\":
            self.at += 2
            return self.text[self.at - 1 : self.at]
        if char == "$":
            return self._dollar()
        self.at += 1
        return char

    def _dollar(self) -> str:
        """``$'...'`` and ``$"..."`` are quotes, but not within other quotes."""
        if self.text.startswith("$'", self.at):
            return self._ansi_c()
        if self.text.startswith('$"', self.at):
            self.at += 1
            return self._double()
        return self._expansion()

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise UnreadableCommandError(self.at, "this single quote is never closed")
        inside = self.text[self.at + 1 : end]
        self.at = end + 1
        return self._template(inside)

    def _ansi_c(self) -> str:
        start, quoted = self.at, _ANSI_C.match(self.text, self.at)
        if quoted is None:
            raise UnreadableCommandError(start, "this $' is never closed")
        self.at = quoted.end()
        try:
            return self._template(_unescaped(quoted[1]))
        except UnicodeDecodeError:
            raise UnreadableCommandError(start, "the bytes of this $' are no UTF-8") from None
        except (ValueError, OverflowError):
            raise UnreadableCommandError(start, "this $' has an escape of no character") from None

    def _template(self, text: str) -> str:
        """``text`` within quotes, with what others than the shell would fill in."""
        return _QUOTED_PLACEHOLDER.sub(self._placeholder, _ACTIONS.sub(self._action, text))

    def _placeholder(self, match: re.Match[str]) -> str:
        return self.expansions.mark(match[1], match[0])

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
            elif placeholder := _QUOTED_PLACEHOLDER.match(self.text, self.at):
                parts.append(self._placeholder(placeholder))
                self.at = placeholder.end()
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
            if char in "'\"" or self.text.startswith("$'", self.at):
                self._skip_quoted(char)
                continue
            depth += {"(": 1, ")": -1}.get(char, 0)
            self.at += 1
            if depth == 0:
                source = self.text[start : self.at]
                return self._command_mark(source[2:-1], source)
        raise UnreadableCommandError(start, "this $( is never closed")

    def _skip_quoted(self, char: str) -> None:
        inner = CommandReader(self.text, self.at, Expansions())
        inner._piece(char)
        self.at = inner.at

    def _command_mark(self, command: str, source: str) -> str:
        """``$(terraform output -raw emr_application_id)`` is best called by its last word, ``$(date +%F)`` by its first."""
        words = command.split() or ["command"]
        telling = len(words) > 1 and re.fullmatch(r"[A-Za-z][\w.-]+", words[-1], re.ASCII)
        return self.expansions.mark(words[-1] if telling else words[0], source)


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _unescaped(text: str) -> str:
    """The inside of ``$'...'``. Bash puts bytes together, and ends them at the first NUL."""
    found = bytearray()
    for match in _ESCAPE.finditer(text):
        octal, byte, short, long, control, other = match.groups()
        if octal or byte:
            found.append(int(octal, 8) & 0xFF if octal else int(byte, 16))
        elif short or long:
            found += chr(int(short or long, 16)).encode()
        elif control:
            found.append(ord(control[0]) & 0x1F)
        else:
            found += (_ESCAPED.get(other, match[0]) if other else match[0]).encode()
    return found.partition(b"\0")[0].decode()
