"""Exceptions that scripts raise or catch."""


class UnsupportedFormatError(Exception):
    """The container cannot read or write this content type."""

    def __init__(self, content_type, **kwargs):
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Implement input_fn to read the request, or output_fn to write the response.",
            **kwargs,
        )


class BaseInferenceToolkitError(Exception):
    """An error response with a status that the script chooses."""

    def __init__(self, status_code, message, phrase):
        super().__init__(status_code, message, phrase)
        self.status_code = status_code
        self.message = message
        self.phrase = phrase


class GenericInferenceToolkitError(BaseInferenceToolkitError):
    """An error response with a default message."""

    def __init__(self, status_code, message=None, phrase=None):
        message = message or "Invalid Request"
        super().__init__(status_code, message, phrase or message)
