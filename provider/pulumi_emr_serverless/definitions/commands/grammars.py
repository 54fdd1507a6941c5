"""The grammars that the languages of commands are read with: tree-sitter's, as editors use them."""

from __future__ import annotations

import importlib
import re
from array import array
from bisect import bisect_left
from functools import cache
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless.definitions.commands.marks import UnreadableCommandError
from pulumi_emr_serverless.definitions.commands.text import Text
from pulumi_emr_serverless.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Language, Node

DEEPEST = 500
"""How deep brackets may be nested. Scripts of people are far below; tree-sitter takes long for thousands."""


class Tree:
    """A text and its syntax tree, of which every place is a position in the text."""

    def __init__(self, text: Text, language: str) -> None:
        self.source = text
        self.text = text.text
        _refuse_deep(text)
        raw = self.text.encode()
        self._starts = None if len(raw) == len(self.text) else _starts_of_characters(self.text)
        self._parsed = _parser(language).parse(raw)
        """Nodes live as long as their tree."""
        self.root: Node = self._parsed.root_node

    def start(self, node: Node) -> int:
        return self._character(node.start_byte)

    def end(self, node: Node) -> int:
        return self._character(node.end_byte)

    def text_of(self, node: Node) -> str:
        return self.text[self.start(node) : self.end(node)]

    def origin(self, node: Node) -> int:
        return self.source.origin(self.start(node))

    def walk(self) -> Iterator[Node]:
        """Every node, parents first, in the order of the text."""
        open_nodes = [self.root]
        while open_nodes:
            node = open_nodes.pop()
            yield node
            open_nodes.extend(reversed(node.children))

    def _character(self, byte: int) -> int:
        return byte if self._starts is None else bisect_left(self._starts, byte)


def _starts_of_characters(text: str) -> array[int]:
    starts, at = array("L"), 0
    for character in text:
        starts.append(at)
        at += 1 if character < "\x80" else len(character.encode("utf-8", "surrogatepass"))
    return starts


def _refuse_deep(text: Text) -> None:
    """What takes a grammar long: brackets in brackets, and redirection upon redirection."""
    depth = 0
    for match in re.finditer(r"[({]|[)}]|(?:<[ \t]*){50}", text.text):
        if match[0][0] == "<":
            raise UnreadableCommandError(text.origin(match.start()), "no shell takes so many < in a row")
        depth = depth + 1 if match[0] in "({" else max(depth - 1, 0)
        if depth > DEEPEST:
            raise UnreadableCommandError(text.origin(match.start()), f"brackets are nested more than {DEEPEST} deep")


@cache
def _parser(language: str) -> Any:
    try:
        tree_sitter = importlib.import_module("tree_sitter")
        grammar = importlib.import_module(f"tree_sitter_{language}")
    except ImportError as error:
        raise MissingDependencyError(
            f"commands are read with tree-sitter, and {error.name} is not installed: "
            "pip install 'pulumi-emr-serverless[import]'"
        ) from None
    wanted: Language = tree_sitter.Language(grammar.language())
    return tree_sitter.Parser(wanted)
