"""SageMaker's XGBoost: the stack of examples/built-in/app.ts."""

from pathlib import Path

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_s3_deployment import BucketDeployment, Source
from cdk_sagemaker_tuning import (
    Algorithm,
    Objective,
    ParameterRange,
    ScalingType,
    TuningWorkflow,
    XGBoostVersion,
)

app = App()
stack = Stack(app, "BuiltInExample")

workflow = TuningWorkflow(
    stack,
    "Bikes",
    algorithm=Algorithm.xgboost(version=XGBoostVersion.V3_2_0),
    objective=Objective.minimize("validation:rmse"),
    hyperparameters={"objective": "reg:squarederror", "num_round": "150"},
    parameter_ranges=[
        ParameterRange.integer("max_depth", min=3, max=10),
        ParameterRange.continuous("eta", min=0.02, max=0.5, scaling=ScalingType.LOGARITHMIC),
        ParameterRange.continuous("subsample", min=0.5, max=1),
    ],
    max_training_jobs=8,
    removal_policy=RemovalPolicy.DESTROY,
)

data = Path(__file__).resolve().parents[3] / "data" / "bikeshare"
BucketDeployment(
    stack,
    "Data",
    sources=[Source.asset(str(data), exclude=["*", "!train", "!train/**", "!validation", "!validation/**"])],
    destination_bucket=workflow.bucket,
    destination_key_prefix="input/",
)

app.synth()
