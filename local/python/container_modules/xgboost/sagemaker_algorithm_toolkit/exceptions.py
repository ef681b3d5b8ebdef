"""Whose fault a failure is."""


class BaseToolkitError(Exception):
    """A failure with a message of its own."""

    def __init__(self, message=None, caused_by=None):
        self.message = message or (str(caused_by) if caused_by else "unknown error occurred")
        self.caused_by = caused_by
        super().__init__(self.message)


class UserError(BaseToolkitError):
    """The data's or the request's."""


class AlgorithmError(BaseToolkitError):
    """The algorithm's."""


class PlatformError(BaseToolkitError):
    """The platform's."""
