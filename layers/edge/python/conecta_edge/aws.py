"""AWS clients, made on first use, once per process, from one session with bounded retries and time-outs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

THROTTLES: Final = frozenset(
    {
        "EC2ThrottledException", "InternalServerError", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "ThrottlingException", "TooManyRequestsException",
        "TransactionConflictException", "TransactionInProgressException",
    }
)  # fmt: skip
"""What a service says that is asked too much, or by too many at once: nothing was done."""
_LOST: Final = frozenset({"ConnectionError", "HTTPClientError", "IncompleteReadError"})
_SERVER_FAULT: Final = 500


@lru_cache(maxsize=1)
def _session() -> Any:
    # The dearest import of a cold start: not before a client is wanted. botocore alone, without boto3 over it, because
    # clients are all that is used.
    import botocore.session  # noqa: PLC0415

    return botocore.session.get_session()


@lru_cache(maxsize=8)
def client(service: str, within: float | None = None) -> Any:
    """The process's client of one AWS service; who waits shorter or longer than the others has one of its own.

    Time-outs are shorter than any function's own, retries use full jitter; both keep a slow dependency from
    eating the caller's time.

    Another function is called once and waited for: it may take all of an API function's 25 seconds, and asking again
    because no answer came would carry the same effect out twice. So it would with a mail.

    Args:
        within: seconds that an answer is waited for, when not as long as is usual of the service.
    """
    from botocore.config import Config  # noqa: PLC0415

    function, once = service == "lambda", service in {"lambda", "sesv2"}
    config = Config(
        connect_timeout=1 if function else 2,
        read_timeout=within or (26 if function else 5),
        retries={"mode": "standard", "total_max_attempts": 1 if once else 3},
        max_pool_connections=16,
        parameter_validation=False,  # our requests are built in one place each and tested; checking costs CPU per call
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # What a bucket under a CMK asks of presigned forms, and the address of its own region in them: a form posted to
        # the global one is redirected. An address that is a number, as the embedded AWS has, is left as it is.
        signature_version="s3v4" if service == "s3" else None,
        s3={"addressing_style": "virtual"} if service == "s3" else None,
    )
    return _session().create_client(service, config=config)


def error_code(error: BaseException) -> str:
    """The AWS error code of a botocore ClientError, or an empty text for anything else."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    return str(response.get("Error", {}).get("Code", ""))


def unserved(error: BaseException) -> bool:
    """Whether a service did not serve us: throttled, failing, or silent (it may have acted)."""
    if error_code(error) in THROTTLES:
        return True
    told = getattr(error, "response", None)
    status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(told, dict) else 0
    kinds = type(error).__mro__
    lost = any(kind.__module__ == "botocore.exceptions" and kind.__name__ in _LOST for kind in kinds)
    return lost or int(status) >= _SERVER_FAULT
