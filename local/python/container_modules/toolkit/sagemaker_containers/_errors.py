"""Exceptions that scripts raise or catch."""


class ClientError(Exception):
    """A mistake of the user's."""


class ChannelDoesNotExistError(Exception):
    """A channel that the job does not have."""

    def __init__(self, channel_name):
        super().__init__(f"Channel {channel_name} is not a valid channel")


class UnsupportedFormatError(Exception):
    """A content type that the container cannot read."""

    def __init__(self, content_type, **kwargs):
        self.message = f"Content type {content_type} is not supported by this framework."
        super().__init__(self.message, **kwargs)
