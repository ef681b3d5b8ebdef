import { Duration, Fn, Lazy, Size } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import {
  Algorithm,
  FinalTrainingData,
  InputData,
  Objective,
  ParameterRange,
  TuningStrategy,
  WarmStart,
  XGBoostVersion,
} from '../../lib';
import { fragment, vpcIn, workflow } from '../fixtures';
import { data, inFragment, type Make, machine, type Tokens, testTokens, uri } from './fixtures';

const inWorkflow =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    workflow(props(tokens), stack);
const further = {
  algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
  objective: Objective.minimize('validation:rmse'),
  hyperparameters: { num_round: '9' },
  parameterRanges: [ParameterRange.continuous('eta', { min: 0.1, max: 1 })],
};
const range = (made: ParameterRange) => ({
  parameterRanges: [made, ParameterRange.continuous('alpha', { min: 0, max: 1 })],
});
const inFileSystem =
  (options: object): Make =>
  (stack) =>
    machine(
      stack,
      fragment(
        {
          vpc: vpcIn(stack),
          train: InputData.efs({ fileSystemId: 'fs-01234567', directoryPath: '/a', ...options }),
        },
        stack,
      ),
    );

testTokens(
  [
    ['TuningWorkflow.inputPrefix', inWorkflow(({ text }) => ({ inputPrefix: text }))],
    ['TuningWorkflow.trainPrefix', inWorkflow(({ text }) => ({ trainPrefix: text }))],
    ['TuningWorkflow.validationPrefix', inWorkflow(({ text }) => ({ validationPrefix: text }))],
    ['TuningWorkflow.outputPrefix', inWorkflow(({ text }) => ({ outputPrefix: text }))],
    [
      'TuningWorkflow.trialRetention',
      inWorkflow(({ number }) => ({ trialRetention: Duration.days(number) })),
    ],
    ['TuningWorkflow.stateMachineName', inWorkflow(({ text }) => ({ stateMachineName: text }))],
    ['TuningWorkflow.maxTrainingJobs', inWorkflow(({ number }) => ({ maxTrainingJobs: number }))],
    ['bucket', (stack, { text }) => workflow({ bucket: s3.Bucket.fromBucketName(stack, 'B', text) }, stack)],
    ['train', inFragment(({ text }) => ({ train: data(text) }))],
    ['train, in a part', inFragment(({ text }) => ({ train: data(`s3://data/${text}/`) }))],
    ['validation', inFragment(({ text }) => ({ validation: data(text) }))],
    ['output', inFragment(({ text }) => ({ output: uri(text) }))],
    ['allowedInputLocations', inFragment(({ text }) => ({ allowedInputLocations: [uri(text)] }))],
    ['channels', inFragment(({ text }) => ({ channels: { more: data(text) } }))],
    [
      'contentType',
      inFragment(({ text }) => ({
        channels: { more: InputData.of(uri('s3://a-b/c/'), { contentType: text }) },
      })),
    ],
    ['fileSystemId', (stack, tokens) => inFileSystem({ fileSystemId: tokens.text })(stack, tokens)],
    ['directoryPath', (stack, tokens) => inFileSystem({ directoryPath: tokens.text })(stack, tokens)],
    ['objective', inFragment(({ text }) => ({ objective: Objective.minimize(text) }))],
    ['hyperparameters', inFragment(({ text }) => ({ hyperparameters: { num_round: text } }))],
    [
      'parameterRanges, name',
      inFragment(({ text }) => range(ParameterRange.integer(text, { min: 1, max: 9 }))),
    ],
    [
      'parameterRanges, min',
      inFragment(({ number }) => range(ParameterRange.integer('max_depth', { min: number, max: 9 }))),
    ],
    [
      'parameterRanges, max',
      inFragment(({ number }) => range(ParameterRange.continuous('eta', { min: 0, max: number }))),
    ],
    [
      'parameterRanges, values',
      inFragment(({ text }) => range(ParameterRange.categorical('max_depth', ['3', text]))),
    ],
    ['maxTrainingJobs', inFragment(({ number }) => ({ maxTrainingJobs: number }))],
    ['maxParallelTrainingJobs', inFragment(({ number }) => ({ maxParallelTrainingJobs: number }))],
    ['maxTuningRuntime', inFragment(({ number }) => ({ maxTuningRuntime: Duration.seconds(number) }))],
    ['maxTrainingRuntime', inFragment(({ number }) => ({ maxTrainingRuntime: Duration.seconds(number) }))],
    [
      'maxTrainingRuntime of spot instances',
      inFragment(({ number }) => ({
        maxTrainingRuntime: Duration.seconds(number),
        spot: { maxWait: Duration.hours(9) },
      })),
    ],
    ['spot.maxWait', inFragment(({ number }) => ({ spot: { maxWait: Duration.seconds(number) } }))],
    ['resources.instanceType', inFragment(({ text }) => ({ resources: { instanceType: text } }))],
    ['resources.instanceCount', inFragment(({ number }) => ({ resources: { instanceCount: number } }))],
    [
      'resources.volumeSize',
      inFragment(({ number }) => ({ resources: { volumeSize: Size.gibibytes(number) } })),
    ],
    [
      'resources.keepAlive',
      inFragment(({ number }) => ({ resources: { keepAlive: Duration.seconds(number) } })),
    ],
    [
      'resources.instanceGroups',
      inFragment(({ text, number }) => ({
        resources: {
          instanceGroups: [
            { name: 'a', instanceType: text, instanceCount: number },
            { name: 'b', instanceType: 'ml.m5.large', instanceCount: number },
          ],
        },
      })),
    ],
    ['strategy.seed', inFragment(({ number }) => ({ strategy: TuningStrategy.random({ seed: number }) }))],
    [
      'strategy.maxResource',
      inFragment(({ number }) => ({
        strategy: TuningStrategy.hyperband({ minResource: 5, maxResource: number }),
      })),
    ],
    [
      'strategy.minResource',
      inFragment(({ number }) => ({
        strategy: TuningStrategy.hyperband({ minResource: number, maxResource: 9 }),
      })),
    ],
    ['warmStart', inFragment(({ text }) => ({ warmStart: WarmStart.transferLearning(['job-1', text]) }))],
    [
      'finalTraining.hyperparameters',
      inFragment(({ text }) => ({ finalTraining: { hyperparameters: { num_round: text } } })),
    ],
    [
      'finalTraining.data',
      inFragment(({ text }) => ({ finalTraining: { data: FinalTrainingData.of(data(text)) } })),
    ],
    [
      'finalTraining.data, together',
      inFragment(({ text }) => ({
        train: data(text),
        finalTraining: { data: FinalTrainingData.trainAndValidation() },
      })),
    ],
    [
      'finalTraining.maxRuntime',
      inFragment(({ number }) => ({ finalTraining: { maxRuntime: Duration.seconds(number) } })),
    ],
    [
      'finalTraining.spot.maxWait',
      inFragment(({ number }) => ({ finalTraining: { spot: { maxWait: Duration.seconds(number) } } })),
    ],
    [
      'finalTraining.resources',
      inFragment(({ text }) => ({ finalTraining: { resources: { instanceType: text } } })),
    ],
    [
      'furtherDefinitions, hyperparameters',
      inFragment(({ text }) => ({
        furtherDefinitions: [{ ...further, name: 'b', hyperparameters: { num_round: text } }],
      })),
    ],
    ['tags', inFragment(({ text }) => ({ tags: { team: text } }))],
    ['input', inFragment(({ text }) => ({ input: `{% {'train': '${text}'} %}` }))],
  ],
  [
    [
      'jobNamePrefix',
      inFragment(({ text }) => ({ jobNamePrefix: text })),
      'jobNamePrefix: must be known at synth',
    ],
    [
      'definitionName',
      inFragment(({ text }) => ({ definitionName: text })),
      'definitionName: must be known at synth',
    ],
    [
      'furtherDefinitions, name',
      inFragment(({ text }) => ({ furtherDefinitions: [{ ...further, name: text }] })),
      'furtherDefinitions[0].name: must be known at synth',
    ],
    [
      'channels, name',
      inFragment(({ text }) => ({ channels: { [text]: data('s3://a-b/c/') } })),
      'channels: must have keys that are known at synth',
    ],
    [
      'hyperparameters, name',
      inFragment(({ text }) => ({ hyperparameters: { [text]: '1' } })),
      'hyperparameters: must have keys that are known at synth',
    ],
    [
      'tags, key',
      inFragment(({ text }) => ({ tags: { [text]: '1' } })),
      'tags: must have keys that are known at synth',
    ],
    [
      'hyperparameters as a whole',
      inFragment(() => ({ hyperparameters: Lazy.any({ produce: () => ({}) }) })),
      'hyperparameters: must be a map, got a token',
    ],
    [
      'parameterRanges, a list of values',
      inFragment(({ text }) => range(ParameterRange.categorical('eta', Fn.split(',', text)))),
      'values: must be a list that is known at synth',
    ],
    [
      'warmStart, a list',
      inFragment(({ text }) => ({ warmStart: WarmStart.transferLearning(Fn.split(',', text)) })),
      'tuningJobNames: must be a list that is known',
    ],
    [
      'instanceGroups of data',
      inFragment(({ text }) => ({
        train: InputData.csv(uri('s3://a-b/c/'), { instanceGroups: Fn.split(',', text) }),
      })),
      'options.instanceGroups: must be a list that is known',
    ],
    [
      'maxTrainingRuntime in minutes',
      inFragment(({ number }) => ({ maxTrainingRuntime: Duration.minutes(number) })),
      'maxTrainingRuntime: is a token and must be Duration.seconds(…)',
    ],
    [
      'maxTrainingRuntime of spot instances',
      inFragment(({ number }) => ({ maxTrainingRuntime: Duration.seconds(number), spot: {} })),
      'spot.maxWait: is required, because the maximum run time is a token and the library cannot double it',
    ],
    [
      'finalTraining.maxRuntime of spot instances',
      inFragment(({ number }) => ({ finalTraining: { maxRuntime: Duration.seconds(number), spot: {} } })),
      'finalTraining.spot.maxWait: is required, because',
    ],
    [
      'volumeSize in mebibytes',
      inFragment(({ number }) => ({ resources: { volumeSize: Size.mebibytes(number) } })),
      'resources.volumeSize: is a token and must be Size.gibibytes(…)',
    ],
    [
      'keepAlive in hours',
      inFragment(({ number }) => ({ resources: { keepAlive: Duration.hours(number) } })),
      'resources.keepAlive: is a token',
    ],
    [
      'trialRetention in hours',
      inWorkflow(({ number }) => ({ trialRetention: Duration.hours(number) })),
      'trialRetention: is a token and must be Duration.days(…)',
    ],
    [
      'earlyStopping',
      inFragment(() => ({ earlyStopping: Lazy.any({ produce: () => true }) })),
      'earlyStopping: must be true or false, got a token',
    ],
  ],
);
