"""Predicts with the model in this folder: `python predict.py ROWS.csv > PREDICTIONS.csv`.

Needs the packages listed in metadata.json. Other programs can use `load_model`.
"""

import os
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, FOLDER)  # the model's classes are defined in automl_features.py


def load_model(folder: str = FOLDER):
    """Loads the model of an AutoML job. Loading a pickle runs code, so only load models that you trust."""
    import joblib

    return joblib.load(os.path.join(folder, "model.joblib"))


if __name__ == "__main__":
    import pandas

    rows = pandas.read_csv(sys.argv[1], dtype=str)
    pandas.DataFrame({"prediction": load_model().predict(rows)}).to_csv(sys.stdout, index=False)
