"""The verbs of the provider, on plain property bags: for whichever form of the provider calls them.

- ``job_run`` and ``launch_token`` have the verbs: check, diff, create, read, update, delete.
- ``host`` is what a verb needs of its caller, and what one process keeps between two verbs.
- ``secrets`` knows what in a bag is secret, ``discretion`` keeps it out of what a verb says, raises and returns.
- ``strays`` tells of runs that an update which was cut off has left behind, and ends them.
- ``changes`` decides what a changed declaration amounts to, ``properties`` reads a bag, ``results`` are the answers,
  and ``records`` what a state says of a run.

A value that is not known yet is ``request.UNKNOWN``, wherever it stands; one that the form has to mark as a secret comes
back as ``Secret``. Nothing here knows Pulumi.
"""

from pulumi_emr_serverless.verbs.changes import Change
from pulumi_emr_serverless.verbs.host import Host, Process
from pulumi_emr_serverless.verbs.job_run import JobRunVerbs
from pulumi_emr_serverless.verbs.launch_token import LaunchTokenVerbs
from pulumi_emr_serverless.verbs.records import held_run
from pulumi_emr_serverless.verbs.results import Checked, Created, Failure, Secret

__all__ = [
    "Change",
    "Checked",
    "Created",
    "Failure",
    "Host",
    "JobRunVerbs",
    "LaunchTokenVerbs",
    "Process",
    "Secret",
    "held_run",
]
