"""What a program declares, looked at before anything of it goes to the engine: a mistake there costs no run.

Two kinds of mistakes are found. Values that no resource can have (bytes, sets, an Output within an f-string, ...) would end
in a traceback of Pulumi's. Values that break a rule of StartJobRun would be reported by the engine as well, but of one
resource at a time, and while the runs of others start. A job that a transform may still change is left to the engine.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import traceback
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import pulumi
from pulumi._types import is_input_type

from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.program.errors import DeclarationError
from pulumi_emr_serverless.program.inputs import given_twice, to_api
from pulumi_emr_serverless.program.sdk import has_mocks
from pulumi_emr_serverless.program.transforms import may_be_transformed

Location = tuple["str | int", ...]

_MAX_DEPTH = 64
_LARGEST = 2**53
"""The engine keeps numbers as doubles: beyond this a whole number would change on its way."""

_IN_A_TEXT = ("Calling __str__ on an Output", "<pulumi.output.Output object at ")


class Problem(NamedTuple):
    """What is wrong with one value.

    Args:
        location: where it stands, in the program's own spelling.
        text: what is wrong, and what to write instead.
        value: what stands there, shown where it is no secret; None where it says nothing.
    """

    location: Location
    text: str
    value: Any = None


class Unusable(Mapping[str, Any]):
    """Stands for a structure that could not be made. ``JobRun`` says why, with its name; so does whoever looks into it."""

    def __init__(self, error: DeclarationError) -> None:
        self.error = error

    def __getitem__(self, key: str) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        raise self.error

    def __len__(self) -> int:
        raise self.error

    def __repr__(self) -> str:
        return f"<unusable: {self.error}>"


@dataclass
class _Deferred:
    """Outputs, which are looked at when they are known, and where they stand."""

    found: list[tuple[Location, Any]] = field(default_factory=list)


def problems(value: Any, location: Location = (), deferred: _Deferred | None = None) -> Iterator[Problem]:
    """What in a value no resource can have. Outputs are put into ``deferred``."""
    yield from _problems(value, location, deferred or _Deferred(), ())


def described(title: str, found: Iterator[Problem], *, secret: bool = False) -> list[str]:
    """The messages for problems, without the values that AWS, or the program, keeps to itself."""
    return [_described(title, each, secret=secret) for each in found]


def _described(title: str, problem: Problem, *, secret: bool) -> str:
    from pulumi_emr_serverless.request import format_path, is_sensitive  # noqa: PLC0415 - only where something is wrong
    from pulumi_emr_serverless.request import spelled_by_aws as spelled  # noqa: PLC0415 - as above

    path = format_path(problem.location)
    shown = ""
    if problem.value is not None and not secret and not is_sensitive(spelled(path)):
        shown = f"{_shown(problem.value)} "
    return f"{': '.join(filter(None, (title, path)))}: {shown}{problem.text}"


def _shown(value: Any) -> str:
    try:
        text = ascii(value) if isinstance(value, str) else repr(value)
    except Exception:  # noqa: BLE001 - whatever a class of the user's does
        return ""
    return text if len(text) <= 60 else f"{text[:57]}..."


def _problems(value: Any, location: Location, deferred: _Deferred, above: tuple[int, ...]) -> Iterator[Problem]:
    if isinstance(value, Unusable):
        yield Problem(location, str(value.error))
    elif isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        deferred.found.append((location, value))
    elif isinstance(value, str):
        yield from _problems_of_text(value, location)
    elif isinstance(value, (int, float)) and not isinstance(value, (bool, Enum)):
        yield from _problems_of_number(value, location)
    elif isinstance(value, (Mapping, Sequence)) and not isinstance(value, _NO_LISTS):
        yield from _problems_within(value, location, deferred, above)
    elif not (value is None or isinstance(value, bool) or is_input_type(type(value))):
        yield _of_another_kind(value, location)


_NO_LISTS = (range, bytes, bytearray, memoryview)
"""What Python calls sequences, and Pulumi does not send as such."""


def _problems_within(
    value: Mapping[Any, Any] | Sequence[Any], location: Location, deferred: _Deferred, above: tuple[int, ...]
) -> Iterator[Problem]:
    if id(value) in above:
        yield Problem(location, "contains itself; write out what it holds")
    elif len(above) > _MAX_DEPTH:
        yield Problem(location[:4], f"must not be nested more than {_MAX_DEPTH} levels deep")
    elif isinstance(value, Mapping):
        for key in value:
            yield from _problems_of_key(key, location)
            step = key if isinstance(key, str) else _shown(key)
            yield from _problems(value[key], (*location, step), deferred, (*above, id(value)))
    else:
        for index, item in enumerate(value):
            yield from _problems(item, (*location, index), deferred, (*above, id(value)))


def _problems_of_text(text: str, location: Location) -> Iterator[Problem]:
    if any(each in text for each in _IN_A_TEXT):
        yield Problem(
            location,
            "has the text of an Output in the place of its value; an f-string cannot wait for it: write "
            "pulumi.Output.format(...) or pulumi.Output.concat(...)",
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Problem(
            location, "has half of a character (a lone surrogate), which is no text; decode it with its encoding", text
        )


def _problems_of_number(number: float, location: Location) -> Iterator[Problem]:
    if isinstance(number, float) and not abs(number) < float("inf"):
        yield Problem(location, "is no number that JSON can hold; write another, or a text", number)
    elif isinstance(number, int) and abs(number) > _LARGEST:
        yield Problem(location, "a whole number beyond 2**53 would lose digits; write it as a text")


def _problems_of_key(key: Any, location: Location) -> Iterator[Problem]:
    if not isinstance(key, str):
        yield Problem(location, f"has the key {_shown(key)}, which is no text; write {str(key)!r}")
    else:
        yield from (
            each._replace(text=f"has a key that {each.text}", value=None) for each in _problems_of_text(key, location)
        )


_KINDS: tuple[tuple[tuple[type, ...], str], ...] = (
    ((bytes, bytearray, memoryview), "write its text, .decode() of it"),
    ((date, time), "write a text, .isoformat() of it"),
    ((timedelta,), "write a number in the unit that the name says, such as int(it.total_seconds() // 60) minutes"),
    ((Decimal, Fraction, complex), "write int(...), float(...) or str(...) of it"),
    ((set, frozenset), "it has no order: write sorted(...) of it"),
    ((PurePath,), "write a text: a path makes s3:/ of s3://"),
    ((UUID,), "write str(...) of it"),
    ((Enum,), "write .value of it"),
    (
        (pulumi.Asset, pulumi.Archive),
        "bring it to Amazon S3, for example as an aws.s3.BucketObjectv2, and say where it is",
    ),
    ((pulumi.Resource,), "write one of its outputs, such as .id"),
    ((Iterator, range), "write list(...) of it"),
)


def _of_another_kind(value: Any, location: Location) -> Problem:
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    remedy = next((words for kinds, words in _KINDS if isinstance(value, kinds)), "")
    if not remedy and callable(value):
        remedy = "call it, and write what it returns"
    remedy = remedy or "write a text, a number, true or false, or a list or map of them"
    is_plain = isinstance(
        value, (date, time, timedelta, Decimal, Fraction, PurePath, UUID, Enum, range, bytes, set, frozenset)
    )
    return Problem(
        location, f"is of the Python type {name}, which no resource can have; {remedy}", value if is_plain else None
    )


class Declaration:
    """One ``JobRun`` of a program, until it goes to the engine.

    Args:
        name: the resource's name.
        args: its keywords, as the program wrote them.
    """

    def __init__(self, name: str, args: Mapping[str, Any]) -> None:
        self.name = name
        self.args: Mapping[str, Any] = {}
        """The keywords, with an Output for each awaitable; nothing where no resource can have them."""
        self._deferred = _Deferred()
        self.messages = _wrong_name(name)
        self.has_name = not self.messages
        """Whether Pulumi could be told of it at all."""
        self.messages += _impossible(str(name), args)
        if not self.messages:
            self.args = with_outputs(args)
            list(problems(self.args, (), self._deferred))
        self._job: pulumi.Resource | None = None
        self._inputs: Mapping[str, Any] | None = None
        self._together = _declared_together()
        self._together.append(self)

    def refuse(self, message: str) -> None:
        """Say what is wrong with it otherwise; no other job of the program is started either.

        Raises:
            DeclarationError: always.
        """
        self.messages.append(f"{self.name}: {message}")
        raise DeclarationError("\n".join(self.messages))

    def goes_to(self, job: pulumi.Resource, inputs: Mapping[str, Any]) -> None:
        """It is this resource, with these inputs under the API's names."""
        if not has_mocks():  # a unit test may have names for what is none of its business; ``JobRun.check`` is for it
            self._job, self._inputs = job, inputs

    async def require_good(self) -> None:
        """Wait until this job's values are known, and make sure that neither they, nor what is known of other jobs, is wrong.

        Raises:
            DeclarationError: everything that is wrong, a line each.
        """
        if any(each._inputs is not None for each in self._together):  # noqa: SLF001 - its own kind
            # On another thread: the engine makes the companions meanwhile.
            await asyncio.to_thread(importlib.import_module, "pulumi_emr_serverless.request")
        for each in self._together:
            each._judge()  # noqa: SLF001 - its own kind
        from pulumi_emr_serverless.program.pricing import unknown_keys  # noqa: PLC0415 - it brings the waiting for runs

        messages = unknown_keys()
        messages += [message for each in self._together for message in each.messages]
        messages = messages or [message async for message in self._late_messages()]
        if messages:
            raise DeclarationError("\n".join(messages))

    def _judge(self) -> None:
        """What breaks a rule, once, of the values that are known already."""
        inputs, self._inputs = self._inputs, None
        if inputs is None or self.messages or may_be_transformed(self._job):
            return
        self.messages += _against_the_rules(self.name, inputs)

    async def _late_messages(self) -> Any:
        """What is wrong with Outputs, nested ones included."""
        waiting = list(self._deferred.found)
        while waiting:
            location, output = waiting.pop(0)
            deferred = _Deferred()
            secret = True
            try:
                secret = await output.is_secret()
                value = await output.future() if await output.is_known() else None
            except pulumi.RunError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever the program has put there
                yield _described(self.name, Problem(location, _why(error)), secret=True)
                continue
            for each in described(self.name, problems(value, location, deferred), secret=secret):
                yield each
            waiting += deferred.found


def _impossible(name: str, args: Mapping[str, Any]) -> list[str]:
    """What is wrong with keywords, whatever the rules of StartJobRun say."""
    found = described(name, problems(args))
    if found:
        return found
    twice = (Problem(path, f"is given as {other} as well; leave one of them out") for path, other in given_twice(args))
    return described(name, twice)


def _against_the_rules(name: str, inputs: Mapping[str, Any]) -> list[str]:
    """What of the inputs, under the API's names, breaks a rule of StartJobRun, as far as they are known."""
    from pulumi_emr_serverless.request import spelled_in_python, violations  # noqa: PLC0415 - it brings pydantic

    known = {member: _known(value) for member, value in inputs.items() if not member.startswith("__")}
    return [f"{name}: {spelled_in_python(each.message())}" for each in violations(known)]


def wrong_with(name: str, args: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the keywords of a ``JobRun``, as far as they are known."""
    return _impossible(name, args) or _against_the_rules(name, to_api(args))


def _known(value: Any) -> Any:
    from pulumi_emr_serverless.request import UNKNOWN  # noqa: PLC0415 - loaded by now

    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_known(item) for item in value]
    return value


def _why(error: Exception) -> str:
    """An exception of the program's as one line, with the place where it was raised."""
    if isinstance(error, EmrServerlessError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    words = "".join(traceback.format_exception_only(type(error), error)).strip()
    return f"the value that was to come has failed: {words}{where}"


def _wrong_name(name: Any) -> list[str]:
    """What is wrong with the name of a resource."""
    call = f"JobRun({_shown(name)}, ...)"
    if not isinstance(name, str) or not name.strip():
        return [f"{call}: the first argument is the resource's name in the stack, a text that is not empty"]
    return described(call, problems(name))


def with_outputs(value: Any) -> Any:
    """The same with an Output for each awaitable: one of those can be awaited once, and it is both looked at and sent."""
    if isinstance(value, (pulumi.Output, str, Unusable)):
        return value
    if inspect.isawaitable(value):
        return pulumi.Output.from_input(_awaited(value))
    if isinstance(value, Mapping):
        return {key: with_outputs(value[key]) for key in value}
    if isinstance(value, (list, tuple)):
        return [with_outputs(item) for item in value]
    return value


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


_programs: WeakKeyDictionary[asyncio.AbstractEventLoop, list[Declaration]] = WeakKeyDictionary()


def _declared_together() -> list[Declaration]:
    """The jobs of this program. One program runs on one loop; each unit test with mocks is a program of its own."""
    try:
        loop = asyncio.get_event_loop()
    except RuntimeError:
        return []
    if has_mocks():
        return []
    return _programs.setdefault(loop, [])
