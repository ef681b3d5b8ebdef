"""Prints two error messages: for an invalid prop, and for a hyperparameter that is a number instead of a string."""

from aws_cdk import App, Stack
from cdk_sagemaker_tuning import Algorithm, Objective, ParameterRange, TuningWorkflow, XGBoostVersion

for invalid in ({"max_training_jobs": 0}, {"hyperparameters": {"num_round": 150}}):
    try:
        TuningWorkflow(
            Stack(App(), "Stack"),
            "Tuning",
            algorithm=Algorithm.xgboost(version=XGBoostVersion.V3_2_0),
            objective=Objective.minimize("validation:rmse"),
            parameter_ranges=[ParameterRange.continuous("eta", min=0, max=1)],
            **invalid,
        )
    except RuntimeError as error:
        print(error)
