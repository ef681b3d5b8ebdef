"""Decodes requests to an endpoint. Scripts import this module to use it in their input_fn."""

import csv
import json
import os
import tempfile

import numpy as np
import xgboost as xgb
from sagemaker_containers import _content_types, _errors
from sagemaker_xgboost_container.constants import xgb_content_types


def csv_to_dmatrix(input, dtype=None):
    """Parses CSV rows without a label."""
    text = input.decode() if isinstance(input, bytes) else input
    lines = text.split("\n")
    sniffed = csv.Sniffer().sniff(lines[0][:512]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    rows = [["nan" if field == "" else field for field in line.split(delimiter)] for line in lines]
    return xgb.DMatrix(np.array(rows).astype(dtype or float))


def libsvm_to_dmatrix(string_like):
    """Parses LIBSVM rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rows")
        with open(path, "wb") as file:
            file.write(string_like.encode() if isinstance(string_like, str) else string_like)
        return xgb.DMatrix(f"{path}?format=libsvm")


def json_to_jsonlines(json_data):
    """Converts a JSON object that contains a single list to JSON Lines, with one line for each entry."""
    data = json_data if isinstance(json_data, dict) else json.loads(json_data)
    if len(data) != 1:
        raise ValueError("JSON response is not compatible for conversion to jsonlines.")
    return b"".join(f"{json.dumps(entry)}\n".encode() for entries in data.values() for entry in entries)


_DECODERS = {
    _content_types.CSV: csv_to_dmatrix,
    xgb_content_types.LIBSVM: libsvm_to_dmatrix,
    xgb_content_types.X_LIBSVM: libsvm_to_dmatrix,
}


def decode(obj, content_type):
    """Decodes the rows of a request into a DMatrix."""
    media_type = content_type.split(";")[0].strip().lower()
    if media_type not in _DECODERS:
        raise _errors.UnsupportedFormatError(media_type)
    return _DECODERS[media_type](obj)
