"""Local mode's stand-in for the package that scripts import in SageMaker's XGBoost images.

It contains the modules that scripts use during training: `data_utils`, `distributed`, `checkpointing`,
`encoder` and `constants`. The rules are those of aws/sagemaker-xgboost-container; the code is local mode's
own.
"""
