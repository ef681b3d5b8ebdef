"""A model server for SageMaker's LightGBM and CatBoost models. It responds like their inference script.

AWS does not publish the script, but users have published what JumpStart downloaded: the script reads CSV without a
header and responds with JSON. Source: https://github.com/ucegbe/sagemaker_training,
LighGBM/model_cat/js_inference_code/inference.py
"""

import io
import json
import os
from typing import Any, Callable, Dict, NamedTuple, Optional

import numpy as np
import pandas as pd

from batch_transform import Answer
from errors import InvocationError

_CSV, _JSON = "text/csv", "application/json"
_VERBOSE = ";verbose"

# The HTTP status with which the inference toolkit responds to every error of a script.
_SERVER_ERROR = 500


class Model(NamedTuple):
    """A loaded model."""

    # Number of features.
    columns: int
    # Predicts probabilities (a column for each class), or values if the model is a regression.
    predict: Callable[[pd.DataFrame], np.ndarray]
    is_classifier: bool


class Server:
    """Handles the requests of a transform job."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def __call__(self, body: bytes, content_type: Optional[str], accept: Optional[str]) -> Answer:
        if content_type != _CSV:
            raise InvocationError(_SERVER_ERROR, f'{{"error": "unsupported content type {content_type or "unknown"}"}}')
        wanted = _JSON if accept in (None, "", "*/*") else str(accept)
        kind = wanted[: -len(_VERBOSE)] if wanted.endswith(_VERBOSE) else wanted
        if kind != _JSON:
            raise InvocationError(_SERVER_ERROR, f"The model answers {_JSON}, not {wanted}: set Accept to {_JSON}")
        try:
            predictions = self._predict(pd.read_csv(io.BytesIO(body), header=None))
        except Exception as error:
            raise InvocationError(_SERVER_ERROR, f"{type(error).__name__}: {error}") from None
        return Answer(json.dumps(self._answer(predictions, wanted.endswith(_VERBOSE))).encode(), kind)

    def _predict(self, rows: pd.DataFrame) -> np.ndarray:
        if rows.shape[1] != self._model.columns:
            raise ValueError(
                f"The request has {rows.shape[1]} columns, the model has {self._model.columns} features. A request "
                "must not contain the label: remove it with DataProcessing.InputFilter $[1:]"
            )
        words = [name for name, kind in rows.dtypes.items() if kind == object]
        if words:
            raise ValueError(f"Column {words[0]} is not numeric: {rows[words[0]].iloc[0]!r}")
        return self._model.predict(rows)

    def _answer(self, predictions: np.ndarray, is_verbose: bool) -> Dict[str, Any]:
        if not self._model.is_classifier:
            return {"prediction": predictions.tolist()}
        answer = {"probabilities": predictions.tolist()}
        return {**answer, "predicted_label": predictions.argmax(axis=1).tolist()} if is_verbose else answer


def find_model(folder: str, *names: str) -> str:
    """The path of the first named file that exists. Raises InvocationError if none of the files exists."""
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    found = ", ".join(sorted(os.listdir(folder))) or "nothing"
    raise InvocationError(
        _SERVER_ERROR, f"Unable to load model: the model archive has no file {' or '.join(names)}, only {found}"
    )


def cannot_load(path: str, error: Exception) -> InvocationError:
    """The error for a model file that the library cannot read."""
    return InvocationError(_SERVER_ERROR, f"Unable to load model: {os.path.basename(path)} cannot be loaded: {error}")
