"""Commands of PowerShell, as tree-sitter's grammar of it reads them. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_emr_serverless.definitions.commands import angle_brackets, templates
from pulumi_emr_serverless.definitions.commands.grammars import Tree
from pulumi_emr_serverless.definitions.commands.launcher import launch_of
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Command, Script, Span
from pulumi_emr_serverless.definitions.commands.shell_words import name_of_command
from pulumi_emr_serverless.definitions.commands.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node

_PROMPT = re.compile(r"(?m)^[ \t]*PS(?: [^\n>]{0,200})?>[ \t]*|(?<=`\n)>>[ \t]*")
_BLANK_BEHIND_BACKTICK = re.compile(r"(?<=[ \t])`[ \t]+\n")
_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[^{}]*)\}|(?P<name>(?:env|global|script|local|using):\w+|\w+|[?^$]))", re.IGNORECASE
)
_MEMBER = re.compile(r"\$\w+(?:\.\w+|\[[^\]]*\])+")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_PASSED_BY = frozenset({
    "if_statement", "elseif_clause", "else_clause", "while_statement", "for_statement", "foreach_statement", "function_statement",
    "switch_statement", "script_block_expression", "try_statement", "catch_clause",
})  # fmt: skip
_PRINTS = frozenset({"write-host", "write-output", "echo", "write-verbose", "write-information"})
_BETWEEN = re.compile(r"(?:[ \t]|`\n)*")
_TEXTS = frozenset({
    "expandable_string_literal", "expandable_here_string_literal", "verbatim_string_characters", "verbatim_here_string_characters",
})  # fmt: skip
_RUNS_A_TEXT = frozenset(
    {"iex", "invoke-expression", "invoke-command", "icm", "powershell", "pwsh", "bash", "ssh", "wsl", "cmd"}
)
_DEEPEST_TEXT = 4
_COMMENT = re.compile(r"(?m)^[ \t]*(?:<#|#>|#+)[ \t]?")


def read_powershell(text: Text, expansions: Expansions, script: Script, told: str = "") -> None:
    """Add every ``start-job-run`` of ``text``, and the texts that it sets, to ``script``."""
    text = templates.masked(text.sub(_PROMPT, lambda _: ""), expansions)
    broken = [text.origin(match.start()) for match in _BLANK_BEHIND_BACKTICK.finditer(text.text)]
    text = angle_brackets.marked(text.sub(_BLANK_BEHIND_BACKTICK, lambda _: "`\n"), expansions)
    known = len(script.commands)
    _Reader(text, expansions, script, told).read()
    for command in script.commands[known:]:
        command.shell = "powershell"
        command.broken = [at for at in broken if command.at <= at <= command.end]


class _Reader:
    def __init__(self, text: Text, expansions: Expansions, script: Script, told: str, depth: int = 0) -> None:
        self.depth = depth
        self.text = text
        self.tree = Tree(text, "powershell", expansions.patience)
        self.expansions = expansions
        self.script = script
        self.told = told

    def read(self) -> None:
        comments = Text()
        stack: list[tuple[Node, tuple[Span, ...]]] = [(self.tree.root, ())]
        while stack:
            node, conditions = stack.pop()
            if node.type == "assignment_expression":
                self._assignment(node, conditions)
            elif node.type == "command":
                self._command(node, conditions)
            elif node.type in _TEXTS:
                self._nested(node)
            elif node.type == "comment":
                comments.copy(self.text.cut(self.tree.start(node), self.tree.end(node)).sub(_COMMENT, lambda _: ""))
                comments.put("\n", self.tree.origin(node))
            elif node.type == "ERROR" and self._cut(node):
                return
            if node.type in _PASSED_BY:
                conditions = (*conditions, (self.tree.origin(node), self.text.origin(self.tree.end(node))))
            stack.extend((child, conditions) for child in reversed(node.children))
        if MENTION in comments.text:
            _Reader(comments, self.expansions, self.script, "a comment", self.depth + 1).read()

    def _nested(self, node: Node) -> None:
        """A text with a command in it, which is run if what it is given to runs texts."""
        source = self.tree.text_of(node)
        if MENTION not in source or self.depth == _DEEPEST_TEXT:
            return
        above = node.parent
        while above is not None and above.type != "command":
            above = above.parent
        name = self.tree.text_of(above.children[0]).lower() if above is not None else ""
        told = self.told if name in _RUNS_A_TEXT else f"a text of {name}" if name else "a text"
        inner = Text().put(self._quoted(source, node), self.tree.origin(node))
        if " " in inner.text:
            _Reader(inner, self.expansions, self.script, told, self.depth + 1).read()

    def _cut(self, node: Node) -> bool:
        """Whether the grammar gave up where a command is: then it is none that could be read."""
        source = self.tree.text_of(node)
        found = re.search(r"emr-serverless\s[^\n]*?start-job-run\s", source)
        if found is None or any(
            child.has_error is False and MENTION in self.tree.text_of(child)
            for child in node.children
            if child.type != "ERROR" and child.type == "pipeline"
        ):
            return False
        at = self.text.origin(self.tree.start(node) + found.start())
        self.script.add(
            Command(
                at,
                at,
                told=self.told,
                problem=UnreadableCommandError(at, "cannot be read as PowerShell would: put each value in quotes"),
            )
        )
        return True

    # --- one command ----------------------------------------------------------------------------------------------

    def _command(self, node: Node, conditions: tuple[Span, ...]) -> None:
        source = self.tree.text_of(node)
        if MENTION not in source and "@" not in source:
            return
        command = Command(
            self.tree.origin(node), self.text.origin(self.tree.end(node)), told=self.told, conditions=conditions
        )
        try:
            command.words = list(self._words(node, command))
            self._check_end(node)
        except UnreadableCommandError as error:
            command.problem = error
            if re.search(r"emr-serverless\s[\s\S]*?start-job-run\s", source):
                self.script.add(command)
            return
        if launch_of(command.words):
            first = command.words[0].text.lower()
            command.told = f"what {first} prints" if first in _PRINTS else command.told
            self.script.add(command)

    def _words(self, node: Node, command: Command) -> Iterator[Word]:
        if node.has_error:
            raise UnreadableCommandError(
                self._error(node), "cannot be read as PowerShell would from here on: put the value in quotes"
            )
        for piece in self._pieces(node):
            splatted = self._splatted(piece, command)
            if splatted is not None:
                yield from splatted
                continue
            text = "".join(self._text(part) for part in piece)
            yield Word(text, self.tree.origin(piece[0]))

    def _pieces(self, node: Node) -> Iterator[list[Node]]:
        """The nodes of each word: what no separator parts."""
        piece: list[Node] = []
        end = 0
        for part in self._parts(node):
            start = self.tree.start(part)
            if end and start > end and not _BETWEEN.fullmatch(self.tree.text, end, start):
                raise UnreadableCommandError(self.text.origin(end), "cannot be read as PowerShell would from here on")
            if part.type == "command_argument_sep" or (piece and start > end):
                if piece:
                    yield piece
                piece = []
            if part.type != "command_argument_sep":
                piece.append(part)
            end = self.tree.end(part)
        if piece:
            yield piece

    def _parts(self, node: Node) -> Iterator[Node]:
        for child in node.children:
            if child.type == "command_elements":
                yield from (part for part in child.children if part.type != "redirection")
            elif child.type == "command_name_expr":
                yield from child.children
            elif child.type != "command_invokation_operator":
                yield child

    def _splatted(self, piece: list[Node], command: Command) -> list[Word] | None:
        """``aws @arguments``: the items of an array, where the script says what they are."""
        source = "".join(self.tree.text_of(part) for part in piece)
        at = self.tree.origin(piece[0])
        if not re.fullmatch(r"@\w+", source, re.ASCII):
            return None
        value = self.script.value(source[1:].lower(), command.at, command.conditions)
        if value.items is None or not value.array:
            return [Word(self.expansions.mark(source[1:], source), at, several=True)]
        command.maybe += value.maybe
        return [Word(item, at) for item in value.items]

    def _check_end(self, node: Node) -> None:
        behind = self.tree.text[self.tree.end(node) :][:1000]
        orphan = re.match(r"[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*(--[a-z][\w-]*)", behind)
        if orphan:
            raise UnreadableCommandError(
                self.text.origin(self.tree.end(node)),
                f"the command ends here, and {orphan[1]} below is no part of it: end each line but the last with a backquote, as PowerShell wants it",
            )

    def _error(self, node: Node) -> int:
        stack = [node]
        while stack:
            each = stack.pop()
            if each.is_error or each.is_missing:
                return self.tree.origin(each)
            stack.extend(child for child in reversed(each.children) if child.has_error or child.is_missing)
        return self.tree.origin(node)

    # --- one word -------------------------------------------------------------------------------------------------

    def _text(self, node: Node) -> str:
        source = self.tree.text_of(node)
        if node.type in ("generic_token", "command_parameter", "command_name"):
            if "," in source and node.type == "generic_token":
                raise UnreadableCommandError(
                    self.tree.origin(node), f"PowerShell makes several words of {source[:40]}: put the value in quotes"
                )
            return self._expanded(source, bare=True)
        if source[:1] in "'\"" or source[:2] in ("@'", '@"'):
            return self._quoted(source, node)
        if _VARIABLE.fullmatch(source) or _MEMBER.fullmatch(source):
            return self._variable(source)
        if source[:1] == "(" or source[:2] == "$(":
            return self.expansions.mark(name_of_command(source.strip("$()")), source)
        if re.fullmatch(r"-?[\d.]+", source):
            return source
        raise UnreadableCommandError(
            self.tree.origin(node),
            f"PowerShell makes something else than one word of {source[:40]!r}: put the value in quotes",
        )

    def _quoted(self, source: str, node: Node) -> str:
        if source[:2] == "@'":
            return source[2:-2].strip(" \t").removeprefix("\n").removesuffix("\n")
        if source[:2] == '@"':
            return self._expanded(
                source[2:-2].strip(" \t").removeprefix("\n").removesuffix("\n"), bare=False, here=True
            )
        if source[0] == "'" and source[-1] == "'":
            return source[1:-1].replace("''", "'")
        if source[0] == '"' and source[-1] == '"':
            return self._expanded(source[1:-1], bare=False)
        raise UnreadableCommandError(self.tree.origin(node), "this quote is never closed")

    def _expanded(self, text: str, *, bare: bool, here: bool = False) -> str:
        """Escapes and variables within a text in double quotes, or without quotes."""
        made: list[str] = []
        at = 0
        while at < len(text):
            char = text[at]
            if char == "`" and at + 1 < len(text):
                made.append("" if text[at + 1] == "\n" else _ESCAPES.get(text[at + 1], text[at + 1]))
                at += 2
            elif char == '"' and not bare and not here and text[at + 1 : at + 2] == '"':
                made.append('"')
                at += 2
            elif char == "$" and text[at + 1 : at + 2] == "(":
                end = _closing(text, at + 1)
                made.append(self.expansions.mark(name_of_command(text[at + 2 : end - 1]), text[at:end]))
                at = end
            elif char == "$" and (
                variable := (_MEMBER if bare else _VARIABLE).match(text, at) or _VARIABLE.match(text, at)
            ):
                made.append(self._variable(variable[0]))
                at = variable.end()
            else:
                made.append(char)
                at += 1
        return "".join(made)

    def _variable(self, source: str) -> str:
        name = re.sub(r"^\$\{?(?:\w+:)?|\}$", "", source)
        return self.expansions.mark(re.split(r"[\[]", name)[0], source)

    # --- what it sets ---------------------------------------------------------------------------------------------

    def _assignment(self, node: Node, conditions: tuple[Span, ...]) -> None:
        named = [child for child in node.children if child.is_named]
        if len(named) < 3:
            return
        variable, value = self.tree.text_of(named[0]), named[-1]
        match = _VARIABLE.fullmatch(variable.rpartition("]")[2].strip())
        if match is None:
            return
        name = (match["braced"] or match["name"] or "").rpartition(":")[2].lower()
        source = self.tree.text_of(value)
        adds = self.tree.text_of(named[1]).strip() == "+="
        array = source.startswith("@(")
        items: tuple[str, ...] | None = None
        try:
            if array:
                items = tuple(self._quoted(self.tree.text_of(each), each) for each in self._items(value))
            elif (literal := self._literal(value)) is not None:
                items = (self._quoted(self.tree.text_of(literal), literal),)
        except UnreadableCommandError:
            items = None
        at, end = self.tree.origin(node), self.text.origin(self.tree.end(node))
        self.script.assign(Assigned(name, at, end, items, array, adds, conditions))

    def _literal(self, node: Node) -> Node | None:
        span = node.start_byte, node.end_byte
        while node.type != "string_literal":
            same = [child for child in node.children if (child.start_byte, child.end_byte) == span]
            if not same:
                return None
            node = same[0]
        return node

    def _items(self, node: Node) -> Iterator[Node]:
        """The texts of ``@('a', "b")``; anything else in it makes the whole unknown."""
        stack = list(reversed(node.children))
        while stack:
            each = stack.pop()
            if each.type == "string_literal":
                yield each
            elif not each.children and each.is_named and each.type != "comment":
                raise UnreadableCommandError(self.tree.origin(each), "is no text")
            else:
                stack.extend(reversed(each.children))


def _closing(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += (text[index] == "(") - (text[index] == ")")
        if not depth:
            return index + 1
    return len(text)
