"""Exceptions that scripts raise or catch."""


class ClientError(Exception):
    """The user made a mistake."""


class ChannelDoesNotExistError(Exception):
    """The job does not have this channel."""

    def __init__(self, channel_name):
        super().__init__(f"Channel {channel_name} is not a valid channel")


class UnsupportedFormatError(Exception):
    """The container cannot read this content type."""

    def __init__(self, content_type, **kwargs):
        self.message = f"Content type {content_type} is not supported by this framework."
        super().__init__(self.message, **kwargs)
