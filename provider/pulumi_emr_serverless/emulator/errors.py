"""The form of an answer that is an error. Which there are, and why: ``refusals``."""

from __future__ import annotations


class ApiError(Exception):
    """An answer that is an error: raised by an operation, encoded by ``wire``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
