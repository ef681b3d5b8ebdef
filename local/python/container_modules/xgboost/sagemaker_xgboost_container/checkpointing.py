"""Saves the model after each round and resumes from the last saved model, for managed spot training."""

import logging
import os
import re
import tempfile

import xgboost as xgb
from sagemaker_xgboost_container._paths import here
from xgboost import collective

CHECKPOINT_FILENAME = "xgboost-checkpoint"
# Suffix of a file that SageMaker must not upload yet.
TEMP_FILE_SUFFIX = ".sagemaker-ignore"


def train(train_args, checkpoint_dir):
    """Calls xgboost.train with a dictionary of arguments, resuming from the last checkpoint.

    `num_boost_round` is the total number of rounds.
    """
    xgb_model, start_iteration = load_checkpoint(checkpoint_dir)
    if xgb_model is not None:
        logging.info("Checkpoint loaded from %s", xgb_model)
        logging.info("Resuming from iteration %s", start_iteration)
    callbacks = [
        *train_args.get("callbacks", []),
        print_checkpointed_evaluation(start_iteration=start_iteration),
        save_checkpoint(checkpoint_dir, start_iteration=start_iteration),
    ]
    rounds = max(0, train_args.get("num_boost_round", 10) - start_iteration)
    further = {"verbose_eval": False, "xgb_model": xgb_model, "callbacks": callbacks, "num_boost_round": rounds}
    return xgb.train(**{**train_args, **further})


def load_checkpoint(checkpoint_dir, max_try=5):
    """The file of the last readable checkpoint and its number of rounds, or (None, 0)."""
    checkpoint_dir = here(checkpoint_dir)
    if not checkpoint_dir or not os.path.exists(checkpoint_dir):
        return None, 0
    numbers = [
        int(match.group(1))
        for match in (re.fullmatch(rf"{CHECKPOINT_FILENAME}\.([0-9]+)", name) for name in os.listdir(checkpoint_dir))
        if match
    ]
    for number in sorted(numbers, reverse=True)[:max_try]:
        path = os.path.join(checkpoint_dir, f"{CHECKPOINT_FILENAME}.{number}")
        try:
            xgb.Booster().load_model(path)
            return path, number + 1
        except xgb.core.XGBoostError:
            logging.debug("Wrong checkpoint model format %s", path)
    return None, 0


def print_checkpointed_evaluation(period=1, show_stdv=True, start_iteration=0):
    """A callback that prints metrics every `period` rounds. Round numbers include rounds before a restart."""
    return _PrintEvaluation(period, start_iteration)


def save_checkpoint(checkpoint_dir, start_iteration=0, max_to_keep=5, num_round=None):
    """A callback that saves checkpoints."""
    return SaveCheckpoint(checkpoint_dir, start_iteration, max_to_keep, num_round)


def save_intermediate_model(intermediate_model_dir, model_name):
    """A callback that saves the current model after each round, always under the same file name."""
    return SaveIntermediateModel(intermediate_model_dir, model_name)


class _PrintEvaluation(xgb.callback.TrainingCallback):
    def __init__(self, period, start_iteration):
        super().__init__()
        self.period = period
        self.start_iteration = start_iteration

    def after_iteration(self, model, epoch, evals_log):
        if self.period and epoch % self.period == 0 and evals_log and collective.get_rank() == 0:
            fields = [f"[{epoch + self.start_iteration}]"]
            for data, metrics in evals_log.items():
                fields += [f"{data}-{name}:{values[-1]:.5f}" for name, values in metrics.items()]
            print("\t".join(fields), flush=True)
        return False


class SaveCheckpoint(xgb.callback.TrainingCallback):
    """Saves `xgboost-checkpoint.<round>` after each round, and keeps the latest checkpoints.

    :param start_iteration: number of rounds of the model that the training started with
    :param max_to_keep: number of checkpoints of this training to keep
    """

    def __init__(self, checkpoint_dir, start_iteration=0, max_to_keep=5, num_round=None):
        super().__init__()
        self.checkpoint_dir = here(checkpoint_dir)
        self.max_to_keep = max_to_keep
        self.start_iteration = start_iteration
        self.num_round = num_round
        os.makedirs(self.checkpoint_dir, exist_ok=True)
        self.previous_checkpoints = [os.path.join(self.checkpoint_dir, name) for name in os.listdir(self.checkpoint_dir)]

    def format_path(self, iteration):
        return os.path.join(self.checkpoint_dir, f"{CHECKPOINT_FILENAME}.{iteration}")

    def after_iteration(self, model, epoch, evals_log):
        if collective.get_rank() == 0:
            iteration = self.start_iteration + epoch
            _save(model, self.format_path(iteration), TEMP_FILE_SUFFIX)
            old = self.format_path(iteration - self.max_to_keep)
            if os.path.isfile(old) and old not in self.previous_checkpoints:
                os.remove(old)
        return False


class SaveIntermediateModel(xgb.callback.TrainingCallback):
    """Saves the model after each round, overwriting the previous one."""

    def __init__(self, intermediate_model_dir, model_name, is_master=True):
        super().__init__()
        self.intermediate_model_dir = here(intermediate_model_dir)
        self.model_name = model_name
        self.is_master = is_master
        os.makedirs(self.intermediate_model_dir, exist_ok=True)

    def format_path(self):
        return os.path.join(self.intermediate_model_dir, self.model_name)

    def after_iteration(self, model, epoch, evals_log):
        if self.is_master and collective.get_rank() == 0:
            _save(model, self.format_path(), "")
        return False


# Aliases, as in images with XGBoost 1.3 and newer.
SaveCheckpointCallBack = SaveCheckpoint
SaveIntermediateModelCallBack = SaveIntermediateModel


def _save(model, path, suffix):
    """Replaces a file atomically."""
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), suffix=suffix, delete=False) as file:
        model.save_model(file.name)
    os.replace(file.name, path)
