"""Data sets that scikit-learn ships or generates, as CSV texts for training (3/4) and validation. Prints JSON."""

import json
from typing import Any, Dict

import numpy as np
from sklearn import datasets


def split(features: np.ndarray, labels: np.ndarray) -> Dict[str, str]:
    order = np.random.RandomState(0).permutation(len(labels))
    rows = np.column_stack([labels, features])[order]
    count = len(rows) * 3 // 4
    return {"train": as_csv(rows[:count]), "validation": as_csv(rows[count:])}


def as_csv(rows: np.ndarray) -> str:
    return "".join(",".join(f"{value:.9g}" for value in row) + "\n" for row in rows)


def main() -> None:
    sets: Dict[str, Any] = {
        "diabetes": ("reg:squarederror", "rmse", datasets.load_diabetes(return_X_y=True)),
        "friedman1": ("reg:squarederror", "rmse", datasets.make_friedman1(1000, noise=1.0, random_state=0)),
        "breast-cancer": ("binary:logistic", "logloss", datasets.load_breast_cancer(return_X_y=True)),
    }
    print(json.dumps([
        {"name": name, "objective": objective, "metric": metric, **split(*data)}
        for name, (objective, metric, data) in sets.items()
    ]))


main()
