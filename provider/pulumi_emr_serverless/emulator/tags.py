"""The tags of a resource, now and at every earlier moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

REMEMBERED = 100
"""So many earlier changes: more than any late view reaches back."""


@dataclass(frozen=True)
class Tags:
    """Each change with its time (epoch seconds), the oldest first. The first is the creation."""

    changes: tuple[tuple[float, Mapping[str, str]], ...]

    @classmethod
    def born(cls, moment: float, tags: Mapping[str, str]) -> Tags:
        return cls(((moment, dict(tags)),))

    @property
    def current(self) -> Mapping[str, str]:
        return self.changes[-1][1]

    def at(self, moment: float) -> Mapping[str, str]:
        """As they were; before the creation, as they were created."""
        past = [tags for since, tags in self.changes if since <= moment]
        return past[-1] if past else self.changes[0][1]

    def changed(self, moment: float, tags: Mapping[str, str]) -> Tags:
        return Tags((*self.changes[-REMEMBERED:], (moment, dict(tags))))
