"""A training script of your own: the scikit-learn definition of examples/script/app.ts."""

from pathlib import Path

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.aws_s3_deployment import BucketDeployment, Source
from cdk_sagemaker_tuning import (
    Algorithm,
    Framework,
    Objective,
    ParameterRange,
    ScalingType,
    ScriptSource,
    TrainingMetricDefinition,
    TuningWorkflow,
)

PROJECT = Path(__file__).resolve().parents[3]

app = App()
stack = Stack(app, "ScriptExample")

workflow = TuningWorkflow(
    stack,
    "Bikes",
    algorithm=Algorithm.script(
        source=ScriptSource.from_folder(str(PROJECT / "examples" / "script" / "code")),
        entry_point="train_sklearn.py",
        framework=Framework.scikit_learn("1.4-2"),
        # SageMaker finds the metric in the output of the script with this regular expression.
        metrics=[
            TrainingMetricDefinition(
                name="validation:rmse",
                regex="rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)",
            )
        ],
    ),
    objective=Objective.minimize("validation:rmse"),
    parameter_ranges=[
        ParameterRange.integer("max-depth", min=4, max=16),
        ParameterRange.continuous("learning-rate", min=0.02, max=0.5, scaling=ScalingType.LOGARITHMIC),
    ],
    max_training_jobs=8,
    removal_policy=RemovalPolicy.DESTROY,
)

BucketDeployment(
    stack,
    "Data",
    sources=[
        Source.asset(
            str(PROJECT / "data" / "bikeshare"),
            exclude=["*", "!train", "!train/**", "!validation", "!validation/**"],
        )
    ],
    destination_bucket=workflow.bucket,
    destination_key_prefix="input/",
)

app.synth()
