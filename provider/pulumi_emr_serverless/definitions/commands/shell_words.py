"""What bash makes of one word: quotes taken off, expansions left open as marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pulumi_emr_serverless.definitions.commands.marks import Expansions, UnreadableCommandError
from pulumi_emr_serverless.definitions.commands.text import Text

if TYPE_CHECKING:
    from tree_sitter import Node

    from pulumi_emr_serverless.definitions.commands.grammars import Tree

_EXPANSIONS = frozenset({
    "simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution",
})  # fmt: skip
_PLAIN = frozenset({"word", "number", "variable_name", "special_variable_name", "test_operator", "regex", "extglob_pattern"})
_NAME = re.compile(r"\$\{?[!#]?([A-Za-z_]\w*|\d+|[@*?$!-])", re.ASCII)
_LIST = re.compile(r"\$(?:@|\{@.*\}|\{!?\w+\[@\].*\})", re.ASCII | re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(\\\\|.)|(.))|[^\\]+", re.DOTALL
)
_ESCAPED = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))
_BRACES = re.compile(r"\\[\s\S]|[{},]|\.\.")


class ShellWord(NamedTuple):
    """A word as a command gets it; ``several``: it is one expansion that can be no word or several."""

    text: Text
    several: bool


class Words:
    """Reads words of a tree."""

    def __init__(self, tree: Tree, expansions: Expansions) -> None:
        self.tree = tree
        self.expansions = expansions

    def word(self, node: Node) -> ShellWord:
        """Raises UnreadableCommandError for what the shell makes no single text of."""
        if brace := self._brace_expansion(node):
            raise UnreadableCommandError(
                brace, "without quotes the shell makes several words of {...,...}: put the value in single quotes"
            )
        text = Text()
        self._add(text, node)
        return ShellWord(text, self._is_several(node))

    def heredoc(self, redirect: Node) -> Text:
        """The text of ``<<END`` as the command reads it."""
        start = next((child for child in redirect.children if child.type == "heredoc_start"), None)
        body = next((child for child in redirect.children if child.type == "heredoc_body"), None)
        text = Text()
        if start is None or body is None:
            return text
        as_it_is = re.search(r"['\"\\]", self.tree.text_of(start)) is not None
        if as_it_is:
            text.copy(self.tree.source, self.tree.start(body), self.tree.end(body))
        else:
            self._spread(text, body, self._unescape_heredoc)
        end = text.text.rfind("\n") + 1  # the grammar counts the indentation of the end as a part of the body
        text = text.cut(0, end)
        indented = any(child.type == "<<-" for child in redirect.children)
        return text.sub(re.compile(r"(?m)^\t+"), lambda _: "") if indented else text

    # --- nodes ----------------------------------------------------------------------------------------------------

    def _add(self, text: Text, node: Node) -> None:
        kind = node.type
        if kind in _EXPANSIONS:
            self._expand(text, node)
        elif kind == "string":
            self._spread(text, node, self._unescape_double, quote=1)
        elif kind == "raw_string":
            text.copy(self.tree.source, self.tree.start(node) + 1, self.tree.end(node) - 1)
        elif kind == "ansi_c_string":
            text.put(self._ansi_c(node), self.tree.origin(node))
        elif kind == "concatenation" or (kind == "command_name" and node.children):
            self._concatenated(text, node)
        elif kind in _PLAIN or not node.is_named:
            self._unescape_bare(text, self.tree.start(node), self.tree.end(node))
        else:
            raise UnreadableCommandError(self.tree.origin(node), f"cannot be read here: {self._shown(node)}")

    def _concatenated(self, text: Text, node: Node) -> None:
        end = self.tree.start(node)
        for child in node.children:
            if self.tree.start(child) != end:
                raise UnreadableCommandError(self.tree.source.origin(end), f"cannot be read: {self._shown(node)}")
            end = self.tree.end(child)
            if child.type == "$" and self.tree.text[end : end + 1] == '"':
                continue  # $"..." is a text for translation, one in double quotes
            self._add(text, child)

    def _spread(self, text: Text, node: Node, unescape: object, quote: int = 0) -> None:
        """Text with expansions in it. What the grammar has no node for is text, too."""
        behind, end = self.tree.start(node) + quote, self.tree.end(node) - quote
        for child in node.children:
            if child.type in _EXPANSIONS:
                unescape(text, behind, self.tree.start(child))  # type: ignore[operator] # one of the methods below
                self._expand(text, child)
                behind = self.tree.end(child)
        unescape(text, behind, end)  # type: ignore[operator] # as above

    # --- escapes --------------------------------------------------------------------------------------------------

    def _unescape_bare(self, text: Text, start: int, end: int) -> None:
        self._unescape(text, start, end, re.compile(r"\\(\n)|\\([\s\S])"))

    def _unescape_double(self, text: Text, start: int, end: int) -> None:
        self._unescape(text, start, end, re.compile(r"\\(\n)|\\([\\\"$`])"))

    def _unescape_heredoc(self, text: Text, start: int, end: int) -> None:
        self._unescape(text, start, end, re.compile(r"\\(\n)|\\([\\$`])"))

    def _unescape(self, text: Text, start: int, end: int, escape: re.Pattern[str]) -> None:
        behind = start
        for match in escape.finditer(self.tree.text, start, end):
            text.copy(self.tree.source, behind, match.start())
            text.put(match[2] or "", self.tree.source.origin(match.start()))
            behind = match.end()
        text.copy(self.tree.source, behind, end)

    def _ansi_c(self, node: Node) -> str:
        try:
            return unescape_ansi_c(self.tree.text_of(node)[2:-1])
        except UnicodeDecodeError:
            raise UnreadableCommandError(self.tree.origin(node), "the bytes of this $' are no UTF-8") from None
        except (ValueError, OverflowError):
            raise UnreadableCommandError(self.tree.origin(node), "this $' has an escape of no character") from None

    # --- expansions -----------------------------------------------------------------------------------------------

    def _expand(self, text: Text, node: Node) -> None:
        source = self.tree.text_of(node)
        if node.type == "command_substitution":
            inlined = self._heredoc_of_cat(node)
            if inlined is not None:
                text.copy(inlined, 0, len(inlined.text.rstrip("\n")))
                return
            mark = self.expansions.mark(name_of_command(source.strip("$()`")), self.expansions.shown(source))
        elif named := _NAME.match(source):
            plain = node.type == "simple_expansion"
            mark = self.expansions.mark(
                named[1] if re.match(r"[A-Za-z_]", named[1]) else f"arg{named[1]}",
                f"${{{named[1]}}}" if plain else self.expansions.shown(source),
            )
        else:
            mark = self.expansions.mark("value", self.expansions.shown(source))
        text.put(mark, self.tree.origin(node))

    def _heredoc_of_cat(self, node: Node) -> Text | None:
        """The text of ``$(cat <<END ... END)``, which is there to be seen."""
        inner = [child for child in node.children if child.is_named]
        if len(inner) != 1 or inner[0].type != "redirected_statement":
            return None
        parts = [child for child in inner[0].children if child.is_named]
        is_cat = len(parts) == 2 and self.tree.text_of(parts[0]) == "cat" and parts[1].type == "heredoc_redirect"
        alone = is_cat and all(child.type in ("<<", "<<-", "heredoc_start", "heredoc_body", "heredoc_end") for child in parts[1].children)
        return self.heredoc(parts[1]) if alone else None

    def _is_several(self, node: Node) -> bool:
        if node.type in ("simple_expansion", "expansion", "command_substitution"):
            return True
        if node.type == "command_name" and len(node.children) == 1:
            return self._is_several(node.children[0])
        inner = [child for child in node.children if child.type in _EXPANSIONS]
        return (
            node.type == "string"
            and len(inner) == 1
            and self.tree.end(inner[0]) - self.tree.start(inner[0]) == self.tree.end(node) - self.tree.start(node) - 2
            and _LIST.fullmatch(self.tree.text_of(inner[0])) is not None
        )

    def _brace_expansion(self, node: Node) -> int | None:
        """Where an unquoted ``{a,b}`` or ``{1..3}`` begins."""
        open_braces: list[tuple[int, bool]] = []
        parts = node.children if node.type in ("concatenation", "command_name") else [node]
        for part in parts:
            if part.type == "brace_expression":
                return self.tree.origin(part)
            if part.type not in _PLAIN:
                continue
            for match in _BRACES.finditer(self.tree.text, self.tree.start(part), self.tree.end(part)):
                if match[0] == "{":
                    open_braces.append((match.start(), False))
                elif match[0] in (",", "..") and open_braces:
                    open_braces[-1] = (open_braces[-1][0], True)
                elif match[0] == "}" and open_braces:
                    start, expands = open_braces.pop()
                    if expands:
                        return self.tree.source.origin(start)
        return None

    def _shown(self, node: Node) -> str:
        text = " ".join(self.expansions.shown(self.tree.text_of(node)).split())
        return text if len(text) <= 40 else f"{text[:37]}..."


def name_of_command(command: str) -> str:
    """``terraform output -raw emr_application_id`` is best called by its last word, ``date +%F`` by its first."""
    words = command.split() or ["command"]
    telling = len(words) > 1 and re.fullmatch(r"[A-Za-z][\w.-]+", words[-1], re.ASCII)
    return words[-1] if telling else words[0]


def unescape_ansi_c(text: str) -> str:
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
