import { Duration, Fn, Size } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import {
  CreateHyperParameterTuningJobTask,
  CreateTrainingJobTask,
  Objective,
  ParameterRange,
  TuningStrategy,
  WarmStart,
} from '../../lib';
import { someRole } from '../fixtures';
import { type Make, machine, type Tokens, testTokens } from './fixtures';

const trainingTask =
  (change: (tokens: Tokens) => object, other: (tokens: Tokens) => object = () => ({})): Make =>
  (stack, tokens) =>
    machine(
      stack,
      CreateTrainingJobTask.jsonata(stack, 'T', {
        trainingJobName: 'a',
        trainingJobDefinition: {
          trainingImage: 'image:1',
          role: someRole(stack),
          channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
          outputPath: 's3://models/x/',
          ...change(tokens),
        },
        ...other(tokens),
      }),
    );

const tuningTask =
  (change: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(
      stack,
      CreateHyperParameterTuningJobTask.jsonata(stack, 'T', {
        tuningJobName: 'a',
        objective: Objective.minimize('loss'),
        parameterRanges: [ParameterRange.continuous('rate', { min: 0.1, max: 1 })],
        trainingJobDefinition: {
          trainingImage: 'image:1',
          role: someRole(stack),
          channels: [{ channelName: 'train', s3Uri: 's3://data/train/' }],
          outputPath: 's3://models/x/',
        },
        ...change(tokens),
      }),
    );

testTokens(
  [
    ['training task, trainingImage', trainingTask(({ text }) => ({ trainingImage: text }))],
    ['training task, instanceCount', trainingTask(({ number }) => ({ instanceCount: number }))],
    ['training task, volumeSize', trainingTask(({ number }) => ({ volumeSize: Size.gibibytes(number) }))],
    ['training task, maxRuntime', trainingTask(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
    ['training task, outputPath', trainingTask(({ text }) => ({ outputPath: text }))],
    ['training task, checkpointPath', trainingTask(({ text }) => ({ checkpointPath: text }))],
    ['training task, environment', trainingTask(({ text }) => ({ environment: { A: text } }))],
    ['training task, containerArguments', trainingTask(({ text }) => ({ containerArguments: ['a', text] }))],
    [
      'training task, containerEntrypoint as a list',
      trainingTask(({ text }) => ({ containerEntrypoint: Fn.split(',', text) })),
    ],
    [
      'training task, hyperparameters',
      trainingTask(({ text }) => ({ hyperparameters: sfn.TaskInput.fromObject({ a: text }) })),
    ],
    [
      'training task, trainingJobName',
      trainingTask(
        () => ({}),
        ({ text }) => ({ trainingJobName: text }),
      ),
    ],
    [
      'training task, tags',
      trainingTask(
        () => ({}),
        ({ text }) => ({ tags: { a: text } }),
      ),
    ],
    ['tuning task, maxTrainingJobs', tuningTask(({ number }) => ({ maxTrainingJobs: number }))],
    [
      'tuning task, maxParallelTrainingJobs',
      tuningTask(({ number }) => ({ maxParallelTrainingJobs: number })),
    ],
    ['tuning task, maxRuntime', tuningTask(({ number }) => ({ maxRuntime: Duration.seconds(number) }))],
    [
      'tuning task, strategy',
      tuningTask(({ number }) => ({ strategy: TuningStrategy.hyperband({ maxResource: number }) })),
    ],
    ['tuning task, warmStart', tuningTask(({ text }) => ({ warmStart: WarmStart.transferLearning([text]) }))],
  ],
  [
    [
      'training task: maxRuntime of spot instances',
      trainingTask(({ number }) => ({ maxRuntime: Duration.seconds(number), managedSpotTraining: true })),
      'maxWait: is required, because the maximum run time is a token and the library cannot double it',
    ],
    [
      'training task, maxRuntime in hours',
      trainingTask(({ number }) => ({ maxRuntime: Duration.hours(number) })),
      'maxRuntime: is a token',
    ],
    [
      'training task, environment',
      trainingTask(({ text }) => ({ environment: { [text]: '1' } })),
      'environment: must have keys that are known at synth',
    ],
  ],
);
