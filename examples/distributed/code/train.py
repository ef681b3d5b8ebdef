"""XGBoost on several instances, each with its share of the training data (XGBoost 2.1 or newer)."""

import argparse
import json
import os
import socket

import numpy as np
import xgboost
from xgboost import collective
from xgboost.tracker import RabitTracker

PORT = 9099


class PrintMetrics(xgboost.callback.TrainingCallback):
    """Prints metrics in the format in which SageMaker finds them."""

    def after_iteration(self, model, epoch, evals_log):
        values = [f"{data}-{metric}:{scores[-1]:.5f}" for data, log in evals_log.items() for metric, scores in log.items()]
        print("\t".join([f"[{epoch}]", *values]), flush=True)
        return False


def load(folder):
    """Reads all CSV files of a channel. The label is the first column."""
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    rows = np.concatenate([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])
    print(f"{folder}: {len(rows)} rows in {len(files)} files", flush=True)
    return xgboost.DMatrix(rows[:, 1:], label=rows[:, 0])


def train(args, is_first):
    train_data = load(os.environ["SM_CHANNEL_TRAIN"])
    validation_data = load(os.environ["SM_CHANNEL_VALIDATION"])
    return xgboost.train(
        {"max_depth": args.max_depth, "eta": args.eta, "tree_method": "hist", "seed": 1},
        train_data,
        num_boost_round=args.num_round,
        evals=[(train_data, "train"), (validation_data, "validation")],
        verbose_eval=False,
        # The printed values cover all hosts, so only one host prints them.
        callbacks=[PrintMetrics()] if is_first else [],
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--num_round", type=int, default=100)
    parser.add_argument("--max_depth", type=int, default=6)
    parser.add_argument("--eta", type=float, default=0.3)
    args = parser.parse_args()

    hosts = json.loads(os.environ["SM_HOSTS"])
    is_first = os.environ["SM_CURRENT_HOST"] == hosts[0]
    first = socket.gethostbyname(hosts[0])
    tracker = None
    if is_first:
        tracker = RabitTracker(n_workers=len(hosts), host_ip=first, port=PORT)
        tracker.start()
    with collective.CommunicatorContext(
        dmlc_communicator="rabit", dmlc_tracker_uri=first, dmlc_tracker_port=PORT, dmlc_retry=10
    ):
        model = train(args, is_first)
    if tracker is not None:
        tracker.wait_for()
        # The model is the same on all hosts, so only one saves it.
        model.save_model(os.path.join(os.environ["SM_MODEL_DIR"], "model.ubj"))


if __name__ == "__main__":
    main()
