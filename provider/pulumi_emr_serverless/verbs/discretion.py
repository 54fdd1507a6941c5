"""No verb tells a secret: not in what it says, not in what it raises, and not in an output that is made of one.

A form of the provider may get its properties in the clear. What is secret in them stands beside them (``__secrets``), so
it is hidden by the place where it stands and, in AWS's words, by its value.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from pulumi_emr_serverless.errors import DefectError, EmrServerlessError
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.verbs.properties import has_secret_default_tags
from pulumi_emr_serverless.verbs.results import Checked, Created, Failure, Secret
from pulumi_emr_serverless.verbs.secrets import Secrets

if TYPE_CHECKING:
    from pulumi_emr_serverless.verbs.host import Host, Process


class DiscreetHost:
    """A host that is told no secret of the resources that its process has to do with.

    Args:
        host: who is told the rest.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._seen = dict[str, None]()

    def setting(self, key: str) -> Any:
        return self._host.setting(key)

    def say(self, line: str) -> None:
        self._host.say(self._redactor().redacted(line))

    def warn(self, line: str) -> None:
        self._host.warn(self._redactor().redacted(line))

    def progress(self, line: str) -> None:
        self._host.progress(self._redactor().redacted(line))

    def require_engine(self) -> None:
        self._host.require_engine()

    @contextmanager
    def keeping(self, redactor: Redactor) -> Iterator[None]:
        """For a verb: what it says and what it raises goes through the redactor of its resource.

        Raises:
            DefectError: anything raised that is no error of this package, and so would show its traceback.
        """
        self._seen |= dict.fromkeys(redactor.secrets)
        before = _CURRENT.set(redactor)
        try:
            yield
        except EmrServerlessError as error:
            redactor.redact(error)
            raise
        except Exception as error:  # its traceback may repeat any value, and nobody but a person reads it
            raise DefectError(redactor.redacted(traceback.format_exc())) from error
        finally:
            _CURRENT.reset(before)

    def _redactor(self) -> Redactor:
        """That of the verb which speaks; on a thread that belongs to none, all that were ever needed."""
        return _CURRENT.get() or Redactor(tuple(self._seen))


_CURRENT: ContextVar[Redactor | None] = ContextVar("redactor", default=None)


class _Verbs(Protocol):
    @property
    def process(self) -> Process: ...


V = TypeVar("V", bound=_Verbs)
P = ParamSpec("P")
R = TypeVar("R")


def discreet(verb: Callable[Concatenate[V, P], R]) -> Callable[Concatenate[V, P], R]:
    """Decorate a verb of a job run: its arguments that are property bags say what is secret."""

    def kept(self: V, /, *args: P.args, **kwargs: P.kwargs) -> R:
        host = self.process.host
        secrets = Secrets.of(host.setting, *(each for each in args if isinstance(each, Mapping)))
        with host.keeping(secrets.redactor):
            return cast("R", _marked(verb(self, *args, **kwargs), secrets))

    functools.update_wrapper(kept, verb)
    return kept


def _redacted(failure: Failure, redactor: Redactor) -> Failure:
    """A broken rule hides what is secret by its place; by value it would hide its own words, and tell by what it hides."""
    return failure if failure.path else replace(failure, message=redactor.redacted(failure.message))


def _marked(result: object, secrets: Secrets) -> object:
    """A verb's answer, with its secrets marked as such, and none of them in its texts."""
    if isinstance(result, Created):
        return replace(result, outputs=secrets.marked(result.outputs))
    if isinstance(result, Checked):
        inputs, tags = result.inputs, result.inputs.get("tags")
        if tags is not None and has_secret_default_tags(inputs):
            inputs = {**inputs, "tags": Secret(tags)}
        return Checked(inputs, tuple(_redacted(each, secrets.redactor) for each in result.failures))
    return secrets.marked(result) if isinstance(result, dict) else result
