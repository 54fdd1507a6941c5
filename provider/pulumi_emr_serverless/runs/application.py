"""An application as AWS shows it, as far as a run depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pulumi_emr_serverless.runs.ids import account_of


@dataclass(frozen=True)
class Application:
    """An application as GetApplication shows it."""

    application_id: str
    arn: str
    state: str
    type: str = ""
    """``Spark`` or ``Hive``."""
    release_label: str = ""
    auto_start: bool = True
    """Whether StartJobRun starts it where it is stopped; AWS's default."""

    @property
    def account(self) -> str:
        """The account that it is in, and so that of the credentials that can see it."""
        return account_of(self.arn)

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone for good. AWS deletes none on which a run lives."""
        return self.state == "TERMINATED"

    @property
    def release(self) -> tuple[int, int] | None:
        """The EMR release: ``emr-7.1.0`` is (7, 1); None for a label of another form."""
        found = re.fullmatch(r"emr-(\d+)\.(\d+)\..+", self.release_label)
        return None if found is None else (int(found[1]), int(found[2]))
