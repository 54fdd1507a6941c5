"""Client tokens: how one intent is tied to one run.

AWS starts one run per client token. A token here is derived from three things: the *launch token*, a random secret
that the engine has written to its checkpoint before any run is started; the *intent*, which is the meaning of the
request without its tags; and a *counter*, which moves on when the stack is done with a run of the same intent.
Everything in this module is part of the persisted format: a change would give living stacks other tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from pulumi_emr_serverless.launching.tags import LaunchTag

SCHEME = "pulumi-emr-serverless/1"
"""The version of the token scheme. A new one needs a way to find the runs of the old one."""


def mint_launch_token(now: datetime) -> str:
    """A new launch token: 256 random bits, and the time it was made, for people: no decision comes from a machine's clock."""
    return f"{_base32(secrets.token_bytes(32))}.{int(now.timestamp())}"


_LAUNCH_TOKEN = re.compile(r"[a-z2-7]{52}\.-?\d+", re.ASCII)


def is_launch_token(text: object) -> bool:
    """Whether this is a launch token as it was minted. Anything else was put into the state by somebody."""
    return isinstance(text, str) and _LAUNCH_TOKEN.fullmatch(text) is not None


@dataclass(frozen=True)
class Launch:
    """One intent of one job in one stack."""

    launch_token: str
    """The companion's value. Secret: with it, tokens could be derived."""
    intent: str
    """Canonical JSON of the request without its tags; see ``request.canonical_json``."""
    explicit_client_token: str | None = None
    """The user's own client token, used as it is."""

    def client_token(self, counter: int) -> str:
        """The client token of the ``counter``-th run of this intent: 52 characters of ``[a-z2-7]``.

        AWS allows ``[A-Za-z0-9._-]{1,64}``.
        """
        if self.explicit_client_token is not None:
            return self.explicit_client_token
        parts = (SCHEME, self.launch_token, str(counter), self.intent)
        return _base32(hashlib.sha256("|".join(parts).encode()).digest())

    def tag(self, counter: int) -> LaunchTag:
        """The launch tag of the ``counter``-th run of this intent."""
        intent = self.intent
        if self.explicit_client_token is not None:
            intent = f"{intent}|{self.explicit_client_token}"
        return LaunchTag(launch_digest(self.launch_token), _digest(self.launch_token, "intent", intent), counter)


def launch_digest(launch_token: str) -> str:
    """The first part of the launch tag, which all runs of a launch share. It says nothing about the token."""
    return _digest(launch_token, "launch", "")


def _digest(launch_token: str, purpose: str, text: str) -> str:
    # Keyed with the launch token: an argument that is a password could be guessed from a plain hash.
    mac = hmac.new(launch_token.encode(), f"{SCHEME}|{purpose}|{text}".encode(), hashlib.sha256)
    return _base32(mac.digest()[:15])


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()
