"""A framework that runs scripts as the PyTorch and TensorFlow containers do: it writes errors to the failure file."""

from sagemaker_training import entry_point, environment


def main():
    job = environment.Environment()
    entry_point.run(job.module_dir, job.user_entry_point, job.to_cmd_args(), job.to_env_vars(), capture_error=True)
