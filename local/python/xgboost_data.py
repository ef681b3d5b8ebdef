"""Channels as DMatrix objects, parsed once and kept.

The bytes are read by the parsers the container uses: XGBoost's own for CSV and LIBSVM, Arrow for Parquet.
"""

import codecs
import csv
import os
import re
import shutil
import tempfile
from collections import OrderedDict
from email.message import Message
from typing import Any, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import xgboost as xgb

from errors import ClientError
from text_check import check_csv, check_libsvm

CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
_CONTENT_TYPES = {
    "csv": CSV, "text/csv": CSV,
    "libsvm": LIBSVM, "text/libsvm": LIBSVM, "text/x-libsvm": LIBSVM,
    "parquet": PARQUET, "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO, "application/x-recordio-protobuf": RECORDIO,
}
_CHANNELS = ("train", "validation", "code")
_DELIMITERS = (",", "\t", "|", " ")
# Characters that mean nothing in XGBoost's URIs and file patterns.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")
# XGBoost asks the file system about the names of all files as one path, which may have 4096 bytes.
_LONGEST_NAMES = 4000
_COPIED_AT_ONCE = 1 << 20
# Two data sets of train and validation: enough for a tuning job and the final training after it.
_KEPT = 4


class DataStore:
    """Loads channels and keeps the latest ones in memory."""

    def __init__(self) -> None:
        self._kept: "OrderedDict[Tuple[Any, ...], xgb.DMatrix]" = OrderedDict()

    def load(
        self, channels: Sequence[Mapping[str, Any]], csv_weights: bool, threads: int
    ) -> Tuple[xgb.DMatrix, Optional[xgb.DMatrix]]:
        """The matrices of the train and the validation channel."""
        by_name = {channel["name"]: channel for channel in channels}
        if "train" not in by_name:
            raise ClientError("Missing required channel: train")
        for name in by_name:
            if name not in _CHANNELS:
                raise ClientError(f"Extraneous channel found: {name}")
        # As in the container, the train channel's content type is that of validation too.
        content_type = parse_content_type(by_name["train"].get("contentType"))
        if "validation" in by_name:
            parse_content_type(by_name["validation"].get("contentType"))
        train = self._matrix(by_name["train"], content_type, csv_weights, threads)
        validation = None
        if "validation" in by_name:
            validation = self._matrix(by_name["validation"], content_type, csv_weights, threads)
        return train, validation

    def _matrix(
        self, channel: Mapping[str, Any], content_type: str, csv_weights: bool, threads: int
    ) -> xgb.DMatrix:
        files = [path for path in channel["files"] if not os.path.basename(path).startswith((".", "_"))]
        states = [os.stat(path) for path in files]
        if not sum(state.st_size for state in states):
            where = os.path.dirname(files[0]) if files else channel["name"]
            kind = "training" if channel["name"] == "train" else channel["name"]
            raise ClientError(f"No data in {kind} channel path {where}")
        key = (
            content_type, csv_weights and content_type == CSV,
            tuple((path, state.st_size, state.st_mtime_ns) for path, state in zip(files, states)),
        )
        matrix = self._kept.get(key)
        if matrix is None:
            matrix = _load(files, content_type, csv_weights, threads)
            if not matrix.num_row():
                raise ClientError(f"No data in {channel['name']} channel: the files have no rows")
            self._kept[key] = matrix
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return matrix


def parse_content_type(text: Optional[str]) -> str:
    """The format a channel's content type names; LIBSVM when it names none."""
    if text is None:
        return LIBSVM
    header = Message()
    header["content-type"] = text.lower()
    name = text.lower().split(";")[0].strip()
    if name not in _CONTENT_TYPES:
        accepted = ", ".join(_CONTENT_TYPES)
        raise ClientError(f"{text} is not an accepted ContentType: {accepted}.")
    kind = _CONTENT_TYPES[name]
    if kind == CSV and header.get_param("label_size", "1") != "1":
        raise ClientError(
            f"{text} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    if kind == RECORDIO:
        raise ClientError(f"ContentType {text} is not supported by local mode")
    return kind


def _load(files: List[str], content_type: str, csv_weights: bool, threads: int) -> xgb.DMatrix:
    if content_type == PARQUET:
        return _load_parquet(files, threads)
    if content_type == CSV:
        delimiter = _delimiter(files)
        columns: Optional[int] = None
        for path in files:
            columns = check_csv(path, delimiter, columns)
        options = f"format=csv&label_column=0&delimiter={delimiter}"
        if csv_weights:
            options += "&weight_column=1"
    else:
        for path in files:
            check_libsvm(path)
        options = "format=libsvm"
    with tempfile.TemporaryDirectory(prefix="channel-") as folder:
        try:
            return xgb.DMatrix(_joined(files, folder) + "?" + options, nthread=threads)
        except xgb.core.XGBoostError as error:
            raise ClientError(f"Failed to load {content_type} data with exception:\n{shorten(error)}") from None


def _delimiter(files: List[str]) -> str:
    """The delimiter the container would take: what Python's sniffer makes of the first line."""
    found = None
    for path in files:
        with open(path, errors="ignore") as file:
            line = file.readline()
        try:
            delimiter = csv.Sniffer().sniff(line).delimiter
        except csv.Error as error:
            raise ClientError(f"Could not determine delimiter on line {line[:50]}:\n{error}") from None
        if delimiter not in _DELIMITERS:
            raise ClientError(
                f"{path}, line 1: {line[:50].strip()!r} is not CSV that the XGBoost algorithm reads. It takes "
                f"{delimiter!r} for the delimiter; separate the columns with commas."
            )
        found = found or delimiter
    return found or ","


def _joined(files: List[str], folder: str) -> str:
    """All files as one path of XGBoost's: their names, or where that is too long, one file with all of them."""
    names = ";".join(_plain_paths(files, folder))
    return names if len(names) <= _LONGEST_NAMES else _concatenate(files, os.path.join(folder, "all"))


def _concatenate(files: List[str], target: str) -> str:
    with open(target, "wb") as output:
        for path in files:
            with open(path, "rb") as file:
                start = file.read(len(codecs.BOM_UTF8))
                if start != codecs.BOM_UTF8:
                    output.write(start)
                shutil.copyfileobj(file, output, _COPIED_AT_ONCE)
                if file.tell():
                    output.write(b"\n")  # blank lines mean nothing
    return target


def _plain_paths(files: List[str], folder: str) -> List[str]:
    """Paths that XGBoost's URIs can carry: for other names a second name of the file, or else a copy.

    Not a symbolic link: XGBoost resolves those and stumbles over the original name.
    """
    paths = []
    for number, path in enumerate(files):
        if not _PLAIN_PATH.fullmatch(path):
            plain = os.path.join(folder, f"{number:06}")
            try:
                os.link(path, plain)
            except OSError:  # another file system
                shutil.copyfile(path, plain)
            path = plain
        paths.append(path)
    return paths


def _load_parquet(files: List[str], threads: int) -> xgb.DMatrix:
    import pyarrow.parquet  # only here: it is an extra of the environment, and slow to import

    try:
        tables = [pyarrow.parquet.read_table(path) for path in files if os.path.getsize(path)]
        data = np.concatenate([
            np.column_stack([column.to_numpy() for column in table.columns]) for table in tables
        ])
        return xgb.DMatrix(data[:, 1:].astype(np.float32), label=data[:, 0].astype(np.float32), nthread=threads)
    except Exception as error:
        raise ClientError(f"Failed to load parquet data with exception:\n{shorten(error)}") from None


def shorten(error: Exception) -> str:
    """The message of an XGBoost error without its C++ stack trace."""
    return str(error).split("\nStack trace:")[0].strip()
