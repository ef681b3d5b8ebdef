"""Computes a script's arguments and its SM_* environment, as SageMaker's framework containers do.

Reads a JSON object {"hosts": [{"hyperparameters": {...}, "variables": {...}, "details": {...}}, ...]} from standard
input. "details" is added only to SM_TRAINING_ENV. Prints {"hosts": [{"arguments": [...], "environment": {...},
"sagemaker": {...}}, ...]}, where "sagemaker" contains the decoded hyperparameters that are meant for the container.
This is a Python script because the containers format values with Python: 1e-05, 1.0, True.

Source of the rules: aws/sagemaker-training-toolkit 5.1.4, params.py, mapping.py, environment.py.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

# Hyperparameters for the container, in addition to all hyperparameters whose names start with sagemaker_.
FOR_THE_CONTAINER = ("_tuning_objective_metric", "default_user_module_name")
# Container hyperparameters that SM_FRAMEWORK_PARAMS omits.
NOT_FOR_THE_FRAMEWORK = FOR_THE_CONTAINER + (
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "sagemaker_s3_output",
)

# Hyperparameters that enable distributed training on the job's instance group.
DISTRIBUTIONS = (
    "sagemaker_mpi_enabled",
    "sagemaker_parameter_server_enabled",
    "sagemaker_distributed_dataparallel_enabled",
    "sagemaker_pytorch_ddp_enabled",
    "sagemaker_pytorch_xla_multi_worker_enabled",
    "sagemaker_multi_worker_mirrored_strategy_enabled",
    "sagemaker_torch_distributed_enabled",
)
# Members of SM_TRAINING_ENV that are the same for all jobs in local mode.
WITHOUT_LIBRARIES = {
    "is_modelparallel_enabled": None,
    "is_smddprun_installed": False,
    "is_smddpmprun_installed": False,
    "topology": [],
}


def decode(text: str) -> Any:
    """Decodes a hyperparameter's value as JSON. If it is not valid JSON, returns the string unchanged."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def is_for_the_container(name: str) -> bool:
    return name.startswith("sagemaker_") or name in FOR_THE_CONTAINER


def command_line(hyperparameters: dict[str, Any]) -> list[str]:
    """Formats hyperparameters as `--name value`, or as `-n value` for one-letter names, sorted by name."""
    arguments = []
    for name in sorted(hyperparameters):
        arguments += [("-" if len(name) == 1 else "--") + name, as_argument(hyperparameters[name])]
    return arguments


def as_argument(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join("%s=%s" % item for item in sorted(value.items()))
    return "" if value is None else str(value)


def as_variable(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def distribution(sagemaker: dict[str, Any], variables: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The instance groups used for distributed training, and their hosts."""
    enabled = any(sagemaker.get(name) for name in DISTRIBUTIONS)
    current = [variables["current_instance_group"]] if enabled else []
    groups = sagemaker.get("sagemaker_distribution_instance_groups", current)
    return groups, [
        host for name, group in variables["instance_groups_dict"].items() if name in groups for host in group["hosts"]
    ]


def describe(host: dict[str, Any]) -> dict[str, Any]:
    decoded = {name: decode(text) for name, text in host["hyperparameters"].items()}
    hyperparameters = {name: value for name, value in decoded.items() if not is_for_the_container(name)}
    sagemaker = {name: value for name, value in decoded.items() if is_for_the_container(name)}
    arguments = command_line(hyperparameters)
    program = sagemaker.get("sagemaker_program")
    groups, distribution_hosts = distribution(sagemaker, host["variables"])
    master = [*distribution_hosts, *host["variables"]["hosts"]][0]
    variables = dict(
        host["variables"],
        distribution_instance_groups=groups,
        hps=hyperparameters,
        user_args=arguments,
        user_entry_point=program,
        module_name=re.sub(r"\.py$", "", str(program)),
        module_dir=sagemaker.get("sagemaker_submit_directory"),
        log_level=sagemaker.get("sagemaker_container_log_level", 20),
        framework_params={k: v for k, v in sagemaker.items() if k not in NOT_FOR_THE_FRAMEWORK},
    )
    names_in_training_env = {"hps": "hyperparameters", "framework_params": "additional_framework_parameters"}
    training_env = {
        names_in_training_env.get(name, name): value
        for name, value in variables.items()
        if name not in ("user_args", "channels") and not name.startswith("channel_")
    }
    training_env.update(host["details"], **WITHOUT_LIBRARIES)
    training_env.update(
        distribution_hosts=distribution_hosts,
        master_hostname=master,
        is_master=host["variables"]["current_host"] == master,
    )
    variables["training_env"] = training_env
    variables.update({"hp_" + name: value for name, value in hyperparameters.items()})
    environment = {"SM_" + name.upper(): as_variable(value) for name, value in variables.items()}
    environment["SAGEMAKER_JOB_NAME"] = sagemaker.get("sagemaker_job_name", "")
    if "sagemaker_region" in sagemaker:
        environment["SAGEMAKER_REGION"] = sagemaker["sagemaker_region"]
    return {"arguments": arguments, "environment": environment, "sagemaker": sagemaker}


if __name__ == "__main__":
    print(json.dumps({"hosts": [describe(host) for host in json.load(sys.stdin)["hosts"]]}))
