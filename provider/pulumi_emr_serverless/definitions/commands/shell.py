"""Commands of a POSIX shell or bash, as tree-sitter's grammar of bash reads them. Nothing is run.

The grammar says what a word, a comment, a here-document is. What it does not account for, character by character, is an
error here: a wrong reading would start another job than the one that was pasted.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pulumi_emr_serverless.definitions.commands import placeholders, templates
from pulumi_emr_serverless.definitions.commands.grammars import Tree
from pulumi_emr_serverless.definitions.commands.launcher import launch_of
from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError, Word, is_mark
from pulumi_emr_serverless.definitions.commands.quoting import Quotes
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Command, Script, Span, variable_of
from pulumi_emr_serverless.definitions.commands.shell_settings import Settings
from pulumi_emr_serverless.definitions.commands.shell_words import Words
from pulumi_emr_serverless.definitions.commands.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node

_PROMPT = re.compile(r"(?m)^[ \t]*\$[ \t]+(?=\S)|(?<=\\\n)>[ \t]", re.ASCII)
_BLANK_BEHIND_BACKSLASH = re.compile(r"(?<!\\)\\[ \t]+\n")
_BETWEEN = re.compile(r"(?:[ \t]|\\\n)*")
_BEHIND = re.compile(r"(?:[ \t]|\\\n)*(?=[\n;&|)<>`#}]|\Z)")
_ORPHAN = re.compile(r"[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*(?P<option>--[a-z][\w-]*)")
_COMMENT = re.compile(r"(?m)^[ \t]*#+[ \t]?")
_PRINTS = frozenset({"echo", "printf", "print", "cat", "tee", "grep", "log", "logger", "info", "warn", "die", "usage", ":"})
_RUNS_A_TEXT = frozenset({
    "bash", "sh", "zsh", "dash", "ksh", "eval", "ssh", "su", "sudo", "env", "docker", "podman", "kubectl", "timeout", "watch",
    "nohup", "parallel", "exec", "xargs", "time",
})  # fmt: skip
_DEEPEST_TEXT = 4
"""Scripts in texts of scripts of scripts: nobody writes more."""
_MOST_SECOND_LOOKS = 20
_LONGEST_SECOND_LOOK = 100_000
_LOOKS_LIKE_ONE = re.compile(r"emr-serverless(?:[ \t]|\\\n)(?:[^;|&\n]|\\\n)*?start-job-run(?:[ \t]|\\\n)")
_CLI_BEFORE = re.compile(r"(?:\S*aws\S*|\$\{?\w+\}?\"?)(?:[ \t]|\\\n)[^\n;|&]*\Z")


def read_shell(text: Text, expansions: Expansions, script: Script, told: str = "") -> None:
    """Add every ``start-job-run`` of ``text``, with what it sets and writes around it, to ``script``."""
    text = templates.masked(text.sub(_PROMPT, lambda _: ""), expansions)
    broken = [text.origin(match.start()) for match in _BLANK_BEHIND_BACKSLASH.finditer(text.text)]
    text = placeholders.marked(text.sub(_BLANK_BEHIND_BACKSLASH, lambda _: "\\\n"), expansions)
    known = len(script.commands)
    _Reader(text, expansions, script, _Place(told)).read()
    for command in script.commands[known:]:
        command.broken = [at for at in broken if command.at <= at <= command.end]


class _Place(NamedTuple):
    """Where a script stands in others."""

    told: str = ""
    conditions: tuple[Span, ...] = ()
    depth: int = 0


class _Reader:
    def __init__(self, text: Text, expansions: Expansions, script: Script, place: _Place) -> None:
        self.text = text
        self.tree = Tree(text, "bash")
        self.expansions = expansions
        self.words = Words(self.tree, expansions)
        self.script = script
        self.place = place
        self.inner: list[tuple[Text, _Place]] = []
        """Scripts within this one."""
        self.comments: list[Node] = []
        self.backquoted_to = 0

    def read(self) -> None:
        first = len(self.script.assigned)
        for node, conditions in Settings(self.tree, self.words, self.script, self.place.conditions).walk():
            self._node(node, conditions)
        self._comments()
        self._variables(first)
        for text, place in self.inner:
            if place.depth <= _DEEPEST_TEXT and MENTION in text.text:
                _Reader(text, self.expansions, self.script, place).read()
        if self.tree.root.has_error:
            self._second_looks()

    def first(self) -> None:
        """Read the first command alone: what comes behind it is not of this kind."""
        for node in self.tree.walk():
            if node.type == "command":
                self._command(node, self.place.conditions)
                return

    def _node(self, node: Node, conditions: tuple[Span, ...]) -> None:
        if node.start_byte < self.backquoted_to:
            return
        if node.type == "command":
            self._command(node, conditions)
        elif node.type == "comment":
            self.comments.append(node)
        elif node.type == "heredoc_redirect" and MENTION in self.tree.text_of(node):
            self._nested(self.words.heredoc(node), self._told_by(node.parent), conditions)
        elif node.type == "command_substitution" and node.children[0].type == "`" and MENTION in self.tree.text_of(node):
            self.backquoted_to = node.end_byte
            inside = self.text.cut(self.tree.start(node) + 1, self.tree.end(node) - 1)
            quoted = node.parent is not None and node.parent.type == "string"
            escape = re.compile(r"\\([\\$`\"])" if quoted else r"\\([\\$`])")
            self._nested(inside.sub(escape, lambda match: match[1]), self.place.told, conditions)

    def _nested(self, text: Text, told: str, conditions: tuple[Span, ...]) -> None:
        self.inner.append((text, _Place(told, conditions, self.place.depth + 1)))

    # --- one command ----------------------------------------------------------------------------------------------

    def _command(self, node: Node, conditions: tuple[Span, ...]) -> None:
        mentions = MENTION in self.tree.text_of(node)
        if not mentions and not self._may_run_a_variable(node):
            return
        at, end = self.tree.origin(node), self.tree.source.origin(self.tree.end(node))
        command = Command(at, end, told=self.place.told, conditions=conditions)
        try:
            self._fill(node, command)
        except UnreadableCommandError as error:
            command.problem = self._reason(node, error)
            if mentions and _LOOKS_LIKE_ONE.search(self.tree.text_of(node) + " "):
                self.script.add(command)
            return
        self._found(node, command)

    def _fill(self, node: Node, command: Command) -> None:
        if broken := _first_error(node):
            raise self._unreadable(self.tree.start(broken))
        end = self.tree.start(node)
        for part in (*node.children, *self._redirects(node)):
            start = self.tree.start(part)
            if start > end and not _BETWEEN.fullmatch(self.tree.text, end, start):
                raise self._unreadable(end)
            end = max(self.tree.end(part), end)
        words = [(self.words.word(part), self.tree.origin(part)) for part in self._arguments(node)]
        command.words = [Word(word.text.text, at, word.several) for word, at in words]
        command.end = self.tree.source.origin(end)
        command.environment = [
            (name, value)
            for child in node.children
            if child.type == "variable_assignment"
            for name, _, value in [self.tree.text_of(child).partition("=")]
        ]
        command.stdin = self._stdin(node)
        if MENTION in self.tree.text_of(node):
            self._check_end(node, end)

    def _arguments(self, node: Node) -> Iterator[Node]:
        """The words. Those behind a redirection are a part of it to the grammar."""
        for child in (*node.children, *self._redirects(node)):
            if child.type.endswith("_redirect"):
                yield from self._behind_target(child)
            elif child.type not in ("variable_assignment", "$"):
                yield child

    def _behind_target(self, redirect: Node) -> Iterator[Node]:
        named = [child for child in redirect.children if child.is_named and child.type != "file_descriptor"]
        if redirect.type != "heredoc_redirect":
            yield from named[1:]
            return
        for child in named:
            if child.type == "file_redirect":
                yield from self._behind_target(child)
            elif child.type not in ("heredoc_start", "heredoc_body", "heredoc_end", "pipeline", "comment"):
                yield child

    def _redirects(self, node: Node) -> list[Node]:
        """The redirections of the statement that the command is the last part of."""
        while node.parent is not None and node.parent.type in ("pipeline", "list", "negated_command"):
            if node.parent.end_byte != node.end_byte:
                return []
            node = node.parent
        statement = node.parent
        if statement is None or statement.type != "redirected_statement" or node.type.endswith("_redirect"):
            return []
        return [child for child in statement.children if child.type.endswith("_redirect")]

    def _check_end(self, node: Node, end: int) -> None:
        if any(redirect.type == "heredoc_redirect" for redirect in self._redirects(node)):
            return
        behind = _BEHIND.match(self.tree.text, end)
        if behind is None:
            raise self._unreadable(end)
        orphan = _ORPHAN.match(self.tree.text, behind.end())
        if orphan:
            raise UnreadableCommandError(
                self.tree.source.origin(end),
                f"the command ends here, and {orphan['option']} below is no part of it: "
                "end each line but the last with a backslash, with no comment in between",
            )

    def _unreadable(self, at: int) -> UnreadableCommandError:
        shown = self.expansions.shown(self.tree.text[at : at + 30].split("\n")[0].strip())
        return UnreadableCommandError(self.tree.source.origin(at), f"a shell cannot read this from here on: {shown!r}")

    def _reason(self, node: Node, error: UnreadableCommandError) -> UnreadableCommandError:
        """A quote that is never closed breaks everything behind it, and says more than what broke."""
        found = Quotes(self.tree.text, self.tree.start(node), self.tree.start(node)).unclosed()
        return UnreadableCommandError(self.tree.source.origin(found[0]), found[1]) if found else error

    # --- what it is -----------------------------------------------------------------------------------------------

    def _found(self, node: Node, command: Command) -> None:
        command.words = [word for each in command.words for word in self._expanded(each, command)]
        first = _base_name(command.words[0].text) if command.words else ""
        if launch_of(command.words):
            told = f"what {first} prints" if first in _PRINTS else command.told
            self.script.add(replace(command, told=told))
            return
        runs = first in _RUNS_A_TEXT or bool(command.words and is_mark(command.words[0].text))
        told = self.place.told if runs else f"a text of {first}"
        for part in self._arguments(node):
            if MENTION in self.tree.text_of(part):
                self._nested(self.words.word(part).text, told, command.conditions)
        if runs:
            for word in command.words:
                text = self._value(word, command)
                if text and MENTION in text:
                    self._nested(Text().put(text, word.at), told, command.conditions)

    def _expanded(self, word: Word, command: Command) -> list[Word]:
        """The words of an array or a text in the place of its expansion, where the script says what they are."""
        if not word.several or not is_mark(word.text):
            return [word]
        source = self.expansions.source_of(word.text)
        value = self.script.value(variable_of(source), command.at, command.conditions)
        items = value.words(first="[" not in source)
        if items is None or (len(items) == 1 and not value.array):
            return [word]
        command.maybe += value.maybe
        return [Word(item, word.at) for item in items]

    def _value(self, word: Word, command: Command) -> str | None:
        if not is_mark(word.text):
            return None
        return self.script.value(variable_of(self.expansions.source_of(word.text)), command.at, command.conditions).text

    def _may_run_a_variable(self, node: Node) -> bool:
        """``"${command[@]}"``, ``eval "$COMMAND"``: a variable that has been set to the command."""
        names = self.script.named_commands
        return bool(names) and not names.isdisjoint(re.findall(r"\w+", self.tree.text_of(node)[:1000]))

    def _told_by(self, statement: Node | None) -> str:
        """Whether what reads a here-document runs it."""
        body = statement.children[0] if statement is not None and statement.children else None
        while body is not None and body.type in ("pipeline", "list", "negated_command"):
            body = body.children[-1]
        name = _base_name(self.tree.text_of(body).split()[0]) if body is not None and body.type == "command" else ""
        return self.place.told if name in _RUNS_A_TEXT else f"a text of {name}" if name else "a text"

    def _stdin(self, node: Node) -> str | None:
        for redirect in (*self._redirects(node), *node.children):
            if redirect.type == "heredoc_redirect":
                return self.words.heredoc(redirect).text
            if redirect.type == "herestring_redirect":
                return self.words.word(redirect.children[1]).text.text + "\n"
        above = node.parent  # cat <<END | aws ...: the grammar has the pipeline within the here-document
        while above is not None and above.type in ("pipeline", "redirected_statement", "list"):
            above = above.parent
        if above is None or above.type != "heredoc_redirect" or above.parent is None:
            return None
        return self.words.heredoc(above).text if self.tree.text_of(above.parent.children[0]) == "cat" else None

    # --- texts of the script --------------------------------------------------------------------------------------

    def _comments(self) -> None:
        """Comments of successive lines are one text."""
        block = Text()
        end = 0
        for node in self.comments:
            start = self.tree.start(node)
            if self.tree.text[end:start].strip(" \t") not in ("", "\n"):
                self._nested(block, "a comment", self.place.conditions)
                block = Text()
            end = self.tree.end(node)
            block.copy(self.text.cut(start, end).sub(_COMMENT, lambda _: "")).put("\n", self.text.origin(end))
        self._nested(block, "a comment", self.place.conditions)

    def _variables(self, first: int) -> None:
        """A command in a variable that nothing here runs."""
        for each in self.script.assigned[first:]:
            if each.items is None or not any(MENTION in item for item in each.items):
                continue
            told = f"the text of {each.name}"
            if each.array:
                words = [Word(item, each.at) for item in each.items]
                if launch_of(words):
                    self.script.add(Command(each.at, each.end, words, told, each.conditions))
            else:
                self._nested(Text().put("".join(each.items), each.at), told, each.conditions)

    def _second_looks(self) -> None:
        """Commands that were not found: in prose, or behind what is broken."""
        found = sorted((each.at, each.end) for each in self.script.commands)
        looks = behind = 0
        for match in _LOOKS_LIKE_ONE.finditer(self.tree.text):
            before = bisect_right(found, (self.text.origin(match.start()), len(self.text)))
            if match.start() < behind or (before and found[before - 1][1] >= self.text.origin(match.start())):
                continue
            cli = _CLI_BEFORE.search(self.tree.text, max(match.start() - 300, 0), match.start())
            start = cli.start() if cli else match.start()
            inner = self.text.cut(start, min(start + _LONGEST_SECOND_LOOK, len(self.text)))
            _Reader(inner, self.expansions, self.script, self.place).first()
            looks, behind = looks + 1, match.end()
            if looks == _MOST_SECOND_LOOKS:
                return


def _base_name(text: str) -> str:
    return re.split(r"[/\\]", text)[-1]


def _first_error(node: Node) -> Node | None:
    """What the grammar could not make out within the node."""
    if not node.has_error:
        return None
    stack = [node]
    while stack:
        each = stack.pop()
        if each.is_error or each.is_missing:
            return each
        stack.extend(child for child in reversed(each.children) if child.has_error or child.is_missing)
    return node
