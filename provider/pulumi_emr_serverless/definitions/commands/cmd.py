"""Commands of Windows' cmd.exe, which no grammar is published for: lines, carets, percent signs, and the C library's quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_emr_serverless.definitions.commands import angle_brackets, templates
from pulumi_emr_serverless.definitions.commands.launcher import launch_of
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Command, Script, Span
from pulumi_emr_serverless.definitions.commands.text import Text

_PROMPT = re.compile(r"(?m)^[ \t]*[A-Za-z]:\\[^\n<>|]{0,200}>[ \t]*")
_BLANK_BEHIND_CARET = re.compile(r"\^[ \t]+\n")
_CONTINUED = re.compile(r"\^\n[ \t]*")
_PERCENT = re.compile(r"%%|%(?P<name>[A-Za-z_]\w*)(?::[^%\n]*)?%|%(?P<number>~?[a-z]*\d|\*)", re.ASCII)
_LOOP = re.compile(r"%%~?[a-z]*[A-Za-z]")
_BEFORE_QUOTE = re.compile(r'\\+(?=")')
_DELAYED = re.compile(r"!(?P<name>[A-Za-z_]\w*)(?::[^!\n]*)?!", re.ASCII)
_COMMENT = re.compile(r"[ \t]*@?(?:rem\b|::)", re.IGNORECASE)
_ECHO = re.compile(r"[ \t(]*@?echo[.: \t]", re.IGNORECASE)
_SET = re.compile(
    r"(?m)^[ \t(]*@?set[ \t]+(?:/\w+[ \t]+)*(?:\"([A-Za-z_]\w*)=([^\n\"]*)\"|([A-Za-z_]\w*)=([^\n]*))",
    re.IGNORECASE | re.ASCII,
)
_IN_LOOP = re.compile(r"\bin[ \t]*\([ \t]*['`]\Z", re.IGNORECASE)
_START = re.compile(
    r"(?:\"[^\"\n]*aws(?:\.exe|\.cmd)?\"|[^\s\"'`(&|]*\baws(?:local|\.exe|\.cmd)?)(?=[ \t])", re.IGNORECASE
)


def read_cmd(text: Text, expansions: Expansions, script: Script, told: str = "") -> None:
    """Add every ``start-job-run`` of ``text``, and the variables that it sets, to ``script``."""
    text = templates.masked(text.sub(_PROMPT, lambda _: ""), expansions)
    broken = [text.origin(match.start()) for match in _BLANK_BEHIND_CARET.finditer(text.text)]
    text = angle_brackets.marked(text.sub(_BLANK_BEHIND_CARET, lambda _: "^\n"), expansions)
    delayed = re.search(r"enabledelayedexpansion", text.text, re.IGNORECASE) is not None
    for match in _SET.finditer(text.text):
        at, end = text.origin(match.start()), text.origin(match.end())
        value = match[2] if match[1] else match[4]
        script.assign(Assigned(match[1] or match[3], at, end, (value.rstrip(),), conditions=((at, at),)))
    known = len(script.commands)
    for start, end in _logical_lines(text):
        if MENTION in text.text[start:end]:
            _read_line(text.cut(start, end), expansions, script, told, delayed=delayed)
    for command in script.commands[known:]:
        command.shell = "cmd"
        command.broken = [at for at in broken if command.at <= at <= command.end]


def _logical_lines(text: Text) -> Iterator[Span]:
    begun: int | None = None
    for at, to in text.lines():
        begun = at if begun is None else begun
        if not text.text[at:to].endswith("^\n"):
            yield begun, to
            begun = None
    if begun is not None:
        yield begun, len(text)


def _read_line(line: Text, expansions: Expansions, script: Script, told: str, *, delayed: bool) -> None:
    comment, echo = _COMMENT.match(line.text), _ECHO.match(line.text)
    told = "a comment" if comment else "what echo prints" if echo else told
    start = next((match for match in _START.finditer(line.text) if MENTION in line.text[match.start() :]), None)
    if start is None:
        return
    in_loop = _IN_LOOP.search(line.text, 0, start.start())
    command = Command(line.origin(start.start()), line.origin(len(line)), told=told)
    rest = _filled(line.cut(start.start()), expansions, delayed=delayed)
    try:
        command.words = [Word(text, at) for text, at in _words(rest, _end_of_block(line.text, start.start(), in_loop))]
    except UnreadableCommandError as error:
        command.problem = error
    if command.problem or launch_of(command.words):
        script.add(command)


def _end_of_block(line: str, at: int, in_loop: re.Match[str] | None) -> str:
    """What ends the command before its line does: the quote of a loop's, or the bracket of a block."""
    if in_loop:
        return line[in_loop.end() - 1]
    before = re.sub(r'"[^"]*"', "", line[:at])
    return ")" if before.count("(") > before.count(")") else ""


def _filled(line: Text, expansions: Expansions, *, delayed: bool) -> Text:
    """With marks for variables; a percent sign that is doubled is one."""
    line = line.sub(_LOOP, lambda match: expansions.mark(match[0].lstrip("%~"), match[0]))
    line = line.sub(
        _PERCENT,
        lambda match: (
            "%" if match[0] == "%%" else expansions.mark(match["name"] or f"arg{match['number'].strip('~*')}", match[0])
        ),
    )
    return line.sub(_DELAYED, lambda match: expansions.mark(match["name"], match[0])) if delayed else line


def _words(line: Text, end: str) -> Iterator[tuple[str, int]]:
    """The words of the command, up to its end."""
    scanner = _Scanner(line, end)
    while scanner.step():
        pass
    if scanner.quoted:
        raise UnreadableCommandError(line.origin(scanner.begun), "this double quote is never closed")
    scanner.finish()
    yield from scanner.words


class _Scanner:
    """Takes carets off as cmd.exe does, and splits the rest into words as the C library does."""

    def __init__(self, line: Text, end: str) -> None:
        self.line = line
        self.text = line.text
        self.end = end
        self.at = self.begun = 0
        self.quoted = False
        self.word: list[str] | None = None
        self.words: list[tuple[str, int]] = []

    def step(self) -> bool:
        """Read on. False at the end of the command."""
        text, at = self.text, self.at
        char = text[at : at + 1]
        if char == "\\" and (slashes := _BEFORE_QUOTE.match(text, at)):
            count = len(slashes[0])
            self._put("\\" * (count // 2) + ('"' if count % 2 else ""), count + count % 2)
        elif char == '"':
            doubled = self.quoted and text[at + 1 : at + 2] == '"'
            self.quoted = self.quoted if doubled else not self.quoted
            self._put('"' if doubled else "", 1 + doubled)
        elif not char or (not self.quoted and (char in "&|<>\n" or char == self.end)):
            return False
        elif self.quoted:
            self._put(char, 1)
        elif char == "^":
            self._caret()
        elif char in " \t":
            self.finish()
            self.at += 1
        else:
            self._put(char, 1)
        return True

    def finish(self) -> None:
        if self.word is not None:
            self.words.append(("".join(self.word), self.line.origin(self.begun)))
        self.word = None

    def _caret(self) -> None:
        continued = _CONTINUED.match(self.text, self.at)
        if continued is None:
            self._put(self.text[self.at + 1 : self.at + 2], 2)
            return
        if self.text[continued.end() - 1] != "\n":  # the next line begins with a blank
            self.finish()
        self.at = continued.end()

    def _put(self, text: str, used: int) -> None:
        if self.word is None:
            self.word, self.begun = [], self.at
        self.word.append(text)
        self.at += used
