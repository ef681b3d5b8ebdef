"""A typical script for SageMaker's XGBoost image: reads channels, trains on all hosts, saves checkpoints."""

import argparse
import json
import logging
import os
import pickle

import sagemaker_xgboost_container.encoder as encoders
import xgboost as xgb
from sagemaker_containers import entry_point, training_env
from sagemaker_containers.beta.framework import content_types, encoders as framework_encoders, worker
from sagemaker_xgboost_container import checkpointing, distributed
from sagemaker_xgboost_container.data_utils import get_dmatrix, get_size


def train_model(params, dtrain, evals, num_boost_round, model_dir, checkpoints, is_master):
    arguments = {"params": params, "dtrain": dtrain, "evals": evals, "num_boost_round": num_boost_round}
    booster = checkpointing.train(arguments, checkpoints) if checkpoints else xgb.train(**arguments)
    print("rounds: %d, master: %s" % (booster.num_boosted_rounds(), is_master), flush=True)
    if is_master:
        with open(os.path.join(model_dir, "xgboost-model"), "wb") as file:
            pickle.dump(booster, file)


def input_fn(body, content_type):
    return encoders.decode(body, content_type)


def output_fn(prediction, accept):
    return worker.Response(framework_encoders.encode(prediction, accept), content_types.CSV)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--num_round", type=int)
    parser.add_argument("--kind", default="csv")
    parser.add_argument("--checkpoints")
    args, _ = parser.parse_known_args()
    env = training_env()
    hosts = json.loads(os.environ["SM_HOSTS"])
    size = get_size(os.environ["SM_CHANNEL_TRAIN"])
    dtrain = get_dmatrix(env.channel_input_dirs["train"], args.kind) if size > 0 else None
    dvalidation = get_dmatrix(os.environ["SM_CHANNEL_VALIDATION"], args.kind)
    rows = 0 if dtrain is None else dtrain.num_row()
    print("rows: %d of %d bytes" % (rows, size), flush=True)
    job = dict(
        params={"objective": "reg:squarederror", "max_depth": 4, "nthread": 1},
        dtrain=dtrain,
        evals=[(dtrain, "train"), (dvalidation, "validation")],
        num_boost_round=args.num_round,
        model_dir=env["model_dir"],
        checkpoints=args.checkpoints,
    )
    if len(hosts) > 1:
        entry_point._wait_hostname_resolution()
        distributed.rabit_run(
            exec_fun=train_model,
            args=job,
            include_in_training=rows > 0,
            hosts=hosts,
            current_host=env.current_host,
            update_rabit_args=True,
        )
    else:
        train_model(is_master=True, **job)
