"""A stand-in of local mode for the package that scripts import in SageMaker's XGBoost images.

It has what scripts use while they train: `data_utils`, `distributed`, `checkpointing`, `encoder` and `constants`. The
rules are those of aws/sagemaker-xgboost-container; the code is local mode's own.
"""
