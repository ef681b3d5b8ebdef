"""Computes the metrics of data sets with scikit-learn. Reads JSON from standard input and writes JSON to standard output.

A metric is null if scikit-learn raises an error, warns that the metric is undefined, or returns NaN or infinity.
"""
import json
import sys
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.exceptions import UndefinedMetricWarning


def regression(case):
    arguments = (case["labels"], np.array(case["predictions"])[:, 0])
    weights = {"sample_weight": case["weights"]}
    residuals = np.subtract(*arguments)
    return {
        "rmse": lambda: metrics.root_mean_squared_error(*arguments, **weights),
        "mse": lambda: metrics.mean_squared_error(*arguments, **weights),
        "mae": lambda: metrics.mean_absolute_error(*arguments, **weights),
        "r2": lambda: metrics.r2_score(*arguments, **weights, force_finite=False),
        "residuals": lambda: np.quantile(residuals, [0.05, 0.25, 0.5, 0.75, 0.95]).tolist(),
    }


def binary(case):
    labels, scores = np.array(case["labels"]), np.array(case["predictions"])[:, 0]
    arguments = (labels, (scores >= case["problem"].get("threshold", 0.5)).astype(int))
    weights = {"sample_weight": case["weights"]}
    return {
        "auc": lambda: metrics.roc_auc_score(labels, scores, **weights),
        "au_prc": lambda: metrics.average_precision_score(labels, scores, **weights),
        "log_loss": lambda: metrics.log_loss(labels, scores, labels=[0, 1], **weights),
        "brier_score": lambda: metrics.brier_score_loss(labels, scores, labels=[0, 1], **weights),
        "accuracy": lambda: metrics.accuracy_score(*arguments, **weights),
        "f1": lambda: metrics.f1_score(*arguments, **weights),
        "precision": lambda: metrics.precision_score(*arguments, **weights),
        "recall": lambda: metrics.recall_score(*arguments, **weights),
        "confusionMatrix": lambda: metrics.confusion_matrix(*arguments, labels=[0, 1], **weights).tolist(),
        # scikit-learn's calibration curve does not support weights.
        "calibration": lambda: None
        if case["weighted"]
        else [curve.tolist() for curve in calibration_curve(labels, scores, n_bins=10)],
    }


def multiclass(case):
    classes = list(range(case["problem"]["classes"]))
    labels, predictions = np.array(case["labels"]), np.array(case["predictions"])
    weights = {"sample_weight": case["weights"]}
    is_class = predictions.shape[1] == 1
    arguments = (labels, predictions[:, 0] if is_class else predictions.argmax(axis=1))

    def log_loss():
        if is_class:
            raise ValueError("not probabilities")
        return metrics.log_loss(labels, predictions, labels=classes, **weights)

    scores = {"f1": metrics.f1_score, "precision": metrics.precision_score, "recall": metrics.recall_score}
    return {
        "log_loss": log_loss,
        "accuracy": lambda: metrics.accuracy_score(*arguments, **weights),
        **{
            f"{average}_{name}": lambda average=average, score=score: score(
                *arguments, average=average, zero_division=0, **weights
            )
            for average in ("macro", "weighted")
            for name, score in scores.items()
        },
        "confusionMatrix": lambda: metrics.confusion_matrix(*arguments, labels=classes, **weights).tolist(),
    }


def ranking(case):
    labels, scores = np.array(case["labels"]), np.array(case["predictions"])[:, 0]
    groups = np.array(case["groups"])

    def ndcg(k):
        values = []
        for group in np.unique(groups):
            rows = groups == group
            # ndcg_score raises an error for a single row, and returns 0 for a group without relevant rows.
            if rows.sum() > 1 and labels[rows].sum() > 0:
                values.append(metrics.ndcg_score([2 ** labels[rows] - 1], [scores[rows]], k=k))
        if not values:
            raise ValueError("no group has an NDCG")
        return float(np.mean(values))

    return {"ndcg": lambda: ndcg(None), "ndcg_at_10": lambda: ndcg(10)}


PROBLEMS = {
    "Regression": regression,
    "BinaryClassification": binary,
    "MulticlassClassification": multiclass,
    "Ranking": ranking,
}


def value_of(compute):
    try:
        value = compute()
    except (ValueError, UserWarning):
        return None
    return value if value is not None and np.all(np.isfinite(np.array(value))) else None


def main():
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", UndefinedMetricWarning)
    warnings.filterwarnings("error", message="No positive class")
    results = []
    for case in json.load(sys.stdin):
        case["weighted"] = case["weights"] is not None
        found = PROBLEMS[case["problem"]["type"]](case)
        results.append({name: value_of(compute) for name, compute in found.items()})
    json.dump(results, sys.stdout)


main()
