"""Selectable inference of the built-in XGBoost algorithm (the environment variable SAGEMAKER_INFERENCE_OUTPUT).

Source: aws/sagemaker-xgboost-container, algorithm_mode/serve_utils.py
"""

import json
from typing import Any, Callable, Dict, List

import numpy as np
import xgboost as xgb

_REGRESSION = ("reg:squarederror", "reg:logistic", "reg:gamma", "reg:tweedie")
_SCORES = ["raw_score", "raw_scores"]
_LABELS = ["predicted_label", "labels", *_SCORES]
_PROBABILITIES = ["probability", "probabilities"]

# Keys that can be selected, by objective.
_KEYS: Dict[str, List[str]] = {
    **{objective: ["predicted_score"] for objective in _REGRESSION},
    "binary:logistic": _LABELS + _PROBABILITIES,
    "binary:logitraw": _LABELS,
    "binary:hinge": _LABELS,
    "multi:softmax": _LABELS,
    "multi:softprob": _LABELS + _PROBABILITIES,
}


def encode_selected(
    predictions: np.ndarray, selection: str, booster: xgb.Booster, accept: str, log: Callable[[str], None]
) -> bytes:
    """Encodes the selected keys of predictions. Raises ValueError for an unsupported objective or accept type."""
    config = json.loads(booster.save_config())["learner"]
    objective = config["objective"]["name"]
    if objective not in _KEYS:
        raise ValueError(f"Objective `{objective}` unsupported for selectable inference predictions.")
    keys = selection.replace(" ", "").lower().split(",")
    unknown = [key for key in keys if key not in _KEYS[objective]]
    if unknown:
        log(
            f"Selected key(s) {set(unknown)} incompatible for objective '{objective}'. "
            f"Please use list of compatible selectable inference predictions: {_KEYS[objective]}"
        )
    classes = int(config["learner_model_param"].get("num_class", 0))
    parts = _Parts(objective, classes)
    selected = [
        {key: np.nan if key in unknown else getattr(parts, key)(prediction) for key in keys}
        for prediction in predictions
    ]
    if accept == "application/json":
        return json.dumps({"predictions": selected}).encode()
    if accept == "application/jsonlines":
        return "".join(json.dumps(each) + "\n" for each in selected).encode()
    if accept == "text/csv":
        return "".join(",".join(map(_cell, each.values())) + "\n" for each in selected).encode()
    raise ValueError(f"Cannot encode selected predictions into accept type '{accept}'. (Local mode has no RecordIO.)")


def _cell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)


class _Parts:
    """Computes the value of each key of a prediction, with a method of the same name as the key."""

    def __init__(self, objective: str, classes: int) -> None:
        self._objective = objective
        self._classes = classes

    @property
    def _is_softprob(self) -> bool:
        return self._objective == "multi:softprob"

    def predicted_score(self, prediction: Any) -> Any:
        return prediction.item()

    def predicted_label(self, prediction: Any) -> Any:
        if self._is_softprob:
            return int(np.argmax(prediction))
        if self._objective == "binary:logistic":
            return int(prediction > 0.5)
        return int(prediction > 0) if self._objective == "binary:logitraw" else prediction.item()

    def labels(self, _: Any) -> Any:
        return [0, 1] if self._objective.startswith("binary:") else list(range(self._classes))

    def probability(self, prediction: Any) -> Any:
        return self.raw_score(prediction)

    def probabilities(self, prediction: Any) -> Any:
        return self.raw_scores(prediction)

    def raw_score(self, prediction: Any) -> Any:
        return max(prediction).item() if self._is_softprob else prediction.item()

    def raw_scores(self, prediction: Any) -> Any:
        if self._is_softprob:
            return prediction.tolist()
        return [1.0 - prediction.item(), prediction.item()]
