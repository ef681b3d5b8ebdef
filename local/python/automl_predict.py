"""Predicts with the model in this folder: python predict.py ROWS.csv > PREDICTIONS.csv

Needs what metadata.json lists under "packages". `load_model` is for use from other programs.
"""

import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)  # the model's own classes are in automl_features.py


def load_model(folder: str = FOLDER):
    """The model of an AutoML job. Like every pickle, a model runs code when it is loaded: load your own only."""
    import joblib

    return joblib.load(os.path.join(folder, "model.joblib"))


if __name__ == "__main__":
    import pandas

    rows = pandas.read_csv(sys.argv[1], dtype=str)
    pandas.DataFrame({"prediction": load_model().predict(rows)}).to_csv(sys.stdout, index=False)
