"""Synthesizes the stacks of ../stacks.ts in Python. Usage: app.py OUTDIR SCRIPT_FOLDER"""

import sys

from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from cdk_sagemaker_tuning import (
    Algorithm,
    AutoMlWorkflow,
    Framework,
    Objective,
    ParameterRange,
    ScalingType,
    ScriptSource,
    TrainingMetricDefinition,
    TuningWorkflow,
    XGBoostVersion,
)

outdir, script = sys.argv[1:]
app = App(outdir=outdir)

xgboost = Stack(app, "XGBoost")
workflow = TuningWorkflow(
    xgboost,
    "Tuning",
    algorithm=Algorithm.xgboost(version=XGBoostVersion.V3_2_0),
    objective=Objective.minimize("validation:rmse"),
    hyperparameters={"objective": "reg:squarederror"},
    parameter_ranges=[
        ParameterRange.integer("num_round", min=100, max=1000),
        ParameterRange.integer("max_depth", min=3, max=10),
        ParameterRange.continuous("eta", min=0.01, max=0.5, scaling=ScalingType.LOGARITHMIC),
    ],
    max_training_jobs=50,
    max_parallel_training_jobs=5,
)
workflow.grant_start_execution(iam.Role(xgboost, "Analysts", assumed_by=iam.AccountRootPrincipal()))

TuningWorkflow(
    Stack(app, "Script"),
    "Tuning",
    algorithm=Algorithm.script(
        source=ScriptSource.from_folder(script),
        entry_point="train.py",
        framework=Framework.scikit_learn("1.4-2"),
        metrics=[TrainingMetricDefinition(name="validation:rmse", regex="rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)")],
    ),
    objective=Objective.minimize("validation:rmse"),
    parameter_ranges=[ParameterRange.integer("max-depth", min=3, max=16)],
)

AutoMlWorkflow(Stack(app, "AutoMl"), "Churn", target="churned")

app.synth()
