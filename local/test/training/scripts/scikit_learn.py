"""Trains a random forest on a CSV channel and prints custom metrics."""

import argparse
import os

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, r2_score


def load(channel):
    folder = os.environ["SM_CHANNEL_" + channel.upper()]
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    data = pd.concat([pd.read_csv(file, header=None) for file in files])
    return data.iloc[:, 1:], data.iloc[:, 0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--n-estimators", type=int, default=10)
    parser.add_argument("--max-depth", type=int, default=4)
    parser.add_argument("--bootstrap", default="True")
    args = parser.parse_args()
    features, label = load("train")
    model = RandomForestRegressor(
        n_estimators=args.n_estimators,
        max_depth=args.max_depth,
        bootstrap=args.bootstrap == "True",
        random_state=0,
    ).fit(features, label)
    features, label = load("validation")
    predictions = model.predict(features)
    mae, r2 = mean_absolute_error(label, predictions), r2_score(label, predictions)
    print("validation mae=%.6f; r2=%.6f" % (mae, r2))
    joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
