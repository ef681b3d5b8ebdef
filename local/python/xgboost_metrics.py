"""The metrics that SageMaker's XGBoost container computes itself, since XGBoost has none of that name.

The definitions are scikit-learn's (which the container uses), with NumPy alone.
"""

from typing import Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from errors import ClientError

# Objectives whose predictions are probabilities; for others a positive score means the positive class.
_PROBABILITY_OBJECTIVES = ("binary:logistic", "binary:hinge", "reg:logistic")


class _Counts:
    """Per class: how often it is right, predicted and true."""

    def __init__(self, labels: np.ndarray, predicted: np.ndarray) -> None:
        self.classes, codes = np.unique(np.concatenate([labels, predicted]), return_inverse=True)
        true, guess = codes[: len(labels)], codes[len(labels):]
        size = len(self.classes)
        self.right = np.bincount(true[true == guess], minlength=size).astype(float)
        self.predicted = np.bincount(guess, minlength=size).astype(float)
        self.true = np.bincount(true, minlength=size).astype(float)

    def binary(self, values: np.ndarray) -> float:
        """The value of class 1."""
        if len(self.classes) > 2 or not np.isin(self.classes, (0.0, 1.0)).all():
            raise ClientError(
                "Target is multiclass but average='binary'. Please choose another average setting, "
                "one of [None, 'micro', 'macro', 'weighted']."
            )
        positive = values[self.classes == 1.0]
        return float(positive[0]) if len(positive) else 0.0


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _precision(counts: _Counts) -> np.ndarray:
    return _ratio(counts.right, counts.predicted)


def _recall(counts: _Counts) -> np.ndarray:
    return _ratio(counts.right, counts.true)


def _f1(counts: _Counts) -> np.ndarray:
    return _ratio(2 * counts.right, counts.predicted + counts.true)


def _accuracy(counts: _Counts) -> float:
    return float(counts.right.sum() / counts.true.sum())


_ON_COUNTS: Dict[str, Callable[[_Counts], float]] = {
    "accuracy": _accuracy,
    "balanced_accuracy": lambda counts: float(_recall(counts)[counts.true > 0].mean()),
    "f1": lambda counts: float(_f1(counts).mean()),
    "f1_binary": lambda counts: counts.binary(_f1(counts)),
    "f1_macro": lambda counts: float(_f1(counts).mean()),
    "precision": lambda counts: counts.binary(_precision(counts)),
    "precision_macro": lambda counts: float(_precision(counts).mean()),
    "precision_micro": _accuracy,  # each row has one class, so all the micro averages are the accuracy
    "recall": lambda counts: counts.binary(_recall(counts)),
    "recall_macro": lambda counts: float(_recall(counts).mean()),
    "recall_micro": _accuracy,
}


def _mse(labels: np.ndarray, predictions: np.ndarray) -> float:
    return float(np.mean((labels - predictions) ** 2))


def _r2(labels: np.ndarray, predictions: np.ndarray) -> float:
    total = float(np.sum((labels - labels.mean()) ** 2))
    rest = float(np.sum((labels - predictions) ** 2))
    if total == 0.0:
        return 1.0 if rest == 0.0 else 0.0
    return 1.0 - rest / total


_ON_VALUES = {"mse": _mse, "r2": _r2}

CONTAINER_METRICS = frozenset(_ON_COUNTS) | frozenset(_ON_VALUES)


def make_custom_metric(names: Sequence[str], objective: str) -> Callable[[np.ndarray, Any], List[Tuple[str, float]]]:
    """A `custom_metric` for xgboost.train that computes all the named metrics of one evaluation."""

    def custom_metric(predictions: np.ndarray, data: Any) -> List[Tuple[str, float]]:
        labels = np.asarray(data.get_label(), dtype=float)
        counts = None
        results = []
        for name in names:
            if name in _ON_VALUES:
                results.append((name, _ON_VALUES[name](labels, np.asarray(predictions, dtype=float))))
                continue
            if counts is None:
                counts = _Counts(labels, _classes(predictions, objective))
            results.append((name, _ON_COUNTS[name](counts)))
        return results

    return custom_metric


def _classes(predictions: np.ndarray, objective: str) -> np.ndarray:
    """The predicted class of each row."""
    if predictions.ndim == 2 and predictions.shape[1] > 1:
        return np.argmax(predictions, axis=1).astype(float)
    if objective == "multi:softmax":
        return predictions.astype(float)
    threshold = 0.5 if objective in _PROBABILITY_OBJECTIVES else 0.0
    return (predictions.reshape(-1) > threshold).astype(float)
