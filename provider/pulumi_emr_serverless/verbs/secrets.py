"""What is secret in a job run's property bags, and in the outputs that are made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_emr_serverless.aws import CREDENTIALS, DEFAULT_TAGS_SETTINGS
from pulumi_emr_serverless.launching import is_launch_token
from pulumi_emr_serverless.persisted import LAUNCH_TOKEN
from pulumi_emr_serverless.redaction import Redactor
from pulumi_emr_serverless.request import Location, overlap, secret_values
from pulumi_emr_serverless.runs import LOG_LOCATION_SOURCES
from pulumi_emr_serverless.verbs.properties import secret_locations, secret_settings
from pulumi_emr_serverless.verbs.results import Secret

_MADE_OF: Mapping[Location, tuple[Location, ...]] = {
    ("arn",): (("applicationId",), ("region",)),
    ("observed", "mode"): (("mode",),),
    **{("logs", name): sources for name, sources in LOG_LOCATION_SOURCES.items()},
}
"""Which inputs an output is made of. One with the name of an input the engine marks by itself."""

_WORDS = ("stateDetails", "createdBy")
"""What of ``observed`` is AWS's to word. The rest are states, times and numbers."""


@dataclass(frozen=True)
class Secrets:
    """What is secret in the property bags that one verb is called with.

    Args:
        locations: where in the inputs.
        redactor: takes their values out of texts.
    """

    locations: tuple[Location, ...]
    redactor: Redactor

    @classmethod
    def of(cls, setting: Callable[[str], Any], *bags: Mapping[str, Any]) -> Secrets:
        """Read the bags of one resource, old and new: what is secret in one is so in the other."""
        locations = tuple(dict.fromkeys(location for bag in bags for location in secret_locations(bag)))
        settings = dict.fromkeys((*CREDENTIALS, *(key for bag in bags for key in secret_settings(bag))))
        values = [
            *(value for bag in bags for value in secret_values(bag, locations)),
            *filter(is_launch_token, (bag.get(LAUNCH_TOKEN) for bag in bags)),
            *map(setting, settings),
            *(key for name in settings if name in DEFAULT_TAGS_SETTINGS for key in _keys(setting(name))),
        ]
        return cls(locations, Redactor(values))

    def marked(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Outputs in which what is made of a secret is one, and AWS's words are without."""
        marked = {**outputs}
        observed = outputs.get("observed")
        if isinstance(observed, Mapping):
            words = {name: self.redactor.redacted(observed[name]) for name in _WORDS if observed.get(name)}
            marked["observed"] = {**observed, **words}
        for output, sources in _MADE_OF.items():
            if any(overlap(source, location) for source in sources for location in self.locations):
                marked = _with_secret(marked, outputs, output)
        return marked


def _keys(text: Any) -> list[Any]:
    """The keys of default tags that are secret: they are as much the user's as the values."""
    try:
        return secret_values({"tags": json.loads(text)}, [("tags",)])
    except (TypeError, ValueError):
        return []


def _with_secret(marked: Mapping[str, Any], outputs: Mapping[str, Any], location: Location) -> dict[str, Any]:
    name, *below = location
    value = outputs.get(str(name))
    if value is None or (below and (not isinstance(value, Mapping) or value.get(below[0]) is None)):
        return {**marked}
    if not below:
        return {**marked, str(name): Secret(value)}
    return {**marked, str(name): {**marked[str(name)], below[0]: Secret(value[below[0]])}}
