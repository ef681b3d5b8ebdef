import { Aws, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { CreateTrainingJobTask, type TrainingResources, TuningIntegration } from '../../lib';
import { hasInstanceStorage } from '../../lib/private/instance-storage';
import * as model from '../../local/src/services/model/sagemaker-model.json';
import { definitionIn, fragment, type Json, someRole, stackOf } from '../fixtures';

/** Instance families for SageMaker training, in two groups: those with only Amazon EBS volumes, and the others. */
const EBS_ONLY =
  'c4 c5 c5n c6i c7i c7i-flex c8i c8i-flex m4 m5 m6i m7i m7i-flex m8i m8i-flex p2 p3 r5 r6i r7i r8i r8i-flex t3';
const LOCAL_STORAGE =
  'g4dn g5 g6 g6e g7 g7e p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 p6e-gb200 r5d trn1 trn1n trn2';

test('the library knows which training instance types have local storage', () => {
  const types: string[] = model.shapes.TrainingInstanceType.enum;
  const familiesWhere = (wanted: boolean) => [
    ...new Set(types.filter((type) => hasInstanceStorage(type) === wanted).map((type) => type.split('.')[1])),
  ];
  // When the service model has a new family, look up its storage and add it to one of the lists.
  expect(familiesWhere(true).sort()).toEqual(LOCAL_STORAGE.split(' ').sort());
  expect(familiesWhere(false).sort()).toEqual(EBS_ONLY.split(' ').sort());
});

const GPU: TrainingResources = { instanceType: 'ml.g5.xlarge' };
const CPU: TrainingResources = { instanceType: 'ml.m5.xlarge' };
const groups = (...types: string[]): TrainingResources => ({
  instanceGroups: types.map((instanceType, index) => ({ name: `g${index}`, instanceType, instanceCount: 1 })),
});

function jobsOf(resources: TrainingResources, final?: TrainingResources, integration?: TuningIntegration) {
  const stack = stackOf();
  const encryptionKey = new kms.Key(stack, 'Key');
  const finalTraining = final && { resources: final };
  const { States } = definitionIn(
    fragment({ resources, finalTraining, integration, encryptionKey }, stack),
    stack,
  );
  const keyOf = ({ ResourceConfig }: Json) => 'VolumeKmsKeyId' in ResourceConfig;
  return {
    stack,
    trials: keyOf(States.TuneHyperparameters.Arguments.TrainingJobDefinition),
    final: keyOf(States.TrainFinalModel.Arguments),
  };
}

const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('volumesWithoutKey'));

describe('the key of volumes', () => {
  test.each<[string, TrainingResources, TrainingResources | undefined, boolean, boolean]>([
    ['is requested for Amazon EBS volumes', CPU, undefined, true, true],
    ['is left out for local storage', GPU, undefined, false, false],
    ['is left out for local storage of the final training only', CPU, GPU, true, false],
    ['is left out for local storage of the search only', GPU, CPU, false, true],
    [
      'is left out if all groups have local storage',
      groups('ml.p4d.24xlarge', 'ml.g5.xlarge'),
      CPU,
      false,
      true,
    ],
    ['is requested if the instance type is a token', { instanceType: Aws.STACK_NAME }, undefined, true, true],
  ])('%s', (_title, resources, finalResources, trials, final) => {
    const { stack, ...jobs } = jobsOf(resources, finalResources);
    expect(jobs).toEqual({ trials, final });
    expect(warningsOf(stack)).toEqual([]);
  });

  test.each([TuningIntegration.OPTIMIZED, TuningIntegration.SDK])(
    'is left out with a warning if only some groups have local storage (%s)',
    (integration) => {
      const { stack, trials } = jobsOf(groups('ml.p4d.24xlarge', 'ml.c5n.18xlarge'), CPU, integration);
      expect(trials).toBe(false);
      expect(warningsOf(stack)).toEqual([
        expect.objectContaining({
          entry: expect.objectContaining({
            data: expect.stringContaining('does not encrypt the volumes of ml.c5n.18xlarge;'),
          }),
        }),
      ]);
    },
  );

  test('is also left out by the task, but included if the instance type is an expression', () => {
    const requestOf = (instanceType: string) => {
      const stack = stackOf();
      const task = CreateTrainingJobTask.jsonata(stack, 'Train', {
        trainingJobName: 'job',
        trainingJobDefinition: {
          trainingImage: 'image',
          role: someRole(stack),
          channels: [{ channelName: 'train', s3Uri: 's3://bucket/train/' }],
          outputPath: 's3://bucket/models/',
          volumeEncryptionKey: new kms.Key(stack, 'Key'),
          instanceType,
        },
      });
      return definitionIn(task, stack, sfn.QueryLanguage.JSONATA).States.Train.Arguments.ResourceConfig;
    };
    expect(requestOf('ml.g5.xlarge')).not.toHaveProperty('VolumeKmsKeyId');
    expect(requestOf('{% $states.input.type %}')).toHaveProperty('VolumeKmsKeyId');
  });
});
