import { Duration, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Algorithm, DataLocation, InputData, TuningWorkflow, XGBoostVersion } from '../../lib';
import { autoMlWorkflow } from '../automl/fixtures';
import { stackOf, workflow } from '../fixtures';
import { js, type Row, refused } from './fixtures';

const inWorkflow = (what: string, props: object, message: string): Row => [
  what,
  () => workflow(js(props)),
  message,
];

describe('TuningWorkflow', () => {
  const brought = () => s3.Bucket.fromBucketName(stackOf(), 'Mine', 'mine');
  refused([
    [
      'no props',
      () => new TuningWorkflow(stackOf(), 'T', js(undefined)),
      'props: is required: give an object',
    ],
    inWorkflow('a bucket as a string', { bucket: 'models' }, 'bucket: must be an S3 bucket, got "models"'),
    inWorkflow('a number as a prefix', { trainPrefix: 7 }, 'trainPrefix: must be a string, got 7'),
    inWorkflow(
      'data and its prefix',
      { train: InputData.csv(DataLocation.fromUri('s3://lake/train/')), trainPrefix: 'train/' },
      'trainPrefix: is not used when train is given',
    ),
    inWorkflow(
      'the whole bucket for validation',
      { validationPrefix: '/' },
      'validationPrefix: must be a folder such as input/validation/, got "/"',
    ),
    inWorkflow('a prefix that is null', { inputPrefix: null }, 'inputPrefix: must be a string, got null'),
    inWorkflow(
      'the whole bucket for output',
      { outputPrefix: '' },
      'outputPrefix: must be a folder such as output/',
    ),
    inWorkflow(
      'a wildcard for output',
      { outputPrefix: '*' },
      'output: must not contain *, ? or ${, got "s3://<bucket>/*/"',
    ),
    inWorkflow('a wildcard for data', { inputPrefix: '*/' }, 'must not contain *, ? or ${'),
    inWorkflow(
      'an imported alias as key',
      { encryptionKey: kms.Alias.fromAliasName(stackOf(), 'Key', 'alias/mine') },
      'encryptionKey: must be a key, got an imported alias: the library cannot grant permissions for the key of an imported alias',
    ),
    inWorkflow(
      'slashes for output',
      { outputPrefix: '//' },
      'outputPrefix: must be a folder such as output/',
    ),
    inWorkflow(
      'output within the data',
      { outputPrefix: 'input/train/models' },
      'train: must not contain output',
    ),
    inWorkflow(
      'a retention of 0 days',
      { trialRetention: Duration.days(0) },
      'trialRetention: must be a whole number of at least 1',
    ),
    inWorkflow(
      'a retention in hours',
      { trialRetention: Duration.hours(36) },
      'trialRetention: must be a whole number of at least 1, got 1.5',
    ),
    inWorkflow('a retention as a number', { trialRetention: 30 }, 'trialRetention: must be a Duration'),
    inWorkflow(
      'a retention for another bucket',
      { bucket: brought(), trialRetention: Duration.days(3) },
      'trialRetention: applies only to a new bucket',
    ),
    inWorkflow(
      'an unknown removal policy',
      { removalPolicy: 'delete' },
      'removalPolicy: must be one of destroy, retain',
    ),
    inWorkflow(
      'a name with spaces',
      { stateMachineName: 'my machine' },
      'stateMachineName: must be 1 to 80 letters',
    ),
    inWorkflow(
      'a number as a hyperparameter',
      { hyperparameters: { num_round: 100 } },
      'hyperparameters.num_round: must be a string',
    ),
    [
      'a version as a string',
      () => workflow({ algorithm: Algorithm.xgboost({ version: js('3.2-0') }) }),
      'Algorithm.xgboost: 1 problem found:\n  - version: must be an XGBoostVersion',
    ],
    ['a version that is a number', () => XGBoostVersion.of(js(3)), 'version: must be a string, got 3'],
  ]);
});

describe.each([
  ['TuningWorkflow', (props: object) => workflow(props)],
  ['AutoMlWorkflow', (props: object) => autoMlWorkflow(props)],
])('waits and logs of %s', (_name, make) => {
  const row = (what: string, props: object, message: string): Row => [what, () => make(js(props)), message];
  refused([
    row(
      'a wait of more than a day',
      { maxQuotaWait: Duration.seconds(86_401) },
      'maxQuotaWait: must be a whole number from 0 to 86400, got 86401 (seconds)',
    ),
    row('part of a second', { maxQuotaWait: Duration.millis(1) }, 'maxQuotaWait: must be a whole number'),
    row('a wait as a number', { maxQuotaWait: 3600 }, 'maxQuotaWait: must be a Duration, such as'),
    row('a wait as text', { maxQuotaWait: 'PT1H' }, 'maxQuotaWait: must be a Duration'),
    row('a wait that is null', { maxQuotaWait: null }, 'maxQuotaWait: must be a Duration, such as'),
    row(
      'a wait that is a token',
      { maxQuotaWait: Duration.hours(Lazy.number({ produce: () => 1 })) },
      'maxQuotaWait: must be known at synth, got a token',
    ),
    row('an unknown log retention', { logRetention: 2 }, 'logRetention: must be one of 1, 3, 5, 7'),
    row('a log retention of 0', { logRetention: 0 }, 'logRetention: must be one of 1, 3, 5, 7'),
    row(
      'a log retention as a Duration',
      { logRetention: Duration.days(7) },
      'logRetention: must be one of 1',
    ),
    row('a log retention as a string', { logRetention: 'ONE_WEEK' }, 'logRetention: must be one of 1'),
    row(
      'a log retention that is a token',
      { logRetention: Lazy.number({ produce: () => 7 }) },
      'logRetention: must be one of 1',
    ),
    row(
      'an unknown policy for logs',
      { logRemovalPolicy: 'keep' },
      'logRemovalPolicy: must be one of destroy, retain',
    ),
    row(
      'a snapshot of logs',
      { logRemovalPolicy: RemovalPolicy.SNAPSHOT },
      'logRemovalPolicy: must be one of destroy, retain, retain-on-update-or-delete, got "snapshot"',
    ),
    row(
      'a snapshot of the bucket',
      { removalPolicy: RemovalPolicy.SNAPSHOT },
      'removalPolicy: must be one of destroy, retain, retain-on-update-or-delete, got "snapshot"',
    ),
    row('a policy in capitals', { logRemovalPolicy: 'RETAIN' }, 'logRemovalPolicy: must be one of destroy'),
    row('a flag as a policy', { logRemovalPolicy: true }, 'logRemovalPolicy: must be one of destroy'),
  ]);

  test('a maxQuotaWait of zero is accepted', () => {
    expect(() => make({ maxQuotaWait: Duration.seconds(0) })).not.toThrow();
  });
});
