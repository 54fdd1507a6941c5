"""What a command shows of a run some of which its stack keeps secret: AWS shows all of it, to whoever may ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi_emr_serverless.errors import EmrServerlessError
from pulumi_emr_serverless.persisted import SECRETS
from pulumi_emr_serverless.redaction import REDACTED, Redactor

if TYPE_CHECKING:
    from pulumi_emr_serverless.runs import Observation

Location = tuple["str | int", ...]

_SIGNATURE, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How a state marks a secret. Source: Pulumi, sdk/go/common/resource/sig."""


def is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get(_SIGNATURE) == _SECRET


def revealed(value: Any) -> Any:
    """A value of a state that was exported with ``--show-secrets``, without the marks."""
    if is_secret(value):
        return json.loads(value["plaintext"])
    if isinstance(value, Mapping):
        return {key: revealed(item) for key, item in value.items()}
    return [revealed(item) for item in value] if isinstance(value, list) else value


def secret_locations(inputs: Mapping[str, Any]) -> tuple[Location, ...]:
    """Where the inputs of a run, as a state shows them, are secret.

    The state marks a list as a whole; where the program has said it more precisely, that counts.
    """
    said = [tuple(step if isinstance(step, str) else int(step) for step in path) for path in inputs.get(SECRETS) or ()]
    marked = [path for name, value in inputs.items() if not name.startswith("__") for path in _marked(value, (name,))]
    rough = {path for path in marked if any(one[: len(path)] == path for one in said)}
    return tuple(dict.fromkeys([*said, *(path for path in marked if path not in rough)]))


def _marked(value: Any, location: Location) -> Iterator[Location]:
    if is_secret(value):
        yield location
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _marked(item, (*location, key))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(value):
            yield from _marked(item, (*location, index))


@dataclass(frozen=True)
class Curtain:
    """Stands before what is secret of one run.

    Args:
        locations: where in its request.
        redactor: knows what stands there; None where AWS has not shown the run, so that any text may repeat a secret.
    """

    locations: tuple[Location, ...] = ()
    redactor: Redactor | None = field(default_factory=Redactor)

    @classmethod
    def before(cls, seen: Observation | None, locations: tuple[Location, ...], others: Redactor) -> Curtain:
        """For a run as AWS shows it, where some of its request is secret; ``others`` are what else is."""
        from pulumi_emr_serverless.request import secret_values  # noqa: PLC0415 - so that emrs --help is quick

        if not locations:
            return cls((), others)
        if seen is None:
            return cls(locations, None)
        return cls(locations, Redactor([*secret_values(seen.request, locations), *others.secrets]))

    def text(self, text: str) -> str:
        """A text that AWS or a job has worded."""
        if self.redactor is None:
            return REDACTED if text else text
        return self.redactor.redacted(text)

    def hides(self, *made_of: Location) -> bool:
        """Whether a value is secret that is made of these members of the request."""
        from pulumi_emr_serverless.request import overlap  # noqa: PLC0415 - as above

        return any(overlap(source, secret) for source in made_of for secret in self.locations)

    def value(self, value: Any, *made_of: Location) -> Any:
        return REDACTED if value is not None and self.hides(*made_of) else value

    def tags(self, tags: Mapping[str, str]) -> Any:
        if ("tags",) in self.locations:
            return REDACTED if tags else {}
        return {key: self.value(value, ("tags", key)) for key, value in tags.items()}

    def logs(self, logs: Mapping[str, str]) -> dict[str, str]:
        """Where the logs are."""
        from pulumi_emr_serverless.runs import LOG_LOCATION_SOURCES  # noqa: PLC0415 - as above

        return {name: self.value(place, *LOG_LOCATION_SOURCES[name]) for name, place in logs.items()}

    @contextmanager
    def errors(self) -> Iterator[None]:
        """For calls whose errors may repeat a secret."""
        try:
            yield
        except EmrServerlessError as error:
            if self.redactor is not None:
                self.redactor.redact(error)
            raise
