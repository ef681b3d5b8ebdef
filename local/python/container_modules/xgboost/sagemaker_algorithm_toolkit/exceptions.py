"""Exceptions, named by the cause of the failure."""


class BaseToolkitError(Exception):
    """Base class: a failure with a message."""

    def __init__(self, message=None, caused_by=None):
        self.message = message or (str(caused_by) if caused_by else "unknown error occurred")
        self.caused_by = caused_by
        super().__init__(self.message)


class UserError(BaseToolkitError):
    """The data or the request is wrong."""


class AlgorithmError(BaseToolkitError):
    """The algorithm failed."""


class PlatformError(BaseToolkitError):
    """The platform failed."""
