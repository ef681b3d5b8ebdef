import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { ExecutionRunner } from '../../src/executions/execution-runner';
import { expressionOf, type ServiceModel } from '../../src/services/model/validator';
import { ServiceRouter } from '../../src/services/router';
import { validateRequest } from '../../src/services/sagemaker/validation';
import { StatesService } from '../../src/services/step-functions/states-service';
import { TaskTokens } from '../../src/services/task-integrations/task-tokens';
import { boto3Python } from '../boto3';
import { environments } from '../training/support';
import { closeServices, deploymentIn, start, temporaryRoot, trainingRequest, tuningRequest } from './helpers';

const SCRIPT = path.join(__dirname, '../../scripts/generate-service-model.py');
const FOLDER = path.join(__dirname, '../../src/services/model');
const modelOf = (service: string): ServiceModel =>
  JSON.parse(fs.readFileSync(path.join(FOLDER, `${service}-model.json`), 'utf8')) as ServiceModel;
const SERVICES = ['sagemaker', 'states', 'lambda', 's3', 'logs', 'monitoring', 'iam', 'cloudformation'];

afterEach(closeServices);

/** The validation error for a request. */
function refusal(operation: string, input: Record<string, unknown>): unknown {
  try {
    validateRequest(operation, input);
  } catch (error) {
    return { code: (error as { code?: string }).code, message: (error as Error).message };
  }
  return undefined;
}

const violation = (message: string) => ({ code: 'ValidationException', message });
const mistyped = (message: string) => ({ code: 'SerializationException', message });

test('the service models are up to date with the pinned botocore', async () => {
  const python = await boto3Python(environments);
  const run = (...args: string[]) => spawnSync(python, args, { encoding: 'utf8' });
  const { stdout: version } = run('-c', 'import botocore; print(botocore.__version__, end="")');
  // With Python 3.9, pip installs an older botocore, which has fewer operations.
  if (version !== '1.42.97') {
    const { status, stderr } = run(SCRIPT, '--check');
    expect([status, stderr]).toEqual([0, '']);
  }
});

describe.each(SERVICES)('the data of %s', (service) => {
  const model = modelOf(service);

  test('is small and names its source', () => {
    expect(fs.statSync(path.join(FOLDER, `${service}-model.json`)).size).toBeLessThan(100_000);
    expect(model.source).toMatch(/^[\w ]+ \(API version [\d-]+\) in botocore \d/);
  });

  test('has every supported operation', async () => {
    const services = await start();
    const states = new StatesService(deploymentIn(temporaryRoot()), {} as ExecutionRunner, new TaskTokens());
    const error: unknown = await (service === 'states'
      ? new ServiceRouter([states], () => undefined).call(service, 'Nothing', {}, services.user)
      : services.router.call(service, 'Nothing', {}, services.user)
    ).catch((reason: unknown) => reason);
    const operations = /It supports (.*)$/.exec(String(error))?.[1]?.split(', ') ?? [];
    expect(operations).not.toEqual([]);
    expect(operations.filter((name) => model.operations[name] === undefined)).toEqual([]);
  });

  test('has no broken references, and all its patterns can be used', () => {
    for (const [name, { members = {}, member, key, value, pattern }] of Object.entries(model.shapes)) {
      for (const reference of [...Object.values(members), member, key, value]) {
        expect([name, reference === undefined || model.shapes[reference] !== undefined]).toEqual([
          name,
          true,
        ]);
      }
      expect(() => expressionOf(pattern ?? '')).not.toThrow();
    }
  });
});

test.each([
  ['([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)', ['Größe 1', 'a-b@c', ''], ['a#b', 'a\nb']],
  ['arn:[\\p{Alnum}\\-]+:x', ['arn:aws-cn:x'], ['arn:{Alnum}:x', 'arn:ä:x']],
  ['[a-zA-Z0-9\\_\\-]+', ['a_b-c'], ['a b', '\\']],
  ['1Y|Y|([1-9])M', ['1Y', '3M'], ['1Y1', 'x3M']],
  ['.*', ['a b', ''], ['a\nb', 'a\n']],
])('the pattern %s must match the whole string, as in Java', (pattern, good, bad) => {
  expect(good.filter((text) => !expressionOf(pattern).test(text))).toEqual([]);
  expect(bad.filter((text) => expressionOf(pattern).test(text))).toEqual([]);
});

describe('requests', () => {
  const training = trainingRequest('job');
  const channel = training.InputDataConfig[0];

  test.each<[string, string, Record<string, unknown>]>([
    ['a training job', 'CreateTrainingJob', training],
    ['a tuning job', 'CreateHyperParameterTuningJob', tuningRequest('tuning')],
    ['null for an optional member', 'CreateTrainingJob', { ...training, VpcConfig: null }],
    [
      'members that the service does not have',
      'CreateTrainingJob',
      { ...training, Surprise: { deep: true } },
    ],
    ['times as numbers, as AWS clients send them', 'ListTrainingJobs', { CreationTimeAfter: 1.5e9 }],
    [
      'times as strings, as state machines send them',
      'ListTrainingJobs',
      { CreationTimeAfter: '2026-01-01T00:00:00Z' },
    ],
    ['an unknown operation', 'Nothing', { a: 1 }],
    ['a property of every JavaScript object as operation', 'constructor', {}],
  ])('%s: accepted', (_name, operation, input) => {
    expect(refusal(operation, input)).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a pattern',
      { TrainingJobName: '-bad-' },
      "Value '-bad-' at 'trainingJobName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    ],
    [
      'a missing member in an item',
      { InputDataConfig: [channel, { ...channel, ChannelName: undefined }] },
      "Value null at 'inputDataConfig.2.member.channelName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an item that is null',
      { Tags: [null] },
      "Value null at 'tags.1.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a number',
      { StoppingCondition: { MaxRuntimeInSeconds: 0 } },
      "Value '0' at 'stoppingCondition.maxRuntimeInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'an empty list',
      { InputDataConfig: [] },
      "Value '[]' at 'inputDataConfig' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'an enum',
      {
        ResourceConfig: { ...training.ResourceConfig, VolumeSizeInGB: 1, InstanceCount: 1 },
        OutputDataConfig: { ...training.OutputDataConfig, CompressionType: 'ZIP' },
      },
      "Value 'ZIP' at 'outputDataConfig.compressionType' failed to satisfy constraint: Member must satisfy enum value set: [GZIP, NONE]",
    ],
    [
      'items of a plain list',
      { VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1', 'no good'] } },
      "Value '[sg-1, no good]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 32, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [-0-9a-zA-Z]+]",
    ],
    [
      'values of a map',
      { HyperParameters: { a: '1', b: 'two\nlines' } },
      "Value '{a=1, b=two\nlines}' at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2500, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: .*]",
    ],
    [
      'keys of a map',
      { Environment: { '1X': 'v' } },
      "Value '{1X=v}' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 512, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*]",
    ],
  ])("%s: refused with AWS's wording", (_name, change, message) => {
    expect(refusal('CreateTrainingJob', { ...training, ...change })).toEqual(
      violation(`1 validation error detected: ${message}`),
    );
  });

  test('instance types that training jobs do not have are refused', () => {
    const ResourceConfig = { InstanceType: 'ml.m6g.huge', InstanceCount: 1, VolumeSizeInGB: 10 };
    expect(refusal('CreateTrainingJob', { ...training, ResourceConfig })).toEqual(
      violation(
        expect.stringMatching(/^1 .*'ml.m6g.huge' at 'resourceConfig.instanceType'.*\[.*ml.m5.large,/),
      ),
    );
  });

  test('all violations are reported together', () => {
    expect(refusal('CreateTrainingJob', { ...training, TrainingJobName: '', RoleArn: undefined })).toEqual(
      violation(
        expect.stringMatching(
          /^3 validation errors detected: Value '' at 'trainingJobName' .* equal to 1; Value '' at .* pattern: .*; Value null at 'roleArn' /,
        ),
      ),
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a number',
      { HyperParameters: { x: 1 } },
      "NUMBER_VALUE can not be converted to a String (at 'hyperParameters.x')",
    ],
    [
      'a fraction',
      { RetryStrategy: { MaximumRetryAttempts: 1.5 } },
      "DECIMAL_VALUE can not be converted to an Integer (at 'retryStrategy.maximumRetryAttempts')",
    ],
    [
      'a text',
      { EnableNetworkIsolation: 'true' },
      "STRING_VALUE can not be converted to a Boolean (at 'enableNetworkIsolation')",
    ],
    [
      'null',
      { HyperParameters: { x: null } },
      "NULL_VALUE can not be converted to a String (at 'hyperParameters.x')",
    ],
    ['a list', { TrainingJobName: ['a'] }, "Start of list found where not expected (at 'trainingJobName')"],
    ['an object', { Tags: {} }, "Start of structure or map found where not expected (at 'tags')"],
    ['a plain value', { Tags: [1] }, "Unexpected field type (at 'tags.1.member')"],
  ])('%s in place of another type is refused before any other violation', (_name, change, message) => {
    const input = { ...training, TrainingJobName: '-bad-', ...change };
    expect(refusal('CreateTrainingJob', input)).toEqual(mistyped(message));
  });

  test.each<[string, Record<string, unknown>, RegExp | undefined]>([
    ['no wait', { StoppingCondition: { MaxRuntimeInSeconds: 60 } }, undefined],
    [
      'a wait without spot capacity',
      {},
      /It is only supported when EnableManagedSpotTraining is set to true$/,
    ],
    ['a wait for spot capacity', { EnableManagedSpotTraining: true }, undefined],
    [
      'a wait shorter than the training',
      {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 90, MaxWaitTimeInSeconds: 80 },
      },
      /equal to or greater than MaxRuntimeInSeconds \(90\), got 80$/,
    ],
  ])('%s', (_name, change, message) => {
    const limits = { StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 } };
    const { TrainingJobDefinition: definition, ...tuning } = tuningRequest('tuning');
    const changed = { ...definition, ...limits, ...change };
    for (const outcome of [
      refusal('CreateTrainingJob', { ...training, ...limits, ...change }),
      refusal('CreateHyperParameterTuningJob', { ...tuning, TrainingJobDefinition: changed }),
      refusal('CreateHyperParameterTuningJob', { ...tuning, TrainingJobDefinitions: [definition, changed] }),
    ]) {
      expect(outcome).toEqual(
        message === undefined ? undefined : violation(expect.stringMatching(message) as unknown as string),
      );
    }
  });
});
