"""Terraform and other HCL: ``command = <<-EOT``, ``command = "aws ..."``, ``inline = [...]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_emr_serverless.definitions.commands.grammars import Tree
from pulumi_emr_serverless.definitions.commands.layers.inner import Inner, OtherKindError
from pulumi_emr_serverless.definitions.commands.marks import Expansions, Word
from pulumi_emr_serverless.definitions.commands.scripts import MENTION, Assigned, Script
from pulumi_emr_serverless.definitions.commands.templates import name_of_path
from pulumi_emr_serverless.definitions.commands.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))|\$(\$\{)|%(%\{)")
_HEREDOC_ESCAPE = re.compile(r"\$(\$\{)|%(%\{)")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def hcl_layer(text: Text, expansions: Expansions, script: Script) -> Iterator[Inner]:
    """Every text that speaks of the command; the lines of ``inline`` are one script."""
    tree = Tree(text, "hcl", expansions.patience)
    reader = _Reader(tree, expansions)
    found = False
    behind = 0
    for node in tree.walk():
        if node.start_byte < behind or MENTION not in tree.text_of(node):
            continue
        if node.type == "tuple" and (inner := reader.tuple(node)):
            found, behind = True, node.end_byte
            yield inner
        elif node.type in ("heredoc_template", "quoted_template", "string_lit"):
            found, behind = True, node.end_byte
            reader.environment(node, script)
            yield Inner(reader.template(node), reader.interpreter(node))
    if not found:
        raise OtherKindError


class _Reader:
    def __init__(self, tree: Tree, expansions: Expansions) -> None:
        self.tree = tree
        self.expansions = expansions

    def template(self, node: Node) -> Text:
        """What a text of HCL says, with marks for its interpolations."""
        heredoc = node.type == "heredoc_template"
        text, behind, end = Text(), *self._inside(node, heredoc=heredoc)
        escape = _HEREDOC_ESCAPE if heredoc else _ESCAPE
        for part in self._parts(node):
            self._literal(text, behind, self.tree.start(part), escape)
            text.put(self._mark(part), self.tree.origin(part))
            behind = self.tree.end(part)
        self._literal(text, behind, end, escape)
        indented = heredoc and any(
            child.type == "heredoc_start" and self.tree.text_of(child) == "<<-" for child in node.children
        )
        return _unindented(text) if indented else text

    def _inside(self, node: Node, *, heredoc: bool) -> tuple[int, int]:
        start, end = self.tree.start(node), self.tree.end(node)
        if not heredoc:
            return start + 1, end - 1
        body = self.tree.text.find("\n", start) + 1
        last = self.tree.text.rfind("\n", body, end) + 1
        return body, max(last, body)

    def _parts(self, node: Node) -> Iterator[Node]:
        """Interpolations and directives, not those within one another."""
        stack = list(reversed(node.children))
        while stack:
            each = stack.pop()
            if each.type in ("template_interpolation", "template_directive", "template_if", "template_for"):
                yield each
            else:
                stack.extend(reversed(each.children))

    def _mark(self, part: Node) -> str:
        source = self.tree.text_of(part)
        if part.type == "template_interpolation":
            return self.expansions.mark(name_of_path(source), source, "hcl")
        mark = self.expansions.mark("template", source)
        self.expansions.statements.add(self.expansions.name_of(mark))
        return mark

    def _literal(self, text: Text, start: int, end: int, escape: re.Pattern[str]) -> None:
        behind = start
        for match in escape.finditer(self.tree.text, start, end):
            text.copy(self.tree.source, behind, match.start())
            text.put(_unescaped(match), self.tree.source.origin(match.start()))
            behind = match.end()
        text.copy(self.tree.source, behind, end)

    def tuple(self, node: Node) -> Inner | None:
        """A list: the lines of one script, or the words of a command."""
        items = [
            child
            for child in node.children
            if child.is_named and child.type not in ("tuple_start", "tuple_end", "comment")
        ]
        words = [Word(self._word(item), self.tree.origin(item)) for item in items]
        texts = [word.text for word in words]
        if "emr-serverless" in texts and MENTION in texts:
            return Inner(self.tree.source.cut(self.tree.start(node), self.tree.end(node)), words=tuple(words))
        script = Text()
        for item in items:
            literal = self._text(item)
            if literal is None:
                return None
            script.copy(self.template(literal)).put("\n", self.tree.origin(item))
        return Inner(script)

    def _word(self, item: Node) -> str:
        literal = self._text(item)
        source = self.tree.text_of(item)
        return (
            self.template(literal).text
            if literal is not None
            else self.expansions.mark(name_of_path(source), source, "hcl")
        )

    def _text(self, item: Node) -> Node | None:
        """The text that an expression is, and nothing but a text."""
        span = item.start_byte, item.end_byte
        while item.type not in ("quoted_template", "string_lit", "heredoc_template"):
            same = [child for child in item.children if (child.start_byte, child.end_byte) == span]
            if not same:
                return None
            item = same[0]
        return item

    def interpreter(self, node: Node) -> str:
        """``interpreter = ["PowerShell", "-Command"]`` beside the command."""
        body = self._body(node)
        said = re.search(r"interpreter\s*=\s*\[\s*\"([^\"]*)", self.tree.text_of(body)) if body is not None else None
        name = re.split(r"[/\\]", said[1].lower())[-1].removesuffix(".exe") if said else ""
        return {"powershell": "powershell", "pwsh": "powershell", "cmd": "cmd"}.get(name, "shell" if name else "")

    def environment(self, node: Node, script: Script) -> None:
        """``environment = { NAME = "value" }`` beside the command."""
        body = self._body(node)
        found = re.search(r"environment\s*=\s*\{([^{}]*)\}", self.tree.text_of(body)) if body is not None else None
        if body is None or found is None:
            return
        start = self.tree.start(body) + found.start(1)
        for match in re.finditer(r"\"?([A-Za-z_]\w*)\"?\s*[=:]\s*(\"(?:[^\"\\]|\\.)*\"|[^\n,]+)", found[1], re.ASCII):
            at = self.tree.source.origin(start + match.start())
            script.assign(Assigned(match[1], at, at, (match[2].strip().strip('"'),), conditions=((at, at),)))

    def _body(self, node: Node) -> Node | None:
        above = node.parent
        while above is not None and above.type != "body":
            above = above.parent
        return above


def _unescaped(match: re.Match[str]) -> str:
    groups = match.groups()
    if len(groups) == 2:
        return str(groups[0] or groups[1])
    control, short, long, dollar, percent = groups
    return _CONTROL[control] if control else chr(int(short or long, 16)) if short or long else dollar or percent


def _unindented(text: Text) -> Text:
    """``<<-``: without the indentation that all lines share."""
    lines = list(text.lines())
    least = min(
        (len(line) - len(line.lstrip(" \t")) for at, to in lines if (line := text.text[at:to]).strip()), default=0
    )
    kept = Text()
    for at, to in lines:
        kept.copy(text, at + least if text.text[at:to].strip() else to - 1, to)
    return kept
