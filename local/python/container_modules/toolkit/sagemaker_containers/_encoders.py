"""Encodes and decodes arrays like the inference toolkit, but raises the UnsupportedFormatError of this package."""

from sagemaker_containers import _errors
from sagemaker_inference import decoder, encoder, errors


def decode(obj, content_type):
    """The array in a request."""
    try:
        return decoder.decode(obj, content_type)
    except errors.UnsupportedFormatError:
        raise _errors.UnsupportedFormatError(content_type) from None


def encode(array_like, content_type):
    """An array or list in the format of a content type."""
    try:
        return encoder.encode(array_like, content_type)
    except errors.UnsupportedFormatError:
        raise _errors.UnsupportedFormatError(content_type) from None
