"""Everything that this package raises, in one tree.

::

    EmrServerlessError                  one clear message; shown without a traceback
    ├── InvalidRequestError             a definition breaks a rule; lists every violation
    │   ├── InvalidSparkSubmitError     sparkSubmitParameters or its parts cannot be understood
    │   └── InvalidDefinitionError      a definition file is wrong; names file, line and column
    ├── InvalidConfigurationError       the stack's configuration (aws:, emrServerless:) is wrong
    │   └── WrongAccountError           the credentials are not of the account that a run is in
    ├── LaunchRefusedError              starting a run now could start a second one
    │   ├── ClientTokenReusedError      AWS answered an explicit client_token with the run being replaced
    │   ├── UncheckedInputsError        create was called with inputs that this update never checked
    │   ├── EngineGoneError             the Pulumi engine no longer answers: nobody would record the run
    │   └── NotReadyError               a run could not be started now, so the one that it replaces was not ended
    ├── RunNotShownError                AWS does not show a run that it must know: try again
    ├── AwsError                        AWS refused or failed a call; carries its code and a hint
    │   ├── RunNotFoundError            AWS does not know the run or its application (any more)
    │   ├── TokenConflictError          a client token came back with other parameters
    │   └── AwsUnavailableError         no answer after every retry: the outcome is unknown
    │       └── UnreachableError        no answer, and trying again cannot bring one: a setting or the network is wrong
    ├── DefectError                     a bug of this package, with its traceback and without the secrets in it
    ├── CancelTimeoutError              a cancelled run did not become terminal in time
    ├── RunFailedError                  a run that was waited for ended without success
    ├── WaitTimeoutError                a run did not end within the time that wait() was given
    ├── RunUnseenError                  AWS refuses to show a run that is waited for
    ├── RunLookupError                  the command line names a run that cannot be found
    └── MissingDependencyError          a part of this package needs an extra that is not installed
"""

from __future__ import annotations


class EmrServerlessError(Exception):
    """The root of the tree. ``str(error)`` is the one message that a person reads."""

    def add_line(self, line: str) -> None:
        """Say one more thing, in a line of its own, to whoever reads the message."""
        self.args = (f"{self}\n{line}", *self.args[1:])


class InvalidRequestError(EmrServerlessError, ValueError):
    """A definition breaks a rule of StartJobRun. The message lists every violation, one a line."""


class InvalidSparkSubmitError(InvalidRequestError):
    """spark-submit parameters cannot be written or read, for example for an unclosed quote."""


class InvalidDefinitionError(InvalidRequestError):
    """A definition file cannot be used. The message begins with ``file:line:column:``."""


class InvalidConfigurationError(EmrServerlessError):
    """A value of the stack's ``aws:`` or ``emrServerless:`` configuration cannot be used."""


class WrongAccountError(InvalidConfigurationError):
    """The credentials are of another account than the run. AWS answers "not found" there, of runs that are alive."""


class LaunchRefusedError(EmrServerlessError):
    """Nothing was started, because starting could have broken the promise of exactly one run."""


class ClientTokenReusedError(LaunchRefusedError):
    """AWS answered an explicit ``client_token`` with a run that this stack is done with."""


class UncheckedInputsError(LaunchRefusedError):
    """The engine asked for a run with inputs that were not checked in this update."""


class EngineGoneError(LaunchRefusedError):
    """The engine that asked for the run has gone; a run started now would be in no state."""


class NotReadyError(LaunchRefusedError):
    """The new run could not be started, as is known before the old one is ended: it goes on."""


class RunNotShownError(EmrServerlessError):
    """AWS does not show a run that it must know. Nothing was started or given up because of it; the same command tries again."""


class AwsError(EmrServerlessError):
    """AWS refused a call for good, or failed it."""

    def __init__(self, message: str, *, code: str = "", hint: str = "") -> None:
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.message = message
        """What AWS says, without the hint."""
        self.code = code
        """AWS's error code, for example ``ValidationException``; empty where there was no answer."""
        self.hint = hint
        """What to do about it, in a sentence; empty where this package does not know."""

    @property
    def denied(self) -> bool:
        """IAM does not allow the call: nothing is learnt by it, now or later."""
        return self.code in ("AccessDeniedException", "AccessDenied")


class RunNotFoundError(AwsError):
    """ResourceNotFoundException: the run or its application is unknown to AWS."""


class TokenConflictError(AwsError):
    """ConflictException: the client token may belong to a request with other parameters.

    AWS uses the same code for an application that is in no state to start a run, and documents no text for either.
    """

    is_about_the_token = False
    """Whether AWS's words name the token."""


class AwsUnavailableError(AwsError):
    """Throttled, timed out, reset or 5xx until the retries were used up."""


class DefectError(EmrServerlessError):
    """A bug of this package. The message is its traceback, without the secrets that stood in it."""


class UnreachableError(AwsUnavailableError):
    """Nothing listens there, there is no such host, or another server than AWS answers. The hint names the setting."""


class CancelTimeoutError(EmrServerlessError):
    """A run stayed in CANCELLING past the limit."""


class RunFailedError(EmrServerlessError):
    """A run that was waited for ended without success. The message says why, and where its logs are."""


class WaitTimeoutError(EmrServerlessError):
    """A run did not end within the time that ``wait()`` was given. It goes on."""


class RunUnseenError(EmrServerlessError):
    """AWS refuses to show a run that is waited for, for example because the credentials have expired."""


class RunLookupError(EmrServerlessError):
    """A name, an ID or a stack's output does not lead to a run."""


class MissingDependencyError(EmrServerlessError):
    """What was asked for needs a package that one of this package's extras brings. The message says which."""
