import { App, aws_iam as iam, Stack } from 'aws-cdk-lib';
import {
  Algorithm,
  AutoMlWorkflow,
  Framework,
  Objective,
  ParameterRange,
  ScalingType,
  ScriptSource,
  TuningWorkflow,
  XGBoostVersion,
} from '../../lib';

/** The examples of the README as stacks. The apps in Python, Java and Go define the same stacks. */
export function synthesizeStacks(outdir: string, script: string): void {
  const app = new App({ outdir });

  const xgboost = new Stack(app, 'XGBoost');
  const workflow = new TuningWorkflow(xgboost, 'Tuning', {
    algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
    objective: Objective.minimize('validation:rmse'),
    hyperparameters: { objective: 'reg:squarederror' },
    parameterRanges: [
      ParameterRange.integer('num_round', { min: 100, max: 1000 }),
      ParameterRange.integer('max_depth', { min: 3, max: 10 }),
      ParameterRange.continuous('eta', { min: 0.01, max: 0.5, scaling: ScalingType.LOGARITHMIC }),
    ],
    maxTrainingJobs: 50,
    maxParallelTrainingJobs: 5,
  });
  workflow.grantStartExecution(
    new iam.Role(xgboost, 'Analysts', { assumedBy: new iam.AccountRootPrincipal() }),
  );

  new TuningWorkflow(new Stack(app, 'Script'), 'Tuning', {
    algorithm: Algorithm.script({
      source: ScriptSource.fromFolder(script),
      entryPoint: 'train.py',
      framework: Framework.scikitLearn('1.4-2'),
      metrics: [
        { name: 'validation:rmse', regex: 'rmse on validation: ([-+]?[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?)' },
      ],
    }),
    objective: Objective.minimize('validation:rmse'),
    parameterRanges: [ParameterRange.integer('max-depth', { min: 3, max: 16 })],
  });

  new AutoMlWorkflow(new Stack(app, 'AutoMl'), 'Churn', { target: 'churned' });

  app.synth();
}
