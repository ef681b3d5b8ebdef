"""Prints data sets as JSON: for each data set, CSV for training (3/4 of the rows) and for validation.

Takes JSON with `names` (of the data sets) and `tables` (the folder with the data sets that are not from scikit-learn).
"""

import json
from typing import Any, Callable, Dict, Tuple

import numpy as np
import pandas as pd
from sklearn import datasets

from problem import arguments

Labeled = Tuple[np.ndarray, np.ndarray]

REGRESSION = {"objective": "reg:squarederror"}
BINARY = {"objective": "binary:logistic"}
# Maximum number of rows of a data set. There are many searches, so each training must be short.
MOST_ROWS = 1000


def classes(count: int) -> Dict[str, str]:
    return {"objective": "multi:softprob", "num_class": str(count)}


def table(file: str, label: str, *left_out: str) -> Callable[[str], Labeled]:
    """Reads a CSV table. Numbers are unchanged; other values are replaced by their index in the sorted values."""

    def read(folder: str) -> Labeled:
        rows = pd.read_csv(f"{folder}/{file}.csv").drop(columns=list(left_out)).dropna()
        coded = rows.apply(lambda column: column if column.dtype.kind in "ifb" else pd.factorize(column, sort=True)[0])
        return coded.drop(columns=label).to_numpy(float), coded[label].to_numpy(float)

    return read


def made(data: Labeled) -> Callable[[str], Labeled]:
    return lambda _folder: data


def hastie() -> Labeled:
    features, labels = datasets.make_hastie_10_2(1000, random_state=6)
    return features, (labels > 0).astype(float)


SETS: Dict[str, Tuple[Dict[str, str], str, Callable[[str], Labeled]]] = {
    "diabetes": (REGRESSION, "rmse", made(datasets.load_diabetes(return_X_y=True))),
    "friedman1": (REGRESSION, "rmse", made(datasets.make_friedman1(1000, noise=1.0, random_state=0))),
    "breast-cancer": (BINARY, "logloss", made(datasets.load_breast_cancer(return_X_y=True))),
    "digits": (classes(4), "mlogloss", made(datasets.load_digits(n_class=4, return_X_y=True))),
    "wine": (classes(3), "mlogloss", made(datasets.load_wine(return_X_y=True))),
    "friedman2": (REGRESSION, "rmse", made(datasets.make_friedman2(800, noise=50.0, random_state=3))),
    "friedman3": (REGRESSION, "rmse", made(datasets.make_friedman3(800, noise=0.1, random_state=3))),
    "classification": (BINARY, "logloss", made(datasets.make_classification(1000, random_state=0))),
    "linear": (REGRESSION, "rmse", made(datasets.make_regression(600, 10, n_informative=6, noise=10, random_state=5))),
    "Bikeshare": (REGRESSION, "rmse", table("Bikeshare", "bikers", "casual", "registered")),
    "OJ": (BINARY, "auc", table("OJ", "Purchase")),
    "Hitters": (REGRESSION, "mae", table("Hitters", "Salary")),
    "Boston": (REGRESSION, "rmse", table("Boston", "medv")),
    "Default": (BINARY, "logloss", table("Default", "default")),
    "diamonds": (REGRESSION, "rmse", table("diamonds", "price")),
    "Wage": (REGRESSION, "rmse", table("Wage", "wage", "logwage")),
    "Carseats": (REGRESSION, "rmse", table("Carseats", "Sales")),
    "College": (REGRESSION, "mae", table("College", "Apps")),
    "Auto": (REGRESSION, "rmse", table("Auto", "mpg", "name")),
    "Credit": (REGRESSION, "rmse", table("Credit", "Balance", "ID")),
    "Caravan": (BINARY, "auc", table("Caravan", "Purchase")),
    "Smarket": (BINARY, "logloss", table("Smarket", "Direction", "Today")),
    "hastie": (BINARY, "error", made(hastie())),
    "moons": (BINARY, "logloss", made(datasets.make_moons(800, noise=0.35, random_state=7))),
}


def split(features: np.ndarray, labels: np.ndarray) -> Dict[str, str]:
    order = np.random.RandomState(0).permutation(len(labels))[:MOST_ROWS]
    rows = np.column_stack([labels, features])[order]
    count = len(rows) * 3 // 4
    return {"train": as_csv(rows[:count]), "validation": as_csv(rows[count:])}


def as_csv(rows: np.ndarray) -> str:
    return "".join(",".join(f"{value:.9g}" for value in row) + "\n" for row in rows)


def describe(name: str, tables: str) -> Dict[str, Any]:
    hyperparameters, metric, read = SETS[name]
    return {"name": name, "hyperparameters": hyperparameters, "metric": metric, **split(*read(tables))}


if __name__ == "__main__":
    task = arguments()
    print(json.dumps([describe(name, task["tables"]) for name in task["names"]]))
