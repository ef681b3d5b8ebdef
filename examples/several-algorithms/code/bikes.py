"""Code that ridge.py and random_forest.py share: reads a channel, computes metrics, saves the model."""

import os

import joblib
import numpy as np
from sklearn.metrics import mean_squared_error


def load(channel):
    """Reads all CSV files of a channel. The label is the first column."""
    folder = os.environ[f"SM_CHANNEL_{channel.upper()}"]
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    rows = np.concatenate([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])
    return rows[:, 1:], rows[:, 0]


def fit_and_save(model):
    model.fit(*load("train"))
    features, label = load("validation")
    rmse = mean_squared_error(label, model.predict(features)) ** 0.5
    print(f"rmse on validation: {rmse:.6f}")
    joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
