"""Loads channels as DMatrix objects, and caches them.

Uses the same parsers as the container: XGBoost's own for CSV and LIBSVM, Arrow for Parquet. Accepts and
refuses the same files as the container. Logs a warning for files that would make the model silently wrong.

Source: aws/sagemaker-xgboost-container, data_utils.py and algorithm_mode/channel_validation.py. The rules
are the same in the images 1.7-1 to 3.2-0.
"""

import codecs
import csv
import os
import re
import shutil
import tempfile
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, Optional, Sequence, Tuple
from weakref import WeakKeyDictionary

import numpy as np
import xgboost as xgb

from errors import ClientError
from text_check import check_csv, check_libsvm

CSV, LIBSVM, PARQUET, RECORDIO = "csv", "libsvm", "parquet", "recordio-protobuf"
# Content types must match exactly: the container refuses text/csv with parameters or in uppercase.
_CONTENT_TYPES = {
    "csv": CSV, "text/csv": CSV,
    "libsvm": LIBSVM, "text/libsvm": LIBSVM, "text/x-libsvm": LIBSVM,
    "parquet": PARQUET, "application/x-parquet": PARQUET,
    "recordio-protobuf": RECORDIO, "application/x-recordio-protobuf": RECORDIO,
}
_DEFAULT_CONTENT_TYPE = "text/libsvm"
_CHANNELS = {"train": tuple(_CONTENT_TYPES), "validation": tuple(_CONTENT_TYPES), "code": ("text/python",)}
_USUAL_DELIMITERS = (",", "\t", "|", " ", ";")
# Characters without special meaning in XGBoost's URIs and file patterns.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")
# XGBoost passes the names of all files to the file system as one path, which is limited to 4096 bytes.
_LONGEST_NAMES = 4000
_COPIED_AT_ONCE = 1 << 20
# Number of matrices that are cached whatever their size: training and validation data of a tuning job and of the final
# training.
_KEPT = 4
# Any number of matrices is cached while their files have at most this number of bytes in total, because the jobs of
# many small searches can alternate on a worker.
_KEPT_BYTES = 32 << 20


@dataclass(frozen=True)
class TrainingData:
    """The matrices of a job, and warnings about its files."""

    train: xgb.DMatrix
    validation: Optional[xgb.DMatrix]
    # The rows of `train` and `validation` together, if `load` was called with `combines`.
    both: Optional[xgb.DMatrix]
    checks: Sequence["Future[List[str]]"]

    def warnings(self) -> List[str]:
        """Waits for the checks of the files, and returns their warnings. The checks run in Python while XGBoost loads
        and sorts the data in native code."""
        return list(dict.fromkeys(warning for check in self.checks for warning in check.result()))


_Loaded = Tuple[xgb.DMatrix, "Future[List[str]]"]


class DataStore:
    """Loads channels, and keeps the most recently used data in memory."""

    def __init__(self) -> None:
        self._kept: "OrderedDict[Tuple[Any, ...], _Loaded]" = OrderedDict()
        self._prepared: "WeakKeyDictionary[xgb.DMatrix, Any]" = WeakKeyDictionary()

    def load(
        self, channels: Sequence[Mapping[str, Any]], csv_weights: bool, threads: int, combines: bool = False
    ) -> TrainingData:
        """Loads the train and validation channels and, with `combines`, also a matrix of both. Raises ClientError."""
        by_name = {channel["name"]: channel for channel in channels}
        _check_channels(by_name)
        # As in the container, the train channel's content type also applies to validation.
        kind = _CONTENT_TYPES[_content_type(by_name["train"])]
        if kind == RECORDIO:
            raise ClientError("ContentType recordio-protobuf is not supported by local mode")
        names = [name for name in ("train", "validation") if name in by_name]
        files = [_files(by_name[name]) for name in names]
        for paths in files:
            if _key_of(paths, kind, csv_weights) not in self._kept:
                _check_format(paths, kind)
        if combines and len(files) > 1:
            files.append([path for paths in files for path in paths])
        loaded = [self._matrix(paths, kind, csv_weights, threads) for paths in files]
        train, validation, both, *_ = [matrix for matrix, _ in loaded] + [None, None]
        return TrainingData(
            train=train,
            validation=validation,
            both=both,
            checks=[check for _, check in loaded],
        )

    def once(self, matrix: xgb.DMatrix, kind: Any, prepare: Callable[[], Any]) -> None:
        """Prepares a matrix, unless its last preparation was of the same kind. XGBoost caches only one preparation
        for each matrix.
        """
        if self._prepared.get(matrix) != kind:
            prepare()
            self._prepared[matrix] = kind

    def _matrix(self, files: List[str], kind: str, csv_weights: bool, threads: int) -> _Loaded:
        key = _key_of(files, kind, csv_weights)
        loaded = self._kept.get(key)
        if loaded is None:
            check = _in_a_thread(_warnings, files, kind)
            loaded = self._kept[key] = _load(files, kind, csv_weights, threads, check), check
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT and sum(map(_bytes_of, self._kept)) > _KEPT_BYTES:
            self._kept.popitem(last=False)
        return loaded


def _key_of(files: List[str], kind: str, csv_weights: bool) -> Tuple[Any, ...]:
    states = [os.stat(path) for path in files]
    return (
        kind, csv_weights and kind == CSV,
        tuple((path, state.st_size, state.st_mtime_ns) for path, state in zip(files, states)),
    )


def _bytes_of(key: Tuple[Any, ...]) -> int:
    return sum(size for _, size, _ in key[-1])


def _check_channels(channels: Mapping[str, Mapping[str, Any]]) -> None:
    if "train" not in channels:
        raise ClientError("Missing required channel: train")
    for name, channel in channels.items():
        if name not in _CHANNELS:
            raise ClientError(f"Extraneous channel found: {name}")
        content_type = _content_type(channel)
        if content_type not in _CHANNELS[name]:
            raise ClientError(
                f"Channel configuration for '{name}' channel is not supported: content type {content_type}. "
                f"The container takes exactly {', '.join(_CHANNELS[name])}."
            )


def _content_type(channel: Mapping[str, Any]) -> str:
    given = channel.get("contentType")
    return _DEFAULT_CONTENT_TYPE if given is None else str(given)


def _files(channel: Mapping[str, Any]) -> List[str]:
    files = [path for path in channel["files"] if not os.path.basename(path).startswith((".", "_"))]
    if not any(os.path.getsize(path) for path in files):
        where = os.path.dirname(files[0]) if files else channel["name"]
        kind = "training" if channel["name"] == "train" else channel["name"]
        raise ClientError(f"No data in {kind} channel path {where}")
    return files


def _check_format(files: List[str], kind: str) -> None:
    """Checks the first lines of every file, as the container does."""
    for path in files:
        if kind == CSV:
            _sniff_delimiter(path)
        elif kind == LIBSVM:
            _check_libsvm_start(path)


def _sniff_delimiter(path: str) -> str:
    """The delimiter that the container detects: Python's sniffer applied to the first line."""
    with open(path, encoding="utf-8", errors="ignore") as file:
        line = file.readline()
    try:
        return csv.Sniffer().sniff(line).delimiter
    except csv.Error as error:
        raise ClientError(f"Could not determine delimiter on line {line[:50]}:\n{error}") from None


def _check_libsvm_start(path: str) -> None:
    """Checks the lines up to the first line with two features, as the container does."""
    with open(path, encoding="utf-8", errors="ignore") as file:
        for line in file:
            # Splits at single spaces and keeps the line ending, so trailing spaces, tabs and blank lines
            # are refused.
            label, *features = line.split(" ")
            if not _is_libsvm_label(label) or not _are_libsvm_features(features):
                raise ClientError(
                    f"First line '{line[:50]}...' of file '{os.path.basename(path)}' is not 'LIBSVM' format. "
                    "Please ensure the file is in 'LIBSVM' format."
                )
            if len(features) > 1:
                return


def _is_libsvm_label(text: str) -> bool:
    parts = text.split(":")
    try:
        return len(parts) <= 2 and all(float(part) is not None for part in parts)
    except ValueError:
        return False


def _are_libsvm_features(features: List[str]) -> bool:
    return all(":" in feature for feature in features) and (not features or features[0].count(":") == 1)


def _load(
    files: List[str], kind: str, csv_weights: bool, threads: int, check: "Future[List[str]]"
) -> xgb.DMatrix:
    """Loads files as a matrix. If loading fails, the error includes the results of the check."""
    if kind == PARQUET:
        return _load_parquet(files, threads)
    options = "format=libsvm"
    if kind == CSV:
        options = f"format=csv&label_column=0&delimiter={_sniff_delimiter(files[0])}"
        if csv_weights:
            options += "&weight_column=1"
    with tempfile.TemporaryDirectory(prefix="channel-") as folder:
        try:
            return xgb.DMatrix(_joined(files, folder) + "?" + options, nthread=threads)
        except xgb.core.XGBoostError as error:
            hints = "\n".join(["", *check.result()])
            raise ClientError(f"Failed to load {kind} data with exception:\n{shorten(error)}{hints}") from None


def _in_a_thread(function: Callable[..., List[str]], *arguments: Any) -> "Future[List[str]]":
    """Calls a function in a new thread. A shared thread pool would not work in forked processes."""
    pool = ThreadPoolExecutor(max_workers=1)
    result = pool.submit(function, *arguments)
    pool.shutdown(wait=False)
    return result


def _warnings(files: List[str], kind: str) -> List[str]:
    if kind == CSV:
        return _csv_warnings(files, _sniff_delimiter(files[0]))
    return [fault for fault in map(check_libsvm, files) if fault] if kind == LIBSVM else []


def _csv_warnings(files: List[str], delimiter: str) -> List[str]:
    """Warnings about probable mistakes that XGBoost's parser silently accepts."""
    if delimiter not in _USUAL_DELIMITERS:
        return [f"{files[0]}: the container uses {delimiter!r} as the delimiter. Separate the columns with commas."]
    warnings: List[str] = []
    columns: Optional[int] = None
    for path in files:
        columns, fault = check_csv(path, delimiter, columns)
        if fault:
            warnings.append(fault)
    return warnings


def _joined(files: List[str], folder: str) -> str:
    """The path to pass to XGBoost: the names of all files or, if they are too long, a file with the content of all
    files.
    """
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
                    output.write(b"\n")  # blank lines are ignored
    return target


def _plain_paths(files: List[str], folder: str) -> List[str]:
    """Paths that XGBoost's URIs support. A file with another path gets a hard link with a plain name, or else a copy.

    A symbolic link would not help: XGBoost resolves the link and fails with the original name.
    """
    paths = []
    for number, path in enumerate(files):
        if not _PLAIN_PATH.fullmatch(path):
            plain = os.path.join(folder, f"{number:06}")
            try:
                os.link(path, plain)
            except OSError:  # a different file system
                shutil.copyfile(path, plain)
            path = plain
        paths.append(path)
    return paths


def _load_parquet(files: List[str], threads: int) -> xgb.DMatrix:
    """Loads files as the container does: with the columns of the first file, which are matched by name, and without
    the columns of a pandas index. A column that another file lacks is missing there.
    """
    import pyarrow.parquet  # imported only here, because pyarrow is optional and slow to import

    try:
        # By default, pyarrow turns the names of folders such as year=2024 into columns.
        table = pyarrow.parquet.read_table([path for path in files if os.path.getsize(path)], partitioning=None)
        # Strings are names of columns. pandas does not store an index of consecutive numbers as a column.
        entries = (table.schema.pandas_metadata or {}).get("index_columns", [])
        index = [entry for entry in entries if entry in table.column_names]
        data = np.column_stack([column.to_numpy() for column in table.drop_columns(index).columns])
        return xgb.DMatrix(data[:, 1:].astype(np.float32), label=data[:, 0].astype(np.float32), nthread=threads)
    except Exception as error:
        raise ClientError(f"Failed to load parquet data with exception:\n{shorten(error)}") from None


def shorten(error: Exception) -> str:
    """The message of an XGBoost error without its C++ stack trace."""
    return str(error).split("\nStack trace:")[0].strip()
