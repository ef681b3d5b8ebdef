"""Gradient boosting with scikit-learn on bike rentals."""

import argparse
import os

import joblib
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_squared_error


def load(folder):
    """Reads all CSV files of a channel. The label is the first column."""
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    rows = np.concatenate([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])
    return rows[:, 1:], rows[:, 0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-depth", type=int, default=8)
    parser.add_argument("--learning-rate", type=float, default=0.1)
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--validation", default=os.environ.get("SM_CHANNEL_VALIDATION"))
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    args = parser.parse_args()

    features, label = load(args.train)
    model = HistGradientBoostingRegressor(
        max_depth=args.max_depth, learning_rate=args.learning_rate, random_state=1
    )
    model.fit(features, label)

    for name, folder in (("train", args.train), ("validation", args.validation)):
        features, label = load(folder)
        rmse = mean_squared_error(label, model.predict(features)) ** 0.5
        print(f"rmse on {name}: {rmse:.6f}")

    joblib.dump(model, os.path.join(args.model_dir, "model.joblib"))


if __name__ == "__main__":
    main()
