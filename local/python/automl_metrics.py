"""Autopilot's metrics for each problem type, and their directions.

Source: the SageMaker developer guide ("Metrics and validation") and AutoMLJobObjective in the API model.
"""

from typing import Any, Dict, Optional

import numpy as np
from sklearn import metrics

REGRESSION, BINARY, MULTICLASS = "Regression", "BinaryClassification", "MulticlassClassification"

DEFAULT_OBJECTIVE = {REGRESSION: "MSE", BINARY: "F1", MULTICLASS: "Accuracy"}
MINIMIZED = {"MSE", "RMSE", "MAE", "LogLoss"}


def regression_metrics(actual: Any, predicted: Any, weights: Optional[Any]) -> Dict[str, float]:
    mse = metrics.mean_squared_error(actual, predicted, sample_weight=weights)
    return {
        "MSE": float(mse),
        "RMSE": float(np.sqrt(mse)),
        "MAE": float(metrics.mean_absolute_error(actual, predicted, sample_weight=weights)),
        "R2": float(metrics.r2_score(actual, predicted, sample_weight=weights)),
    }


def classification_metrics(
    problem: str, actual: Any, probabilities: Any, weights: Optional[Any]
) -> Dict[str, float]:
    """`actual` contains class numbers. In a binary problem, 1 is the positive class."""
    predicted = np.argmax(probabilities, axis=1)
    classes = list(range(probabilities.shape[1]))
    common = {"sample_weight": weights}
    values = {
        "Accuracy": metrics.accuracy_score(actual, predicted, **common),
        "BalancedAccuracy": metrics.recall_score(
            actual, predicted, labels=np.unique(actual), average="macro", zero_division=0, **common
        ),
        "LogLoss": metrics.log_loss(actual, probabilities, labels=classes, **common),
    }
    if problem == BINARY:
        options = {"zero_division": 0, **common}
        values["F1"] = metrics.f1_score(actual, predicted, **options)
        values["Precision"] = metrics.precision_score(actual, predicted, **options)
        values["Recall"] = metrics.recall_score(actual, predicted, **options)
        if len(np.unique(actual)) == 2:
            values["AUC"] = metrics.roc_auc_score(actual, probabilities[:, 1], **common)
    else:
        # Excludes classes that are too rare to be validated.
        options = {"labels": np.unique(actual), "average": "macro", "zero_division": 0, **common}
        values["F1macro"] = metrics.f1_score(actual, predicted, **options)
        values["PrecisionMacro"] = metrics.precision_score(actual, predicted, **options)
        values["RecallMacro"] = metrics.recall_score(actual, predicted, **options)
    return {name: float(value) for name, value in values.items()}
