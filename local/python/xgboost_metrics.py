"""The metrics that SageMaker's XGBoost container computes itself, in addition to XGBoost's own.

The container uses scikit-learn, so unsuitable labels raise scikit-learn's errors. Local mode implements the
metrics in NumPy, because they are computed after every round. A test compares them with scikit-learn.

Source: aws/sagemaker-xgboost-container, src/sagemaker_xgboost_container/metrics/custom_metrics.py.
"""

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
import xgboost as xgb

Metric = Callable[[np.ndarray, Any], List[Tuple[str, float]]]


class _Counts:
    """Three numbers for each class: correct predictions, all predictions, and labels."""

    def __init__(self, labels: np.ndarray, predicted: np.ndarray) -> None:
        _require_finite(labels, "Input y_true")
        if (labels != np.trunc(labels)).any():
            kind = "binary" if len(np.unique(predicted)) <= 2 else "multiclass"
            raise ValueError(f"Classification metrics can't handle a mix of continuous and {kind} targets")
        self.classes, codes = np.unique(np.concatenate([labels, predicted]), return_inverse=True)
        true, guess = codes[: len(labels)], codes[len(labels):]
        size = len(self.classes)
        self.right = np.bincount(true[true == guess], minlength=size).astype(float)
        self.predicted = np.bincount(guess, minlength=size).astype(float)
        self.true = np.bincount(true, minlength=size).astype(float)

    def binary(self, values: np.ndarray) -> float:
        """The metric value of class 1."""
        if len(self.classes) > 2:
            raise ValueError(
                "Target is multiclass but average='binary'. Please choose another average setting, "
                "one of [None, 'micro', 'macro', 'weighted']."
            )
        positive = values[self.classes == 1.0]
        if not len(positive) and len(self.classes) == 2:
            raise ValueError(f"pos_label=1 is not a valid label. It should be one of {self.classes.tolist()}")
        return float(positive[0]) if len(positive) else 0.0


def _require_finite(values: np.ndarray, what: str) -> None:
    if not np.isfinite(values).all():
        found = "NaN" if np.isnan(values).any() else f"infinity or a value too large for {values.dtype!r}"
        raise ValueError(f"{what} contains {found}.")


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
    "precision_micro": _accuracy,  # each row has one class, so all micro averages equal the accuracy
    "recall": lambda counts: counts.binary(_recall(counts)),
    "recall_macro": lambda counts: float(_recall(counts).mean()),
    "recall_micro": _accuracy,
}


def _mae(labels: np.ndarray, errors: np.ndarray) -> float:
    return float(np.mean(np.abs(errors)))


def _mse(labels: np.ndarray, errors: np.ndarray) -> float:
    return float(np.mean(errors**2))


def _rmse(labels: np.ndarray, errors: np.ndarray) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def _r2(labels: np.ndarray, errors: np.ndarray) -> float:
    if len(labels) < 2:
        return float("nan")
    rest = float(np.sum(errors**2, dtype=float))
    total = float(np.sum((labels - labels.mean(dtype=float)) ** 2, dtype=float))
    if total == 0.0:
        return 1.0 if rest == 0.0 else 0.0
    return 1.0 - rest / total


_ON_ERRORS = {"mae": _mae, "mse": _mse, "r2": _r2, "rmse": _rmse}

CONTAINER_METRICS = frozenset(_ON_COUNTS) | frozenset(_ON_ERRORS)


# Objectives whose default metric the container also computes, and whose predictions equal their margins.
_DEFAULT_METRICS = {"reg:squarederror": "rmse", "reg:linear": "rmse", "reg:absoluteerror": "mae"}


class Shares:
    """Divides the metrics into those that XGBoost computes and those that the container computes.

    XGBoost and the container can both compute the objective's default metric. The container then prints its own value.
    The container ignores weights; without weights, the two values differ only by rounding. In this case, local mode
    uses XGBoost's value, because computing the container's value would take a third of a small training job's time.
    """

    def __init__(self, metrics: Sequence[str], objective: str, watched: Sequence[xgb.DMatrix]) -> None:
        self.xgboost = [metric for metric in metrics if metric not in CONTAINER_METRICS]
        self.container = [metric for metric in metrics if metric in CONTAINER_METRICS]
        self._both: Optional[str] = None
        default = _DEFAULT_METRICS.get(objective)
        if default in self.container and not any(len(data.get_weight()) for data in watched):
            self._both = default
            self.container.remove(default)
            if self.xgboost:  # if the list is empty, XGBoost adds the default metric itself
                self.xgboost.append(default)

    def check(self, name: str, value: float) -> None:
        """Raises an error for a metric that the container cannot compute because predictions are NaN or infinite."""
        if name == self._both:
            _require_finite(np.asarray(value), "Input")


def metric_arguments(names: Sequence[str]) -> Dict[str, Metric]:
    """The argument of xgboost.train that computes the named metrics. Empty if there are no names.

    Images before 3.0 (aws/sagemaker-xgboost-container, branches up to 1.7-1) pass `feval`, which receives margins.
    Images 3.0-5 and newer pass `custom_metric`, which receives transformed predictions. No image has XGBoost 2. Local
    mode uses XGBoost 2 in place of XGBoost 3 if Python is too old for XGBoost 3.
    """
    if not names:
        return {}
    passes_margins = int(xgb.__version__.split(".")[0]) < 2
    return {"feval" if passes_margins else "custom_metric": make_custom_metric(names)}


def make_custom_metric(names: Sequence[str]) -> Metric:
    """Creates a function that computes all the named metrics of an evaluation.

    Raises ValueError with scikit-learn's message when the labels or predictions do not fit a metric.
    """

    def custom_metric(predictions: np.ndarray, data: Any) -> List[Tuple[str, float]]:
        labels = data.get_label()
        counts = None
        results = []
        for name in names:
            if name in _ON_ERRORS:
                results.append((name, _ON_ERRORS[name](labels, _errors(labels, predictions))))
                continue
            if counts is None:
                counts = _Counts(labels, _classes(predictions))
            results.append((name, _ON_COUNTS[name](counts)))
        return results

    return custom_metric


def _errors(labels: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    _require_finite(labels, "Input")
    _require_finite(predictions, "Input")
    if predictions.ndim > 1 and predictions.shape[1] > 1:
        raise ValueError(f"y_true and y_pred have different number of output (1!={predictions.shape[1]})")
    return labels - predictions.reshape(-1)


def _classes(predictions: np.ndarray) -> np.ndarray:
    """The class of each row as the container determines it: with several columns, the column with the maximum; with
    one column, 1 if the prediction is above 0, otherwise 0.

    These classes are correct for margins. The transformed predictions of images 3.x are probabilities, which are all
    above 0, so every row counts as class 1. With multi:softmax, the predictions are class numbers, and all except 0
    count as class 1.
    """
    if predictions.ndim > 1:
        return np.argmax(predictions, axis=-1).astype(float)
    return (predictions > 0).astype(float)
