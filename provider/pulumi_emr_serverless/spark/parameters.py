"""The language of ``sparkSubmitParameters``: words as a shell splits them, options as spark-submit reads them.

``canonical_parameters`` is part of a **persisted format**: client tokens are derived from it. A change of its answer for
any text starts runs a second time; golden tests pin it.
"""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from pulumi_emr_serverless.errors import InvalidSparkSubmitError

# SparkSubmitOptionParser of Spark 3.5 and 4.x. The sets are persisted with the canonical form: an option added here is
# no longer "unknown", which may change the canonical form of texts that use it.
VALUE_OPTIONS = frozenset({
    "--archives", "--class", "--conf", "--deploy-mode", "--driver-class-path", "--driver-cores",
    "--driver-default-class-path", "--driver-java-options", "--driver-library-path", "--driver-memory", "--exclude-packages", "--executor-cores",
    "--executor-memory", "--files", "--jars", "--keytab", "--kill", "--master", "--name", "--num-executors",
    "--packages", "--principal", "--properties-file", "--proxy-user", "--py-files", "--queue", "--remote",
    "--repositories", "--status", "--total-executor-cores",
})  # fmt: skip
SWITCHES = frozenset({"--help", "--load-spark-defaults", "--supervise", "--usage-error", "--verbose", "--version"})
ALIASES = {"-c": "--conf", "-h": "--help", "-v": "--verbose"}

_BLANK = " \t\r\n"
OPTION_WITH_VALUE = re.compile(r"(--[^=]+)=(.+)")  # spark-submit's own expression
_UNKNOWN_SWITCH, _SWITCH, _WITH_VALUE = range(3)


_SOUNDS_SECRET = re.compile(r"secret|passw|token|credential|(access|private|api|account).?key", re.IGNORECASE)


def sounds_secret(text: str) -> bool:
    """Whether a name, or a text with one in it, is that of a secret: nobody has said so, but it is better not shown."""
    return _SOUNDS_SECRET.search(text) is not None


class Option(NamedTuple):
    """One option of spark-submit under its long name; ``value`` is None for a switch."""

    name: str
    value: str | None = None

    @property
    def words(self) -> list[str]:
        return [self.name] if self.value is None else [self.name, self.value]

    @property
    def conf(self) -> tuple[str, str] | None:
        """Key and value of a well-formed ``--conf key=value``."""
        key, equals, value = (self.value or "").partition("=")
        return (key, value) if self.name == "--conf" and equals else None

    @property
    def subject(self) -> tuple[str, str]:
        """What the option sets: two options with the same subject overwrite one another, the last one wins."""
        return self.name, (self.value or "").partition("=")[0] if self.name == "--conf" else ""


class Parsed(NamedTuple):
    """The options in their order, and the words from the first one on that is neither option nor value."""

    options: list[Option]
    rest: list[str]


def split_parameters(text: str) -> list[str]:
    r"""Split ``text`` into words as a POSIX shell does: quotes, escapes, and a backslash at a line's end.

    ``shlex.split`` would turn that last one into a word of its own, and parameters pasted from shell scripts are full of it.

    Raises:
        InvalidSparkSubmitError: a quote is not closed, or the text ends in a backslash; says where.

    """
    words: list[str] = []
    word: str | None = None
    at = 0
    while at < len(text):
        char = text[at]
        if char in _BLANK:
            if word is not None:
                words.append(word)
            word, at = None, at + 1
        elif char in "'\"":
            quoted, at = _quoted(text, at)
            word = (word or "") + quoted
        elif char == "\\":
            escaped = text[at + 1 : at + 2]
            if not escaped:
                raise _unreadable(text, at, "a backslash ends the text: write what it escapes, or remove it")
            word, at = (word if escaped == "\n" else (word or "") + escaped), at + 2
        else:
            word, at = (word or "") + char, at + 1
    return words if word is None else [*words, word]


def _quoted(text: str, start: int) -> tuple[str, int]:
    """What the quote at ``start`` encloses, and where the text goes on behind it."""
    parts: list[str] = []
    quote, at = text[start], start + 1
    while at < len(text):
        char = text[at]
        if char == quote:
            return "".join(parts), at + 1
        if char == "\\" and quote == '"' and text[at + 1 : at + 2] in ("\\", '"', "$", "`", "\n"):
            at += 1
            char = "" if text[at] == "\n" else text[at]
        parts.append(char)
        at += 1
    raise _unreadable(text, start, f"this {'single' if quote == chr(39) else 'double'} quote is never closed")


def _unreadable(text: str, at: int, problem: str) -> InvalidSparkSubmitError:
    """The words around the place are left out on purpose: the parameters may be secret."""
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    place = f"character {at + 1}" if line == 1 else f"line {line}, column {column}"
    return InvalidSparkSubmitError(f"sparkSubmitParameters, {place}: {problem}")


def join_parameters(words: list[str]) -> str:
    """The reverse of ``split_parameters``: quotes what a shell would change."""
    return shlex.join(words)


def parse_parameters(text: str) -> Parsed:
    """Read the options as spark-submit does. An option that it does not know takes the next word unless that is an option.

    Raises:
        InvalidSparkSubmitError: as ``split_parameters``.

    """
    words, options, at = split_parameters(text), [], 0
    while at < len(words):
        option, used = _option(words[at : at + 2])
        if option is None:
            break
        options.append(option)
        at += used
    return Parsed(options, words[at:])


def _option(words: list[str]) -> tuple[Option | None, int]:
    """The option that begins with the first of (at most) two words, and how many of them it uses."""
    name = ALIASES.get(words[0], words[0])
    if not name.startswith("-"):
        return None, 0
    if name in SWITCHES:
        return Option(name), 1
    if name in VALUE_OPTIONS:
        return (Option(name, words[1]), 2) if len(words) > 1 else (None, 0)
    inline = OPTION_WITH_VALUE.fullmatch(name)
    if inline and inline[1] in VALUE_OPTIONS:
        return Option(inline[1], inline[2]), 1
    if "=" in name or len(words) < 2 or words[1].startswith("-"):
        return Option(name), 1
    return Option(name, words[1]), 2


def canonical_parameters(text: str) -> str:
    """What ``text`` means to spark-submit: two texts with the same meaning have the same canonical form.

    Quoting, white space, ``-c`` for ``--conf``, ``--option=value`` for ``--option value`` and the order of different options
    (or of different ``--conf`` keys) do not count. Repetitions of one option keep their order and stay. A short option and
    the property that it sets (``--driver-memory``, ``spark.driver.memory``) are not unified: spark-submit ranks them.

    Raises:
        InvalidSparkSubmitError: as ``split_parameters``. Nothing else is refused here: AWS decides about the rest.

    """
    options, rest = parse_parameters(text)
    return join_parameters([word for option in _ordered(options) for word in option.words] + rest)


def _ordered(options: list[Option]) -> list[Option]:
    return sorted(options, key=lambda option: (_rank(option), option.subject))


def _rank(option: Option) -> int:
    """Unknown switches come first, where they are followed by an option, or they would take a word of the rest as value."""
    if option.value is not None:
        return _WITH_VALUE
    return _SWITCH if option.name in SWITCHES else _UNKNOWN_SWITCH


def diff_parameters(old: str, new: str) -> list[str]:
    """What changes in meaning from ``old`` to ``new``, a line each. Empty exactly when the canonical forms are equal.

    A value that sounds like a secret is not shown, also where nobody has marked it as one.

    Raises:
        InvalidSparkSubmitError: as ``split_parameters``.

    """
    before, after = _by_subject(old), _by_subject(new)
    lines = []
    for subject in sorted({*before, *after}):
        was, now = before.get(subject), after.get(subject)
        label = " ".join(part for part in subject if part)
        hidden = any(map(sounds_secret, (label, _shown(was), _shown(now))))
        if was is None:
            lines.append(f"{label}: added" if hidden or _shown(now) == label else f"{label}: added {_shown(now)}")
        elif now is None:
            lines.append(f"{label} removed")
        elif was != now:
            lines.append(f"{label} changed" if hidden else f"{label} {_shown(was)} -> {_shown(now)}")
    return lines


def _by_subject(text: str) -> dict[tuple[str, str], list[Option]]:
    options, rest = parse_parameters(text)
    subjects: dict[tuple[str, str], list[Option]] = {}
    for option in [*_ordered(options), *(Option("other words", word) for word in rest)]:
        subjects.setdefault(option.subject, []).append(option)
    return subjects


def _shown(options: list[Option] | None) -> str:
    """The values as one would write them; a switch has only its name."""
    values = [option.conf[1] if option.conf else option.value for option in options or []]
    return join_parameters(
        [option.name if value is None else value for value, option in zip(values, options or [], strict=True)]
    )
