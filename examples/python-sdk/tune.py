"""Tunes SageMaker's XGBoost with the SageMaker Python SDK, in the bucket and with the training role of a deployed stack.

The script does not depend on local mode: the SDK calls AWS_ENDPOINT_URL if it is set, and AWS otherwise.
"""

import argparse
import time
from pathlib import Path

import boto3
import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter

DATA = Path(__file__).resolve().parents[2] / "data" / "bikeshare"

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--stack", default="SageMakerTuning", help="name of the stack (default: %(default)s)")
parser.add_argument("--jobs", type=int, default=8, help="training jobs of a search (default: %(default)s)")
arguments = parser.parse_args()

# The outputs of the stack. The stack's role can read objects below input/ in the bucket, and write objects below
# output/.
stack = boto3.resource("cloudformation").Stack(arguments.stack)
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.outputs}
bucket, role = outputs["BucketName"], outputs["TrainingRoleArn"]
# The role can also write the logs of jobs whose names begin with this prefix.
prefix = outputs["JobNamePrefix"]


def job_name(what: str) -> str:
    """A unique name of at most 32 characters. Names that the SDK generates can repeat within a minute."""
    return f"{prefix}{time.strftime('%d%H%M%S')}-{what}"


session = sagemaker.Session(default_bucket=bucket)
channels = {
    channel: TrainingInput(
        session.upload_data(str(DATA / channel), bucket, f"input/python-sdk/{channel}"), content_type="text/csv"
    )
    for channel in ("train", "validation")
}
estimator = Estimator(
    image_uri=sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "3.0-5"),
    role=role,
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/output/python-sdk",
    sagemaker_session=session,
    hyperparameters={"objective": "reg:squarederror", "num_round": 100},
)


def new_tuner(max_jobs: int) -> HyperparameterTuner:
    """Creates a tuner that minimizes the validation error."""
    return HyperparameterTuner(
        estimator,
        objective_metric_name="validation:rmse",
        objective_type="Minimize",
        hyperparameter_ranges={
            "eta": ContinuousParameter(0.02, 0.5, scaling_type="Logarithmic"),
            "max_depth": IntegerParameter(3, 10),
            "subsample": ContinuousParameter(0.5, 1.0),
        },
        max_jobs=max_jobs,
        max_parallel_jobs=2,
    )


print("\n== A search")
tuner = new_tuner(arguments.jobs)
tuner.fit(channels, job_name=job_name("a"), wait=True)
results = tuner.analytics().dataframe().sort_values("FinalObjectiveValue")
print(results[["TrainingJobName", "FinalObjectiveValue", "eta", "max_depth", "subsample"]].to_string(index=False))
print("Best:", tuner.best_training_job())
print("Model:", tuner.best_estimator().model_data)

print("\n== Its log")
session.logs_for_job(tuner.best_training_job())

print("\n== A search with a warm start from this search")
attached = HyperparameterTuner.attach(tuner.latest_tuning_job.name, sagemaker_session=session)
warm = attached.identical_dataset_and_algorithm_tuner()
warm.fit(channels, job_name=job_name("b"), wait=True)
print("Best:", warm.best_training_job(), warm.analytics().dataframe()["FinalObjectiveValue"].min())

print("\n== A long search, stopped")
long = new_tuner(max_jobs=500)
long.fit(channels, job_name=job_name("c"), wait=False)
time.sleep(3)
long.stop_tuning_job()
long.wait()
print("Status:", long.describe()["HyperParameterTuningJobStatus"])
print("Training jobs:", len(long.analytics().dataframe()))
