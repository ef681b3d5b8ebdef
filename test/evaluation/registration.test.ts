import { Template } from 'aws-cdk-lib/assertions';
import { ModelApproval, ModelRegistry, type TuningFragmentProps } from '../../lib';
import { evaluateJsonata } from '../evaluate-jsonata';
import { fragment, type Json, stackOf, statesOf } from '../fixtures';
import { ALL, EVALUATED } from './fixtures';

describe('the registered version', () => {
  const context = {
    Execution: { Id: 'arn:aws:states:eu-west-1:111122223333:execution:m:one', RedriveCount: 0 },
  };
  const input = {
    settings: { train: 's3://data/train/', validation: 's3://data/validation/', test: 's3://data/test/' },
    result: {
      tuningJob: { name: 'churn-1' },
      bestTrainingJob: { name: 'churn-1-001', tunedHyperparameters: { eta: '0.1' } },
    },
    finalTrainingJob: {
      name: 'churn-1-final',
      modelArtifacts: 's3://models/m.tar.gz',
      hyperparameters: { eta: '0.1', eval_metric: 'mae,rmse', empty: '' },
    },
    evaluation: { statistics: 's3://models/churn/evaluations/churn-1/evaluation.json' },
    gate: { passed: false, reason: 'rmse is 2, the baseline has 1' },
  };
  const requested = async (
    name: string,
    props: Partial<TuningFragmentProps> = ALL,
    states: Json = { context, input },
  ) => evaluateJsonata(statesOf(props).RegisterModel.Arguments[name], states);

  test('has metadata about the origin of the model', async () => {
    expect(await requested('CustomerMetadataProperties')).toEqual({
      execution: context.Execution.Id,
      tuningJob: 'churn-1',
      bestTrainingJob: 'churn-1-001',
      finalTrainingJob: 'churn-1-final',
      train: 's3://data/train/',
      validation: 's3://data/validation/',
      test: 's3://data/test/',
      'hyperparameter:eta': '0.1',
      'hyperparameter:eval_metric': 'mae rmse',
    });
    const { ModelMetrics } = statesOf(ALL).RegisterModel.Arguments;
    const { S3Uri, ContentType } = ModelMetrics.ModelQuality.Statistics;
    expect([ContentType, await evaluateJsonata(S3Uri, { input })]).toEqual([
      'application/json',
      input.evaluation.statistics,
    ]);
  });

  test('has at most 50 metadata properties of at most 256 characters, with the tuned hyperparameters first', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 90 }, (_, index) => [`name${index}`, 'x'.repeat(300)]),
    );
    const { bestTrainingJob } = input.result;
    const result = {
      ...input.result,
      bestTrainingJob: { ...bestTrainingJob, tunedHyperparameters: { name80: '1' } },
    };
    const finalTrainingJob = { ...input.finalTrainingJob, hyperparameters: many };
    const properties = await requested('CustomerMetadataProperties', ALL, {
      context,
      input: { ...input, result, finalTrainingJob },
    });
    expect(Object.keys(properties)).toHaveLength(50);
    expect(properties['hyperparameter:name80']).toHaveLength(256);
  });

  test('has a description without line breaks or other characters that SageMaker rejects', async () => {
    const reason = 'its statistics s3://a cannot be read: Unexpected\r\n\ttoken \u001f\ufeff; R² is 0.1';
    const description = await requested('ModelPackageDescription', ALL, {
      context,
      input: { ...input, gate: { passed: false, reason } },
    });
    expect(description).toMatch(/^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]*$/u);
    expect(description).toBe(
      'Final model of tuning job churn-1. Quality gate failed: its statistics s3://a cannot be read: Unexpected token ; R² is 0.1',
    );
  });

  test('is retried only three times, so that a permanent error does not delay the execution for long', () => {
    const { Retry } = statesOf(ALL).RegisterModel;
    expect(Retry).toMatchObject([{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 3 }]);
  });

  test('has a client token that is the same for all attempts of an execution, and different for each search', async () => {
    const token = (states: Json) => requested('ClientToken', ALL, states);
    const one = await token({ context, input });
    expect(one).toMatch(/^[0-9a-f]{36}$/);
    const redriven = { Execution: { ...context.Execution, RedriveCount: 3 }, State: { RetryCount: 2 } };
    expect(await token({ context: redriven, input })).toBe(one);
    const result = { ...input.result, tuningJob: { name: 'churn-2' } };
    expect(await token({ context, input: { ...input, result } })).not.toBe(one);
  });

  test.each<[what: string, props: Partial<TuningFragmentProps>, passed: string, failed: string]>([
    ['a gate', ALL, 'Approved', 'Rejected'],
    [
      'a gate and a person',
      { ...ALL, registry: ModelRegistry.group({ approval: ModelApproval.MANUAL }) },
      'PendingManualApproval',
      'Rejected',
    ],
    [
      'no gate',
      { ...EVALUATED, registry: ModelRegistry.group() },
      'PendingManualApproval',
      'PendingManualApproval',
    ],
    ['no evaluation', { registry: ModelRegistry.group() }, 'PendingManualApproval', 'PendingManualApproval'],
  ])('has an approval status that depends on %s', async (_what, props, passed, failed) => {
    const status = (isPassed: boolean) =>
      requested('ModelApprovalStatus', props, { input: { gate: { passed: isPassed } } });
    expect([await status(true), await status(false)]).toEqual([passed, failed]);
    const { Output } = statesOf(props).RegisterModel;
    const result = { ModelPackageArn: 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/12' };
    const { modelPackage } = await evaluateJsonata(Output, { input: { gate: { passed: true } }, result });
    expect(modelPackage).toEqual({
      arn: result.ModelPackageArn,
      group: expect.any(String),
      version: 12,
      approvalStatus: passed,
    });
  });

  test('belongs to an existing group, or to a new group that is retained when the stack is deleted', () => {
    const stack = stackOf();
    fragment({ registry: ModelRegistry.group({ name: 'churn', description: 'Models' }) }, stack);
    Template.fromStack(stack).hasResource('AWS::SageMaker::ModelPackageGroup', {
      DeletionPolicy: 'Retain',
      Properties: { ModelPackageGroupName: 'churn', ModelPackageGroupDescription: 'Models' },
    });
    const other = stackOf();
    const { modelPackageGroupName } = fragment({ registry: ModelRegistry.existingGroup('Churn') }, other);
    Template.fromStack(other).resourceCountIs('AWS::SageMaker::ModelPackageGroup', 0);
    expect(modelPackageGroupName).toBe('Churn');
  });
});
