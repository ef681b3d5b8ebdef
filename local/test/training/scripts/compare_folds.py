"""Compares the folds of local mode's cross-validation with the folds of scikit-learn, and prints the differences.

The argument is the folder of local mode's Python code.
"""

import json
import sys
import warnings
from typing import List

import numpy as np
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

sys.path.insert(0, sys.argv[1])
from xgboost_cross_validation import split  # noqa: E402


def result(splits) -> List:
    """Returns the folds or the error, and the warnings. A warning that is raised several times is returned once,
    because Python prints it once.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            folds = [[rest.tolist(), rows.tolist()] for rest, rows in splits()]
        except ValueError as error:
            folds = str(error)
    return [folds, sorted({str(each.message) for each in caught})]


LABELS = {
    "none": lambda rows, random: None,
    "one class": lambda rows, random: np.zeros(rows, dtype=np.float32),
    "two classes": lambda rows, random: random.randint(0, 2, rows).astype(np.float32),
    "a rare class": lambda rows, random: (np.arange(rows) == rows - 1).astype(np.float32),
    "five classes": lambda rows, random: random.randint(3, 8, rows).astype(np.float32),
    "negative classes": lambda rows, random: random.randint(-2, 1, rows).astype(np.float32),
    "numbers": lambda rows, random: random.rand(rows).astype(np.float32),
}

compared, differences = 0, []
for name, labels_of in LABELS.items():
    for rows in (2, 3, 10, 31, 200):
        for folds in (2, 3, 5, 10):
            for repeats in (1, 3):
                labels = labels_of(rows, np.random.RandomState(rows))
                kind = RepeatedKFold if labels is None else RepeatedStratifiedKFold
                theirs = kind(n_splits=folds, n_repeats=repeats, random_state=np.random.RandomState(folds))
                expected = result(lambda: theirs.split(X=range(rows), y=labels))
                ours = result(lambda: split(rows, labels, folds, repeats, np.random.RandomState(folds)))
                compared += 1
                if ours != expected:
                    differences.append([name, rows, folds, repeats, ours, expected])
print(json.dumps({"compared": compared, "differences": differences[:3]}))
