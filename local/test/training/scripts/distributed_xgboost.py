"""Trains XGBoost on all hosts of a SageMaker training job, each with its share of the training data.

Requires XGBoost 2.1 or newer. The first host runs the tracker, to which all hosts connect. The first host also prints
the metric and saves the model, which is the same on all hosts. On a single host, training is not distributed.
"""

import argparse
import glob
import json
import os
import socket
import time

import pandas as pd
import xgboost as xgb
from xgboost import collective
from xgboost.tracker import RabitTracker

TRACKER_PORT = 9099


def load(folder):
    """Reads all CSV files of a channel. The label is the first column."""
    files = sorted(glob.glob(os.path.join(folder, "*.csv")))
    data = pd.concat([pd.read_csv(file, header=None) for file in files])
    return xgb.DMatrix(data.iloc[:, 1:], label=data.iloc[:, 0])


def wait_for(host):
    """Waits until a host name resolves. This takes a while after a cluster starts."""
    for _ in range(60):
        try:
            return socket.gethostbyname(host)
        except socket.gaierror:
            time.sleep(1)
    raise RuntimeError("host %s cannot be found" % host)


def train(args):
    train_data, validation_data = load(args.train), load(args.validation)
    history = {}
    params = {"objective": "reg:squarederror", "max_depth": args.max_depth, "eta": args.eta}
    booster = xgb.train(
        params,
        train_data,
        num_boost_round=args.num_round,
        evals=[(validation_data, "validation")],
        evals_result=history,
        verbose_eval=False,
    )
    return booster, history["validation"]["rmse"][-1], train_data.num_row()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--num_round", type=int, default=50)
    parser.add_argument("--max_depth", type=int, default=4)
    parser.add_argument("--eta", type=float, default=0.3)
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", default=os.environ["SM_CHANNEL_VALIDATION"])
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    args = parser.parse_args()

    hosts = json.loads(os.environ["SM_HOSTS"])
    is_first = os.environ["SM_CURRENT_HOST"] == hosts[0]

    if len(hosts) == 1:
        booster, rmse, rows = train(args)
    else:
        first_address = wait_for(hosts[0])
        tracker = None
        if is_first:
            tracker = RabitTracker(n_workers=len(hosts), host_ip=first_address, port=TRACKER_PORT)
            tracker.start()
        with collective.CommunicatorContext(
            dmlc_communicator="rabit",
            dmlc_tracker_uri=first_address,
            dmlc_tracker_port=TRACKER_PORT,
            dmlc_retry=10,
        ):
            booster, rmse, rows = train(args)
        if tracker is not None:
            tracker.wait_for()

    print("rows on %s: %d" % (os.environ["SM_CURRENT_HOST"], rows))
    if is_first:
        print("validation rmse: %.6f" % rmse)
        booster.save_model(os.path.join(args.model_dir, "model.ubj"))


if __name__ == "__main__":
    main()
