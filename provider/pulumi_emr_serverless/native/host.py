"""The native form of the provider, as the verbs see it."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from pulumi_emr_serverless import engine

URN: ContextVar[str] = ContextVar("urn", default="")
"""The resource whose verb is running: what it says is shown beside it."""


class NativeHost:
    """One provider of a program: its configuration is the provider's own inputs.

    Args:
        engine_address: ``host:port`` of the engine that started this process.
    """

    def __init__(self, engine_address: str) -> None:
        self._engine_address = engine_address
        self._settings: Mapping[str, Any] = {}
        self.secret_settings: tuple[str, ...] = ()
        """The keys of the configuration whose values are secret, as the verbs spell them."""

    def configure(self, inputs: Mapping[str, Any], secret: tuple[str, ...]) -> None:
        """Called once per process, before any verb.

        Args:
            inputs: the provider's inputs, plain; structured ones may be JSON text.
            secret: the names of those that are secret.
        """
        self._settings = inputs
        self.secret_settings = tuple(f"{_NAMESPACE}:{name}" for name in secret)

    def setting(self, key: str) -> Any:
        """The engine gives a provider its own configuration alone, so nothing is known of ``aws:``."""
        namespace, _, name = key.partition(":")
        return self._settings.get(name) if namespace == _NAMESPACE else None

    def say(self, line: str) -> None:
        engine.log(self._engine_address, line, URN.get())

    def warn(self, line: str) -> None:
        engine.log(self._engine_address, line, URN.get(), warning=True)

    def progress(self, line: str) -> None:
        engine.log(self._engine_address, line, URN.get(), passing=True)

    def require_engine(self) -> None:
        engine.require_answer(self._engine_address)


_NAMESPACE = "emrServerless"
