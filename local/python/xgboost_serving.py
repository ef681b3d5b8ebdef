"""A model server for the built-in XGBoost algorithm. It responds like SageMaker's container in a transform job.

Source: aws/sagemaker-xgboost-container, algorithm_mode/serve.py, serve_utils.py and encoder.py
"""

import csv
import json
import os
import pickle
from typing import Any, Callable, List, Mapping, Optional, Tuple

import numpy as np
import xgboost as xgb
from scipy.sparse import csr_matrix

from batch_transform import Answer
from errors import InvocationError
from xgboost_data import shorten
from xgboost_selection import encode_selected

_CSV, _LIBSVM = "text/csv", "text/libsvm"
_CONTENT_TYPES = {
    "": _LIBSVM, "csv": _CSV, "text/csv": _CSV,
    "libsvm": _LIBSVM, "text/libsvm": _LIBSVM, "text/x-libsvm": _LIBSVM,
}
_ACCEPTED = ("application/json", "application/jsonlines", "application/x-recordio-protobuf", "text/csv")
_SNIFFED_CHARACTERS = 512
_BAD_REQUEST, _NOT_ACCEPTABLE, _UNSUPPORTED, _SERVER_ERROR = 400, 406, 415, 500

# Objectives that predict classes. If an archive has several models, the most frequent class is the prediction. For all
# other objectives, the models' predictions are averaged.
_VOTED = ("multi:softmax", "binary:hinge")


class Server:
    """Handles the requests of a transform job."""

    def __init__(self, job: Mapping[str, Any], log: Callable[[str], None]) -> None:
        self._log = log
        self._environment = job["transform"]["environment"]
        paths = _model_files(job["transform"]["modelFolder"], log)
        if self._environment.get("SAGEMAKER_INFERENCE_ENSEMBLE", "true") != "true":
            paths = paths[:1]
        if not paths:
            raise InvocationError(_SERVER_ERROR, "Unable to load model: the model archive has no file")
        self._models = [_load(path, int(job["threads"])) for path in paths]
        self._objective = _objective(self._models[0][0])

    def __call__(self, body: bytes, content_type: Optional[str], accept: Optional[str]) -> Answer:
        if not body:
            return Answer(b"", _CSV)
        wanted = self._wanted(accept)
        kind = _content_type(content_type)
        try:
            data = _read_csv(body) if kind == _CSV else self._read_libsvm(body)
        except Exception as error:
            name = "csv" if kind == _CSV else "libsvm"
            raise InvocationError(
                _UNSUPPORTED,
                f"Loading {name} data failed with Exception, please ensure data is in {name} format:\n "
                f"{type(error)}\n {error}",
            ) from None
        try:
            predictions = self._predict(data, kind)
        except Exception as error:
            raise InvocationError(
                _BAD_REQUEST, f"Unable to evaluate payload provided: {shorten(error)}"
            ) from None
        selection = self._environment.get("SAGEMAKER_INFERENCE_OUTPUT")
        if selection is None:
            return Answer(("\n".join(map(str, predictions.tolist())) + "\n").encode(), _CSV)
        try:
            return Answer(encode_selected(predictions, selection, self._models[0][0], wanted, self._log), wanted)
        except Exception as error:
            raise InvocationError(_SERVER_ERROR, str(error)) from None

    def _wanted(self, accept: Optional[str]) -> str:
        name = (accept or "").split(";")[0].strip().lower()
        if name in ("", "*/*"):
            return self._environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", _CSV)
        if name not in _ACCEPTED:
            raise InvocationError(
                _NOT_ACCEPTABLE,
                f"Accept type {accept} is not supported. Please use supported accept types: {list(_ACCEPTED)}.",
            )
        return name

    def _read_libsvm(self, body: bytes) -> xgb.DMatrix:
        """Parses LIBSVM rows. Reads only items with a colon, so labels are ignored. As in the container, trailing rows
        without features are lost."""
        rows, columns, values = [], [], []
        lines = body.strip().decode("utf-8").split("\n")
        for row, line in enumerate(lines):
            for item in line.split(" "):
                if ":" in item:
                    column, value = item.split(":")[:2]
                    rows.append(row)
                    columns.append(int(column))
                    values.append(float(value))
        matrix = csr_matrix((np.array(values), (np.array(rows, dtype=int), np.array(columns, dtype=int))))
        if matrix.shape[0] < len(lines):
            self._log(
                f"Only the first {matrix.shape[0]} of {len(lines)} rows have a prediction: "
                "the other rows have no features"
            )
        return xgb.DMatrix(matrix)

    def _predict(self, data: xgb.DMatrix, kind: str) -> np.ndarray:
        for booster, is_pickled in self._models:
            if is_pickled:
                _check_columns(booster, data, kind)
        predictions = [_predict(booster, data) for booster, _ in self._models]
        if len(predictions) == 1:
            return predictions[0]
        if self._objective in _VOTED:
            return np.apply_along_axis(_most_frequent, 0, np.stack(predictions))
        return np.mean(predictions, axis=0)


def _model_files(folder: str, log: Callable[[str], None]) -> List[str]:
    paths = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if not os.path.isfile(path):
            continue
        if name.startswith("."):
            log(f"Ignoring dotfile '{path}' found in model directory - please exclude dotfiles from model archives.")
        else:
            paths.append(path)
    return paths


def _load(path: str, threads: int) -> Tuple[xgb.Booster, bool]:
    """Loads a model. Also returns whether it is a Python pickle, which older containers save."""
    try:
        booster = xgb.Booster()
        booster.load_model(path)
        is_pickled = False
    except Exception as error:
        try:
            with open(path, "rb") as file:
                booster = pickle.load(file)
            is_pickled = True
        except Exception as pickle_error:
            raise InvocationError(
                _SERVER_ERROR,
                f"Unable to load model: Model at {path} cannot be loaded:\n{pickle_error}\n{shorten(error)}",
            ) from None
    booster.set_param("nthread", threads)
    return booster, is_pickled


def _objective(booster: xgb.Booster) -> str:
    name: str = json.loads(booster.save_config())["learner"]["objective"]["name"]
    return name


def _content_type(given: Optional[str]) -> str:
    name = (given or "").split(";")[0].strip().lower()
    if name in _CONTENT_TYPES:
        return _CONTENT_TYPES[name]
    hint = " (Local mode does not read RecordIO.)" if "recordio" in name else ""
    raise InvocationError(_UNSUPPORTED, f"Content-type {name} not supported.{hint}")


def _read_csv(body: bytes) -> xgb.DMatrix:
    text = body.strip().decode("utf-8")
    sniffed = csv.Sniffer().sniff(text.split("\n")[0][:_SNIFFED_CHARACTERS]).delimiter
    delimiter = "," if sniffed.isalnum() else sniffed
    rows = [line.split(delimiter) for line in text.split("\n")]
    columns = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != columns:
            raise ValueError(f"line {number} has {len(row)} columns, the first line has {columns}")
    values = np.fromiter(
        (float(cell) if cell != "" else np.nan for row in rows for cell in row), float, len(rows) * columns
    )
    return xgb.DMatrix(values.reshape(len(rows), columns))


def _check_columns(booster: xgb.Booster, data: xgb.DMatrix, kind: str) -> None:
    trained, given = booster.num_features(), data.num_col()
    if kind == _LIBSVM and given > trained + 1:
        raise ValueError(
            f"Feature size of libsvm inference data {given} is larger than feature size of trained model {trained}."
        )
    if kind == _CSV and given not in (trained, trained + 1):
        raise ValueError(
            f"Feature size of csv inference data {given} is not consistent with feature size of trained model {trained}."
        )


def _predict(booster: xgb.Booster, data: xgb.DMatrix) -> np.ndarray:
    """Predicts with the rounds up to the best iteration if early stopping recorded one, else with all rounds."""
    best = booster.attr("best_iteration")
    if best is None:
        return booster.predict(data, validate_features=False)
    return booster.predict(data, validate_features=False, iteration_range=(0, int(best) + 1))


def _most_frequent(values: np.ndarray) -> Any:
    """The most frequent value. If several values are equally frequent, returns the lowest."""
    unique, counts = np.unique(values, return_counts=True)
    return unique[counts.argmax()]
