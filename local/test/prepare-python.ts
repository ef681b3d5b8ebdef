import { join, resolve } from 'node:path';
import {
  combineTrainers,
  createAutoMLRunner,
  createPythonEnvironments,
  createScriptTrainer,
  createTabularTrainer,
  createXGBoostTrainer,
  DEFAULT_XGBOOST_VERSION,
} from '../src/training';

const REGISTRY = '683313688378.dkr.ecr.us-east-1.amazonaws.com';
const FRAMEWORKS = '763104351884.dkr.ecr.us-east-1.amazonaws.com';
const JUMPSTART = 's3://jumpstart-cache-prod-us-east-1/source-directory-tarballs';

/** What the tests and the examples train, each in an environment of its own. */
const TRAINED = [
  { trainingImage: `${REGISTRY}/sagemaker-xgboost:3.2-0`, hyperparameters: { sagemaker_program: 'train.py' } },
];
