"""A stand-in of local mode for `sagemaker_containers`, which scripts import in SageMaker's XGBoost and scikit-learn images.

It has what scripts use while they train: `training_env()`, `entry_point._wait_hostname_resolution()`, content types and
errors. What serves models can be imported, since scripts define their `input_fn` beside the training, and says what it
is when it is used. The package itself cannot be installed: it needs Flask 1.1.1.
"""

import json
import os


class TrainingEnv(dict):
    """What SM_TRAINING_ENV has, as attributes and as a dictionary."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def training_env(resource_config=None, input_data_config=None, hyperparameters=None):
    """The training job's environment: channels, hosts, hyperparameters, folders."""
    given = {
        "resource_config": resource_config,
        "input_data_config": input_data_config,
        "hyperparameters": hyperparameters,
    }
    env = json.loads(os.environ["SM_TRAINING_ENV"])
    return TrainingEnv(env, **{name: value for name, value in given.items() if value is not None})
