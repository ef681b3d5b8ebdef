"""Encodes predictions for responses."""

import io
import json

import numpy as np
from sagemaker_inference import content_types, errors


def _to_json(array_like):
    return json.dumps(array_like, default=lambda value: value.tolist())


def _to_csv(array_like):
    text = io.StringIO()
    np.savetxt(text, array_like, delimiter=",", fmt="%s")
    return text.getvalue()


def _to_npy(array_like):
    data = io.BytesIO()
    np.save(data, array_like)
    return data.getvalue()


_ENCODERS = {content_types.JSON: _to_json, content_types.CSV: _to_csv, content_types.NPY: _to_npy}
SUPPORTED_CONTENT_TYPES = set(_ENCODERS)


def encode(array_like, content_type):
    """An array or list in the format of a content type."""
    if content_type not in _ENCODERS:
        raise errors.UnsupportedFormatError(content_type)
    return _ENCODERS[content_type](array_like)
