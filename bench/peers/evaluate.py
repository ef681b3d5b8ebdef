"""Computes the metrics of predictions with scikit-learn. Takes JSON with `file`, `columns` and `problem`."""

import json
import resource
import sys
from typing import Any, Callable, Dict

import numpy as np
import pandas as pd
from sklearn import metrics

Scores = Dict[str, float]


def regression(labels: np.ndarray, predictions: np.ndarray, weights: Any) -> Scores:
    mse = metrics.mean_squared_error(labels, predictions, sample_weight=weights)
    np.quantile(labels - predictions, [0.05, 0.25, 0.5, 0.75, 0.95])
    return {
        "mse": mse,
        "rmse": mse**0.5,
        "mae": metrics.mean_absolute_error(labels, predictions, sample_weight=weights),
        "r2": metrics.r2_score(labels, predictions, sample_weight=weights),
    }


def binary(labels: np.ndarray, scores: np.ndarray, weights: Any) -> Scores:
    predicted = (scores >= 0.5).astype(int)
    metrics.confusion_matrix(labels, predicted, sample_weight=weights)
    return {
        "auc": metrics.roc_auc_score(labels, scores, sample_weight=weights),
        "au_prc": metrics.average_precision_score(labels, scores, sample_weight=weights),
        "log_loss": metrics.log_loss(labels, scores, sample_weight=weights),
        "brier_score": metrics.brier_score_loss(labels, scores, sample_weight=weights),
        "accuracy": metrics.accuracy_score(labels, predicted, sample_weight=weights),
        "f1": metrics.f1_score(labels, predicted, sample_weight=weights),
        "precision": metrics.precision_score(labels, predicted, sample_weight=weights),
        "recall": metrics.recall_score(labels, predicted, sample_weight=weights),
    }


def multiclass(labels: np.ndarray, probabilities: np.ndarray, weights: Any) -> Scores:
    predicted = probabilities.argmax(axis=1)
    metrics.confusion_matrix(labels, predicted, sample_weight=weights)
    scores: Scores = {
        "log_loss": metrics.log_loss(labels, probabilities, sample_weight=weights),
        "accuracy": metrics.accuracy_score(labels, predicted, sample_weight=weights),
    }
    for average in ("macro", "weighted"):
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            labels, predicted, average=average, sample_weight=weights, zero_division=0
        )
        scores.update({f"{average}_precision": precision, f"{average}_recall": recall, f"{average}_f1": f1})
    return scores


PROBLEMS: Dict[str, Callable[[np.ndarray, np.ndarray, Any], Scores]] = {
    "Regression": regression,
    "BinaryClassification": binary,
    "MulticlassClassification": multiclass,
}


def main() -> None:
    task = json.loads(sys.argv[1])
    kind, columns = task["problem"]["type"], task["columns"]
    probabilities = [f"prediction {one}" for one in range(task["problem"].get("classes", 1))]
    table = pd.read_csv(task["file"], names=[*columns[:-1], *probabilities])
    labels, predictions = table["label"].to_numpy(), table[probabilities].to_numpy()
    weights = table["weight"].to_numpy() if "weight" in columns else None
    if predictions.shape[1] == 1:
        predictions = predictions[:, 0]
    scores = PROBLEMS[kind](labels, predictions, weights)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"metrics": scores, "megabytes": megabytes}))


main()
