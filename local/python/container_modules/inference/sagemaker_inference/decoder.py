"""Decodes requests to NumPy arrays."""

import io
import json

import numpy as np
from sagemaker_inference import content_types, errors

_DECODERS = {
    content_types.JSON: lambda text: np.array(json.loads(text)),
    content_types.CSV: lambda text: np.genfromtxt(io.StringIO(text), delimiter=","),
    content_types.NPY: lambda data: np.load(io.BytesIO(data), allow_pickle=True),
}


def decode(obj, content_type):
    """The array in a request."""
    if content_type not in _DECODERS:
        raise errors.UnsupportedFormatError(content_type)
    return _DECODERS[content_type](obj)
