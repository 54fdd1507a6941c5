"""The clients of one process: one for each account, region and way to reach it, however many threads call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.aws.emr_serverless import EmrServerless


@dataclass(frozen=True)
class Connections:
    """Shares an ``EmrServerless``, and so its pool and its memory of throttling, among all who need the same.

    Args:
        before_start: as of ``EmrServerless``.
        patient: as of ``EmrServerless``; False for whoever polls.
    """

    before_start: Callable[[], None] | None = None
    patient: bool = True
    _made: dict[Connection, EmrServerless] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, connection: Connection) -> EmrServerless:
        """The one for this connection.

        Raises:
            InvalidConfigurationError: there is no region, or no such profile.
        """
        with self._lock:
            if connection not in self._made:
                self._made[connection] = EmrServerless(connection, before_start=self.before_start, patient=self.patient)
            return self._made[connection]
