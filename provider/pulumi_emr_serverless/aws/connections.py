"""The clients of one process: one for each account, region and way to reach it, however many threads call."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pulumi_emr_serverless.aws.configuration import Connection
from pulumi_emr_serverless.aws.emr_serverless import EmrServerless
from pulumi_emr_serverless.aws.pacing import Pacer, Patience


@dataclass(frozen=True)
class Connections:
    """Shares an ``EmrServerless`` and its pool of connections among all who need the same, and a pacer among more.

    Args:
        before_start: as of ``EmrServerless``.
        patient: as of ``EmrServerless``; False for whoever polls.
        patience: how to wait for AWS's quotas.
    """

    before_start: Callable[[], None] | None = None
    patient: bool = True
    patience: Patience = field(default_factory=Patience)
    _made: dict[Connection, EmrServerless] = field(default_factory=dict)
    _pacers: dict[Connection, Pacer] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, connection: Connection) -> EmrServerless:
        """The one for this connection.

        Raises:
            InvalidConfigurationError: there is no region, or no such profile.
        """
        with self._lock:
            if connection not in self._made:
                pacer = self._pacers.setdefault(_of_one_account(connection), Pacer(self.patience))
                self._made[connection] = EmrServerless(
                    connection, before_start=self.before_start, patient=self.patient, pacer=pacer
                )
            return self._made[connection]


def _of_one_account(connection: Connection) -> Connection:
    """A connection without what tells no account and region from another. Where two are one all the same, refusals tell."""
    return replace(
        connection,
        insecure=False,
        ca_bundle=None,
        connect_timeout_seconds=None,
        read_timeout_seconds=None,
        skip_signing=False,
    )
