"""Loads the channels of SageMaker's LightGBM and CatBoost algorithms as tables, and caches them.

File layouts and rules follow the developer guide (lightgbm.md, catboost.md) and AWS's sample notebook. CSV
files have no header, and the label is in the first column. A JSON file next to the CSV files can list the
categorical columns. Without validation data, a random fifth of the rows is used for validation.
"""

import json
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import pandas as pd

from errors import ClientError
from text_check import check_csv

REGRESSION, CLASSIFICATION = "regression", "classification"

_TRAIN = ("train", "training")  # names of the channel, or of a folder in it
_VALIDATION = "validation"
# Channels with JumpStart's script and artifact, which local mode does not use.
_OTHER_CHANNELS = ("code", "model")
_CONTENT_TYPES = ("csv", "text/csv")
_CATEGORICAL_KEY = "cat_index_list"
_LARGEST_INTEGER = 2147483647
_VALIDATION_SHARE = 0.2
# The seed is fixed, so that all jobs of a tuning job use the same validation rows.
_SPLIT_SEED = 0
# Maximum number of cached data sets: one for a tuning job, one for the final training.
_KEPT = 2

File = Tuple[str, str]  # path, and name in the channel's folder


@dataclass(frozen=True)
class Table:
    features: np.ndarray  # rows x columns, float64; NaN for missing values
    labels: np.ndarray


@dataclass(frozen=True)
class TabularData:
    train: Table
    validation: Table
    categorical: List[int]  # indexes of features
    classes: int  # 0 for a regression
    is_split: bool  # whether the validation rows come from the training data
    prepared: Dict[str, Any] = field(default_factory=dict)  # data prepared by a library, cached with these arrays

    @property
    def feature_names(self) -> List[str]:
        return [f"feature_{i}" for i in range(self.train.features.shape[1])]


class DataStore:
    """Loads channels, and keeps the most recently used data in memory."""

    def __init__(self, algorithm: str) -> None:
        """`algorithm` is the name of the algorithm, for messages."""
        self._algorithm = algorithm
        self._kept: "OrderedDict[Tuple[Any, ...], TabularData]" = OrderedDict()

    def load(self, channels: Sequence[Mapping[str, Any]], task: str) -> TabularData:
        """The data of a job. Raises ClientError."""
        train, validation, index = _files(channels)
        key = (task, _state(train), _state(validation), _state(index))
        data = self._kept.get(key)
        if data is None:
            data = self._read(train, validation, index, task)
            self._kept[key] = data
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return data

    def _read(self, train: List[File], validation: List[File], index: List[File], task: str) -> TabularData:
        rows = self._rows(train, None)
        columns = rows.shape[1]
        more = self._rows(validation, columns) if validation else None
        categorical = _categorical_columns(index[0][0], columns) if index else []
        for column in categorical:
            _check_categories(rows if more is None else np.concatenate([rows, more]), column)
        classes = _count_classes(rows[:, 0], more, task)
        is_split = more is None
        if more is None:
            rows, more = _split(rows)
        return TabularData(
            _table(rows), _table(more), [column - 1 for column in categorical], classes, is_split
        )

    def _rows(self, files: List[File], columns: Optional[int]) -> np.ndarray:
        parts = []
        for path, _ in files:
            found, fault = check_csv(path, ",", columns, self._algorithm)
            if fault:
                raise ClientError(fault)
            columns = found or columns
            try:
                parts.append(pd.read_csv(
                    path, header=None, dtype=np.float64, skipinitialspace=True, float_precision="round_trip"
                ).to_numpy())
            except pd.errors.EmptyDataError:
                continue
            except ValueError as error:
                raise ClientError(f"Failed to load csv data from {path}: {error}") from None
        if not parts:
            raise ClientError(f"No data in {os.path.dirname(files[0][0])}: the files have no rows")
        if parts[0].shape[1] < 2:
            raise ClientError(f"{files[0][0]} has one column: features are missing.")
        return np.concatenate(parts)


def _files(channels: Sequence[Mapping[str, Any]]) -> Tuple[List[File], List[File], List[File]]:
    """The training files, the validation files, and the file that lists categorical columns, if there is one."""
    by_name = {channel["name"]: channel for channel in channels}
    for name in by_name:
        if name not in (*_TRAIN, _VALIDATION, *_OTHER_CHANNELS):
            raise ClientError(f"Extraneous channel found: {name}. Channels are train (or training) and validation.")
    found = [name for name in _TRAIN if name in by_name]
    if not found:
        raise ClientError("Missing required channel: train (or training)")
    if len(found) > 1:
        raise ClientError(
            "Both train and training are given, but they are two names of the same channel: use only one."
        )
    all_files = _visible(by_name[found[0]])
    index = [entry for entry in all_files if entry[1].lower().endswith(".json")]
    if len(index) > 1:
        raise ClientError(
            "There must be one categorical index JSON file; found " + ", ".join(name for _, name in index)
        )
    data = [entry for entry in all_files if entry not in index]
    train, validation, rest = (
        [entry for entry in data if _folder(entry[1]) == folder] for folder in ("train", _VALIDATION, None)
    )
    if train and rest:
        raise ClientError(
            f"Channel {found[0]} has a folder train/ and files next to it, such as {rest[0][1]}. Put the data "
            "either in folders train/ and validation/, or directly in the channel."
        )
    train = train or rest
    if _VALIDATION in by_name:
        validation = [
            entry for entry in _visible(by_name[_VALIDATION]) if not entry[1].lower().endswith(".json")
        ]
        if not validation:
            raise ClientError("No data in validation channel")
    if not train:
        raise ClientError(f"No data in {found[0]} channel")
    return train, validation, index


def _visible(channel: Mapping[str, Any]) -> List[File]:
    content_type = channel.get("contentType")
    if content_type is not None and content_type.lower().split(";")[0].strip() not in _CONTENT_TYPES:
        raise ClientError(f"{content_type} is not an accepted ContentType. Accepted: text/csv.")
    return [
        (entry["path"], entry["name"]) for entry in channel["files"]
        if not os.path.basename(entry["name"]).startswith((".", "_")) and os.path.getsize(entry["path"])
    ]


def _folder(name: str) -> Optional[str]:
    """Returns `train` or `validation` if the file is in a folder with that name."""
    for part in name.split("/")[:-1]:
        if part in _TRAIN:
            return "train"
        if part == _VALIDATION:
            return _VALIDATION
    return None


def _state(files: List[File]) -> Tuple[Any, ...]:
    states = [(path, os.stat(path)) for path, _ in files]
    return tuple((path, state.st_size, state.st_mtime_ns) for path, state in states)


def _table(rows: np.ndarray) -> Table:
    return Table(np.ascontiguousarray(rows[:, 1:]), rows[:, 0])


def _split(rows: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    if len(rows) < 2:
        raise ClientError("The training data has only one row, so no row is left for validation.")
    order = np.random.default_rng(_SPLIT_SEED).permutation(len(rows))
    first = int(np.ceil(len(rows) * _VALIDATION_SHARE))
    return rows[np.sort(order[first:])], rows[np.sort(order[:first])]


def _categorical_columns(path: str, columns: int) -> List[int]:
    """The categorical columns that a JSON file lists. The label is column 0."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
        listed = content[_CATEGORICAL_KEY]
    except (ValueError, KeyError, TypeError):
        listed = None
    if not isinstance(listed, list) or any(type(item) is not int for item in listed):
        raise ClientError(f'{path} must be {{"{_CATEGORICAL_KEY}": [column, ...]}} with integers.')
    for item in listed:
        if not 0 < item < columns:
            raise ClientError(
                f"{path}: {item} is not the number of a feature column. Columns are numbered from 1 to {columns - 1}; 0 is "
                "the label."
            )
    if len(set(listed)) != len(listed):
        raise ClientError(f"{path}: {_CATEGORICAL_KEY} contains a column twice.")
    return sorted(listed)


def _check_categories(rows: np.ndarray, column: int) -> None:
    values = rows[:, column]
    wrong = values[~_are_integers(values)]
    if len(wrong):
        raise ClientError(
            f"Categorical column {column} has the value {wrong[0]:g}. Categorical features must be encoded as "
            f"integers from 0 to {_LARGEST_INTEGER - 1}."
        )


def _count_classes(labels: np.ndarray, validation: Optional[np.ndarray], task: str) -> int:
    if task == REGRESSION:
        return 0
    wrong = labels[~_are_integers(labels)]
    if len(wrong):
        raise ClientError(
            f"The label {wrong[0]:g} is not a class. Classification requires integers from 0 on in the first "
            "column. For other numbers, use the regression model."
        )
    classes = np.unique(labels)
    if len(classes) == 1:
        raise ClientError(f"All training rows have the label {classes[0]:g}: at least two classes are required.")
    if classes[-1] != len(classes) - 1:
        absent = next(i for i in range(len(classes)) if classes[i] != i)
        raise ClientError(
            f"The labels go up to {classes[-1]:g}, but no training row has {absent}. Number the {len(classes)} "
            f"classes from 0 to {len(classes) - 1}."
        )
    if validation is not None:
        unknown = np.setdiff1d(validation[:, 0], classes)
        if len(unknown):
            raise ClientError(f"The validation data has the label {unknown[0]:g}, which the training data does not have.")
    return len(classes)


def _are_integers(values: np.ndarray) -> np.ndarray:
    return (values >= 0) & (values < _LARGEST_INTEGER) & (values == np.floor(values))
