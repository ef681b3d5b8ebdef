"""XGBoost on bike rentals, with early stopping."""

import argparse
import json
import os

import numpy as np
import xgboost


def load(folder):
    """Reads all CSV files of a channel. The label is the first column."""
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    rows = np.concatenate([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--max-depth", type=int, default=6)
    parser.add_argument("--eta", type=float, default=0.3)
    args = parser.parse_args()

    train = load(os.environ["SM_CHANNEL_TRAIN"])
    validation = load(os.environ["SM_CHANNEL_VALIDATION"])
    results = {}
    model = xgboost.train(
        {"max_depth": args.max_depth, "eta": args.eta, "eval_metric": "rmse", "seed": 1},
        train,
        num_boost_round=args.rounds,
        evals=[(train, "train"), (validation, "validation")],
        early_stopping_rounds=10,
        evals_result=results,
        verbose_eval=False,
    )
    for name in ("train", "validation"):
        print(f"rmse on {name}: {results[name]['rmse'][model.best_iteration]:.6f}")

    # Saves the model only up to the best round, because the printed metric belongs to that round.
    model[: model.best_iteration + 1].save_model(os.path.join(os.environ["SM_MODEL_DIR"], "model.ubj"))
    with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "history.json"), "w") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main()
