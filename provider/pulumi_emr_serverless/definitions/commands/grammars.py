"""The grammars that the languages of commands are read with: tree-sitter's, as editors use them."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless.definitions.commands.marks import UnreadableCommandError
from pulumi_emr_serverless.definitions.commands.patience import Patience
from pulumi_emr_serverless.definitions.commands.text import Text
from pulumi_emr_serverless.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Language, Node

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_OTHER = "\x01"
"""A character of words that is none of names."""

DEEPEST = 500
"""How deep brackets may be nested. Scripts of people are far below; tree-sitter takes long for thousands."""


class Tree:
    """A text and its syntax tree, of which every place is a position in the text."""

    def __init__(self, text: Text, language: str, patience: Patience) -> None:
        self.source = text
        self.text = text.text
        _refuse_deep(text)
        self._parsed = _parsed(_plain(self.text, language), language, patience)
        """Nodes live as long as their tree."""
        if self._parsed is None:
            raise UnreadableCommandError(text.origin(0), "the text is too tangled to be read: paste the command alone")
        self.root: Node = self._parsed.root_node

    def start(self, node: Node) -> int:
        return node.start_byte

    def end(self, node: Node) -> int:
        return node.end_byte

    def text_of(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte]

    def origin(self, node: Node) -> int:
        return self.source.origin(node.start_byte)

    def walk(self) -> Iterator[Node]:
        """Every node, parents first, in the order of the text."""
        open_nodes = [self.root]
        while open_nodes:
            node = open_nodes.pop()
            yield node
            open_nodes.extend(reversed(node.children))


def _plain(text: str, language: str) -> bytes:
    """The text in ASCII, so that bytes are characters: no character beyond it means anything to a grammar but as itself.

    The scanner of bash's grammar also asks C's ``isdigit`` for them, which is undefined and crashes.
    """
    letter = "x" if language == "powershell" else _OTHER  # names of its variables have letters of any script
    return _BEYOND_ASCII.sub(lambda match: letter if match[0].isalpha() else _OTHER, text).encode()


def _refuse_deep(text: Text) -> None:
    """What takes a grammar long: brackets in brackets, and redirection upon redirection."""
    depth = 0
    for match in re.finditer(r"[({]|[)}]|(?:<[ \t]*){50}", text.text):
        if match[0][0] == "<":
            raise UnreadableCommandError(text.origin(match.start()), "no shell takes so many < in a row")
        depth = depth + 1 if match[0] in "({" else max(depth - 1, 0)
        if depth > DEEPEST:
            raise UnreadableCommandError(text.origin(match.start()), f"brackets are nested more than {DEEPEST} deep")


def _parsed(raw: bytes, language: str, patience: Patience) -> Any:
    """The tree, or None where it takes too long."""
    parser, wanted = _language(language)
    try:
        return parser(wanted).parse(lambda at, _: raw[at : at + 65536], progress_callback=lambda *_: patience.over)
    except ValueError:
        return None


@cache
def _language(language: str) -> Any:
    tree_sitter, grammar = dependency("tree_sitter"), dependency(f"tree_sitter_{language}")
    wanted: Language = tree_sitter.Language(grammar.language())
    return tree_sitter.Parser, wanted


def dependency(name: str) -> Any:
    """A module of the extra that only the reading of commands needs.

    Raises:
        MissingDependencyError: the extra is not installed; says how it is.

    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingDependencyError(
            f"reading commands needs {error.name or name}, which is not installed: "
            "pip install 'pulumi-emr-serverless[import]'"
        ) from None
