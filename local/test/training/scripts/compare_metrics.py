"""Compares the metrics of local/python/xgboost_metrics.py with scikit-learn's metrics for the same labels and
predictions.

Usage: `compare_metrics.py FOLDER`. Prints [[case, local mode's value, scikit-learn's value], ...] as JSON. If a metric
raises an error, the error's message replaces the value.
"""

import json
import sys
import warnings

sys.path.insert(0, sys.argv[1])
warnings.simplefilter("ignore")

import numpy as np  # noqa: E402
import sklearn.metrics as sk  # noqa: E402

from xgboost_metrics import CONTAINER_METRICS, make_custom_metric  # noqa: E402

SCIKIT_LEARN = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "f1": lambda y, p: sk.f1_score(y, p, average="macro"),
    "f1_binary": lambda y, p: sk.f1_score(y, p, average="binary"),
    "f1_macro": lambda y, p: sk.f1_score(y, p, average="macro"),
    "precision": sk.precision_score,
    "precision_macro": lambda y, p: sk.precision_score(y, p, average="macro"),
    "precision_micro": lambda y, p: sk.precision_score(y, p, average="micro"),
    "recall": sk.recall_score,
    "recall_macro": lambda y, p: sk.recall_score(y, p, average="macro"),
    "recall_micro": lambda y, p: sk.recall_score(y, p, average="micro"),
    "mae": sk.mean_absolute_error,
    "mse": sk.mean_squared_error,
    "rmse": lambda y, p: np.sqrt(sk.mean_squared_error(y, p)),
    "r2": sk.r2_score,
}
ON_VALUES = ("mae", "mse", "rmse", "r2")


class Data:
    """The members of a DMatrix that the metrics use."""

    def __init__(self, labels):
        self._labels = labels

    def get_label(self):
        return self._labels


def outcome(compute):
    try:
        return round(float(compute()), 5)
    except ValueError as error:
        return str(error).split("\n")[0]


def compare(name, labels, predictions):
    # As in the container, the class is the column with the highest value. For a single column, the class is 1 if
    # the prediction is above 0, and 0 otherwise.
    classes = np.argmax(predictions, axis=-1) if predictions.ndim > 1 else (predictions > 0).astype(int)
    theirs = outcome(lambda: SCIKIT_LEARN[name](labels, predictions if name in ON_VALUES else classes))
    ours = outcome(lambda: make_custom_metric([name])(predictions, Data(labels))[0][1])
    return [None if value != value else value for value in (ours, theirs)]


def main():
    random = np.random.default_rng(7)
    rows = 40
    labels = {
        "real": random.normal(size=rows), "0 and 1": random.integers(0, 2, rows), "classes": random.integers(0, 4, rows),
        "negative": random.integers(-2, 2, rows), "0 only": np.zeros(rows), "1 only": np.ones(rows),
        "0 and 2": 2 * random.integers(0, 2, rows), "1 and 2": random.integers(1, 3, rows), "one row": np.ones(1),
        "nan": np.full(rows, np.nan),
    }
    predictions = {
        "margins": lambda n: random.normal(size=n), "probabilities": lambda n: random.uniform(0.01, 1, n),
        "below 0": lambda n: -random.uniform(0.01, 1, n), "classes": lambda n: random.integers(0, 3, n),
        "softprob": lambda n: random.dirichlet(np.ones(3), n), "nan": lambda n: np.full(n, np.nan),
        "infinity": lambda n: np.full(n, np.inf),
    }
    results = []
    for kind, label in labels.items():
        for shape, make in predictions.items():
            predicted = make(len(label)).astype(np.float32)
            for name in sorted(CONTAINER_METRICS):
                found = compare(name, label.astype(np.float32), predicted)
                results.append([f"{name} of labels {kind}, predictions {shape}", *found])
    print(json.dumps(results))


main()
