"""What a single value may be. Each constraint is a pydantic annotation, speaks plainly, and lets an Unknown pass.

A constraint comes before pydantic's own validation, so no message of pydantic's ever reaches a person. Constraints of
lists, maps and structures report their own violation together with those of what they contain.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, core_schema

from pulumi_emr_serverless.request.paths import UNKNOWN, kind_of

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue

BROKEN_RULE = "broken_rule"
"""The type of every error that comes from here, in pydantic's list of errors."""


def broken(rule: str, remedy: str = "", *, shown: bool = True) -> PydanticCustomError:
    """An error whose context carries the sentence; ``shown`` says whether the value helps to understand it."""
    return PydanticCustomError(BROKEN_RULE, "{rule}", {"rule": rule, "remedy": remedy, "shown": shown})


class Constraint:
    """Checks a value before, or instead of, pydantic."""

    leaf: ClassVar[bool] = True

    def check(self, value: Any) -> Any:
        """The value as the request takes it; raises :func:`broken`."""
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        """What JSON Schema can say of it."""
        return {}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        inner = handler(source)
        if self.leaf:
            return core_schema.no_info_wrap_validator_function(lambda value, _: self._known(value), inner)
        return core_schema.no_info_wrap_validator_function(self._whole, inner)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler(schema)
        for part in [described, *described.get("anyOf", [])]:
            if part.get("type") not in (None, "null"):
                part.update(self.schema())
        return described

    def _known(self, value: Any) -> Any:
        return value if value is UNKNOWN else self.check(value)

    def _whole(self, value: Any, inner: core_schema.ValidatorFunctionWrapHandler) -> Any:
        if value is UNKNOWN:
            return value
        found: list[InitErrorDetails] = []
        try:
            self.check(value)
        except PydanticCustomError as error:
            if not self.fits(value):
                raise
            found.append(InitErrorDetails(type=error, loc=(), input=value))
        try:
            result = inner(value)
        except ValidationError as error:
            found += [_again(line) for line in error.errors(include_url=False)]
        if found:
            raise ValidationError.from_exception_data("request", found)
        return result

    def fits(self, value: Any) -> bool:
        """Whether what the value contains can still be checked when the value itself breaks a rule."""
        raise NotImplementedError


def _again(line: Any) -> InitErrorDetails:
    kind = line["type"]
    error = PydanticCustomError(kind, "{rule}", line["ctx"]) if kind == BROKEN_RULE else kind
    return InitErrorDetails(type=error, loc=line["loc"], input=line["input"], ctx=line.get("ctx", {}))


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True)
class String(Constraint):
    """Text. Lengths and the pattern are AWS's; the pattern holds for the whole text, its classes are ASCII."""

    minimum: int = 0
    maximum: int | None = None
    pattern: str = ""
    says: str = ""
    """The pattern in words: ``must be 1 to 64 <says>``."""
    what: str = ""
    """What the text is, where that says more than its characters: ``must be <what>``."""
    like: str = ""
    remedy: str = ""
    shown: bool = True

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            quotes = "write it in quotes" if isinstance(value, (int, float)) else ""
            raise broken(f"must be a string, not {kind_of(value)}", quotes, shown=False)
        if not value and self.minimum:
            raise broken("must not be empty", shown=False)
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):
            raise self._mismatch()
        if len(value) < self.minimum:
            raise broken(f"must have at least {_counted(self.minimum, 'character')}", self.remedy, shown=self.shown)
        if self.maximum is not None and len(value) > self.maximum:
            raise broken(
                f"must have at most {_counted(self.maximum, 'character')}, not {len(value)}",
                self.remedy,
                shown=self.shown,
            )
        return value

    def _mismatch(self) -> PydanticCustomError:
        if self.what:
            return broken(f"must be {self.what}, like {self.like}", self.remedy, shown=self.shown)
        if self.says:
            rule = f"must be {self.minimum} to {self.maximum} {self.says} ({self.pattern})"
            return broken(rule, self.remedy, shown=self.shown)
        return broken("must not be blank", shown=False)

    def schema(self) -> dict[str, Any]:
        limits: dict[str, Any] = {"minLength": self.minimum} if self.minimum else {}
        if self.maximum is not None:
            limits["maxLength"] = self.maximum
        if self.pattern:
            limits["pattern"] = r"\S" if self.pattern.startswith("(?s).*\\S") else _ecma(self.pattern)
        return limits


def _ecma(pattern: str) -> str:
    return f"^(?:{pattern.removeprefix('(?s)')})$"


@dataclass(frozen=True)
class JsonText(String):
    """Text that holds a JSON object."""

    def check(self, value: Any) -> str:
        text = super().check(value)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise broken("must be a JSON document, an object", "json.dumps makes one of a dict")
        return text


@dataclass(frozen=True)
class TagKey(String):
    """The key of a tag."""

    says: str = "letters, digits, spaces and the characters / _ . : = + @ -"
    reserved: tuple[str, ...] = ()

    def check(self, value: Any) -> str:
        text = super().check(value)
        for prefix in self.reserved:
            if text.lower().startswith(prefix):
                owner = "AWS" if prefix == "aws:" else "this package"
                raise broken(f"must not begin with {prefix}", f"that prefix is reserved for {owner}")
        return text


@dataclass(frozen=True)
class Choice(Constraint):
    """One of the values that an enumeration has."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        object.__setattr__(self, "values", values)

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise broken(f"must be {one_of(self.values)}, not {kind_of(value)}", shown=False)
        if value not in self.values:
            same = [known for known in self.values if known == value.strip().upper()]
            raise broken(f"must be {one_of(self.values)}", f"did you mean {same[0]}?" if same else "")
        return value

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


def one_of(values: tuple[str, ...]) -> str:
    """``A``, ``A or B``, ``A, B or C``."""
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


@dataclass(frozen=True)
class Integer(Constraint):
    """A whole number. The engine delivers 60 as 60.0."""

    minimum: int
    maximum: int
    remedy: str = ""

    def check(self, value: Any) -> int:
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(number, bool) or not isinstance(number, int):
            a_number = isinstance(number, float)
            quotes = "write it without quotes" if isinstance(value, str) and value.strip().isdecimal() else ""
            kind = "" if a_number else f", not {kind_of(value)}"
            raise broken(f"must be a whole number{kind}", quotes, shown=a_number)
        if not self.minimum <= number <= self.maximum:
            raise broken(f"must be {self.minimum} to {self.maximum}", self.remedy)
        return number

    def schema(self) -> dict[str, Any]:
        return {"minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class GracePeriod(Integer):
    """Seconds that a run may go on after it was cancelled: none, or what CancelJobRun takes."""

    shortest: int = 15

    def check(self, value: Any) -> int:
        seconds = super().check(value)
        if 0 < seconds < self.shortest:
            raise broken(f"must be 0 or {self.shortest} to {self.maximum}", self.remedy)
        return seconds


@dataclass(frozen=True)
class Boolean(Constraint):
    """True or false, and nothing that only looks like it."""

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise broken(f"must be true or false, not {kind_of(value)}", shown=False)
        return value


@dataclass(frozen=True)
class ListOf(Constraint):
    """A list of so many items."""

    leaf = False
    minimum: int
    maximum: int

    def check(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            wrap = "put it in brackets" if isinstance(value, str) else ""
            raise broken(f"must be a list, not {kind_of(value)}", wrap, shown=False)
        _count(len(value), self.minimum, self.maximum, "item")
        return value

    def fits(self, value: Any) -> bool:
        return isinstance(value, list)

    def schema(self) -> dict[str, Any]:
        return ({"minItems": self.minimum} if self.minimum else {}) | {"maxItems": self.maximum}


@dataclass(frozen=True)
class MapOf(Constraint):
    """A map with so many entries."""

    leaf = False
    minimum: int
    maximum: int
    remedy: str = ""

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise broken(f"must be a map, not {kind_of(value)}", shown=False)
        _count(len(value), self.minimum, self.maximum, "entry", self.remedy)
        return value

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)

    def schema(self) -> dict[str, Any]:
        return ({"minProperties": self.minimum} if self.minimum else {}) | {"maxProperties": self.maximum}


def _count(number: int, minimum: int, maximum: int, noun: str, remedy: str = "") -> None:
    if number < minimum:
        raise broken("must not be empty", shown=False)
    if number > maximum:
        plural = {"item": "items", "entry": "entries"}[noun]
        raise broken(f"must have at most {maximum} {plural}, not {number}", remedy, shown=False)


@dataclass(frozen=True)
class Structure(Constraint):
    """A structure with named members."""

    leaf = False

    def check(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise broken(f"must be a map of named members, not {kind_of(value)}", shown=False)
        return value

    def fits(self, value: Any) -> bool:
        return isinstance(value, dict)


@dataclass(frozen=True)
class AnyJson(Constraint):
    """Any value that JSON can hold. What it contains is the user's business."""

    def check(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._known(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._known(item) for item in value]
        finite = not isinstance(value, float) or (value == value and abs(value) != float("inf"))  # noqa: PLR0124 - NaN
        if not finite or not (value is None or isinstance(value, (str, bool, int, float))):
            raise broken("must be a value that JSON can hold", shown=False)
        return value
