"""What a shell script sets, and the files that it writes, under which conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pulumi_emr_serverless.definitions.commands.marks import UnreadableCommandError
from pulumi_emr_serverless.definitions.commands.scripts import Assigned, Script, Span, Written

if TYPE_CHECKING:
    from tree_sitter import Node

    from pulumi_emr_serverless.definitions.commands.grammars import Tree
    from pulumi_emr_serverless.definitions.commands.shell_words import Words

_PASSED_BY = frozenset({
    "elif_clause", "else_clause", "case_item", "while_statement", "for_statement", "c_style_for_statement",
    "function_definition", "subshell", "command_substitution", "process_substitution",
})  # fmt: skip
_SETS_UNSEEN = re.compile(r"(?:printf\s+-v|read|mapfile|readarray)\b")


class Settings:
    """Walks over a tree and notes what it finds."""

    def __init__(self, tree: Tree, words: Words, script: Script, conditions: tuple[Span, ...]) -> None:
        self.tree = tree
        self.words = words
        self.script = script
        self.conditions = conditions

    def walk(self) -> Iterator[tuple[Node, tuple[Span, ...]]]:
        """Every node with the parts of the file around it that may be passed by."""
        stack: list[tuple[Node, tuple[Span, ...]]] = [(self.tree.root, self.conditions)]
        while stack:
            node, conditions = stack.pop()
            yield node, conditions
            self._note(node, conditions)
            stack.extend(reversed(list(self._below(node, conditions))))

    def _below(self, node: Node, conditions: tuple[Span, ...]) -> Iterator[tuple[Node, tuple[Span, ...]]]:
        if node.type in _PASSED_BY:
            conditions = (*conditions, self._span(node))
        behind = False
        for child in node.children:
            branch = (*conditions, self._span(child)) if behind and child.is_named and child.type not in _PASSED_BY else conditions
            yield child, branch
            behind = behind or (child.type == "then" and node.type == "if_statement") or (child.type in ("&&", "||") and node.type == "list")

    def _span(self, node: Node) -> Span:
        return self.tree.origin(node), self.tree.source.origin(self.tree.end(node))

    def _note(self, node: Node, conditions: tuple[Span, ...]) -> None:
        try:
            if node.type == "variable_assignment" and node.parent is not None and node.parent.type != "command":
                self._assignment(node, conditions)
            elif node.type == "for_statement":
                self._loop(node, conditions)
            elif node.type == "command" and _SETS_UNSEEN.match(self.tree.text_of(node)):
                self._read(node, conditions)
            elif node.type == "redirected_statement":
                self._file(node, conditions)
            elif node.type == "command" and self.tree.text_of(node.children[0]) == "tee":
                self._tee(node, conditions)
        except UnreadableCommandError:
            return  # it is no command that is wanted; what it sets stays unknown

    # --- variables ------------------------------------------------------------------------------------------------

    def _assignment(self, node: Node, conditions: tuple[Span, ...]) -> None:
        name, sign, *value = node.children
        at, end = self._span(node)
        adds = sign.type == "+="
        if name.type != "variable_name":  # one item of an array
            whole = self.tree.text_of(name).partition("[")[0]
            self.script.assign(Assigned(whole, at, end, adds=True, conditions=conditions))
            return
        array = bool(value) and value[0].type == "array"
        try:
            items = tuple(self._items(value[0]) if array else [self.words.word(each).text.text for each in value] or [""])
        except UnreadableCommandError:
            items = None
        self.script.assign(Assigned(self.tree.text_of(name), at, end, items, array, adds, conditions))

    def _items(self, array: Node) -> Iterator[str]:
        for child in array.children:
            if child.is_named and child.type != "comment":
                word = self.words.word(child)
                if word.several:
                    raise UnreadableCommandError(self.tree.origin(child), "an item that can be several")
                yield word.text.text

    def _unseen(self, node: Node, names: list[Node], conditions: tuple[Span, ...]) -> None:
        at, end = self._span(node)
        for name in names:
            self.script.assign(Assigned(self.tree.text_of(name), at, end, conditions=conditions))

    def _loop(self, node: Node, conditions: tuple[Span, ...]) -> None:
        at = self.tree.origin(node)
        name = next((child for child in node.children if child.type == "variable_name"), None)
        if name is not None:
            self.script.assign(Assigned(self.tree.text_of(name), at, at, conditions=conditions))

    def _read(self, node: Node, conditions: tuple[Span, ...]) -> None:
        """``read -r -d '' NAME <<END`` sets NAME to the here-document; of others nothing is known but the name."""
        words = [child for child in node.children[1:] if child.is_named]
        text = self.tree.text_of(node)
        heredoc = self._heredoc(node.parent) if node.parent is not None else None
        names = [word for word in words if re.fullmatch(r"[A-Za-z_]\w*", self.tree.text_of(word), re.ASCII)]
        if text.startswith("printf"):
            names = names[:1]
        if heredoc is not None and len(names) == 1 and re.search(r"\s-\w*d\s*(''|\"\")", text):
            at, end = self._span(node.parent or node)
            text = heredoc.rstrip("\n")
            self.script.assign(Assigned(self.tree.text_of(names[0]), at, end, (text,), conditions=conditions))
        else:
            self._unseen(node, names, conditions)

    # --- files ----------------------------------------------------------------------------------------------------

    def _file(self, node: Node, conditions: tuple[Span, ...]) -> None:
        targets = [(redirect, operator) for redirect, operator in self._outputs(node) if operator in (">", ">|", ">>", "&>")]
        for target, operator in targets:
            path = self.words.word(target).text.text
            content = None if operator == ">>" else self._content(node)
            self.script.written.append(Written(path, self.tree.origin(node), content, conditions))

    def _outputs(self, node: Node) -> Iterator[tuple[Node, str]]:
        for child in node.children:
            if child.type == "heredoc_redirect":
                yield from self._outputs(child)
            elif child.type == "file_redirect":
                if any(part.type == "file_descriptor" and self.tree.text_of(part) != "1" for part in child.children):
                    continue
                operator = next((part for part in child.children if not part.is_named), None)
                target = next((part for part in child.children if part.is_named and part.type != "file_descriptor"), None)
                if operator is not None and target is not None:
                    yield target, operator.type

    def _content(self, node: Node) -> str | None:
        body = node.children[0]
        if body.type != "command":
            return None
        words = [child for child in body.children if child.is_named]
        name = self.tree.text_of(words[0])
        heredoc = self._heredoc(node)
        if name == "cat" and len(words) == 1:
            return heredoc
        if name == "tee":
            return heredoc
        return self._printed(name, words[1:]) if heredoc is None else None

    def _printed(self, name: str, words: list[Node]) -> str | None:
        """What ``echo`` and ``printf '%s'`` write."""
        texts = [self.words.word(word).text.text for word in words]
        if name == "echo" and texts and not texts[0].startswith("-") and "\\" not in "".join(texts):
            return " ".join(texts) + "\n"
        if name == "printf" and len(texts) == 2 and texts[0] in ("%s", "%s\\n"):
            return texts[1] + ("\n" if texts[0] != "%s" else "")
        if name == "printf" and len(texts) == 1 and not re.search(r"[%\\]", texts[0]):
            return texts[0]
        return None

    def _heredoc(self, node: Node) -> str | None:
        redirect = next((child for child in node.children if child.type == "heredoc_redirect"), None)
        return self.words.heredoc(redirect).text if redirect is not None else None

    def _tee(self, node: Node, conditions: tuple[Span, ...]) -> None:
        """``tee FILE <<END`` and ``cat <<END | tee FILE``."""
        words = [child for child in node.children[1:] if child.is_named]
        paths = [text for word in words if not (text := self.words.word(word).text.text).startswith("-")]
        content = self._heredoc(node.parent) if node.parent is not None and node.parent.type == "redirected_statement" else None
        above = node.parent
        while content is None and above is not None and above.type in ("pipeline", "redirected_statement", "heredoc_redirect"):
            if above.type == "heredoc_redirect" and above.parent is not None and self.tree.text_of(above.parent.children[0]) == "cat":
                content = self.words.heredoc(above).text
            above = above.parent
        appends = any(self.tree.text_of(word) in ("-a", "--append") for word in words)
        at = self.tree.origin(node)
        self.script.written += [Written(path, at, None if appends else content, conditions) for path in paths]
