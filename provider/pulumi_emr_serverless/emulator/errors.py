"""The errors that EMR Serverless answers with, under the codes and HTTP statuses of its service model."""

from __future__ import annotations


class ApiError(Exception):
    """An answer that is an error: raised by an operation, encoded by ``wire``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def validation(message: str) -> ApiError:
    return ApiError(400, "ValidationException", message)


def not_found(message: str) -> ApiError:
    return ApiError(404, "ResourceNotFoundException", message)


def conflict(message: str) -> ApiError:
    return ApiError(409, "ConflictException", message)


def internal(message: str = "An internal error occurred.") -> ApiError:
    return ApiError(500, "InternalServerException", message)


def throttled(message: str = "Rate exceeded") -> ApiError:
    """Not in the service model: AWS answers it before the service sees the request."""
    return ApiError(429, "ThrottlingException", message)


def access_denied(caller: str, action: str, resource: str) -> ApiError:
    """Not in the service model either; the wording is the one of every AWS service."""
    message = f"User: {caller} is not authorized to perform: emr-serverless:{action} on resource: {resource}"
    return ApiError(403, "AccessDeniedException", message)


def wrong_time(message: str) -> ApiError:
    """Not in the service model: it is the signature that is refused."""
    return ApiError(403, "InvalidSignatureException", message)


def unknown_operation(method: str, path: str) -> ApiError:
    return ApiError(404, "UnknownOperationException", f"EMR Serverless has no operation at {method} {path}")


def not_emulated(operation: str) -> ApiError:
    """Named apart from AWS's own errors, so that nobody looks for the mistake in a request that is fine."""
    return ApiError(501, "NotEmulatedException", f"{operation} is not covered by this emulator of EMR Serverless")
