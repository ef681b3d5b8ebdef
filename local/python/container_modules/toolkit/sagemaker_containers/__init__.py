"""Local mode's stand-in for `sagemaker_containers`, which scripts import in SageMaker's XGBoost and
scikit-learn images.

It contains the parts that scripts use: `training_env()`, `entry_point._wait_hostname_resolution()`, content types,
encoders, responses and errors. Modules that start a server can be imported, but using them raises an error. The
original package cannot be installed: it requires Flask 1.1.1.
"""

import json
import os


class TrainingEnv(dict):
    """The content of SM_TRAINING_ENV, available as attributes and as a dictionary."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def training_env(resource_config=None, input_data_config=None, hyperparameters=None):
    """Returns the training job's environment: channels, hosts, hyperparameters, folders."""
    given = {
        "resource_config": resource_config,
        "input_data_config": input_data_config,
        "hyperparameters": hyperparameters,
    }
    env = json.loads(os.environ["SM_TRAINING_ENV"])
    return TrainingEnv(env, **{name: value for name, value in given.items() if value is not None})
