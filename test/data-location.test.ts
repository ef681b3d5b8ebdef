import { CfnParameter } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { DataLocation, InputData, TuningFragment } from '../lib';
import { flat, stackOf, statementsIn, TUNING } from './fixtures';

test.each([
  ['data/train/', 's3://mine/data/train/', 'data/train/'],
  ['/data/', 's3://mine/data/', 'data/'],
  ['data', 's3://mine/data', 'data'],
])('key %j in a bucket is %s', (key, uri, path) => {
  const location = DataLocation.fromBucket(s3.Bucket.fromBucketName(stackOf(), 'Bucket', 'mine'), key);
  expect(location).toMatchObject({ uri, _key: path, _uriPrefix: uri });
});

test('the prefix of a whole bucket ends with a slash, so that it excludes buckets with longer names', () => {
  const bucket = s3.Bucket.fromBucketName(stackOf(), 'Bucket', 'mine');
  expect(DataLocation.fromBucket(bucket, '')._uriPrefix).toBe('s3://mine/');
  expect(DataLocation.fromUri('s3://mine')._uriPrefix).toBe('s3://mine/');
  expect(DataLocation.fromUri('s3://mine/')._uriPrefix).toBe('s3://mine/');
});

test.each([
  ['s3://mine', 's3://mine/models/', 'models/'],
  ['s3://mine/', 's3://mine/models/', 'models/'],
  ['s3://mine/churn', 's3://mine/churn/models/', 'churn/models/'],
  ['s3://mine/churn/', 's3://mine/churn/models/', 'churn/models/'],
])('a folder below %s', (uri, childUri, childKey) => {
  expect(DataLocation.fromUri(uri)._child('models/')).toMatchObject({ uri: childUri, _key: childKey });
});

test('the role can read the objects below the prefix of the URI and list the bucket', () => {
  // GIVEN
  const stack = stackOf();
  const folder = new CfnParameter(stack, 'Folder').valueAsString;
  // WHEN
  new TuningFragment(stack, 'Tuning', {
    ...TUNING,
    train: InputData.csv(DataLocation.fromUri('s3://mine/train')),
    validation: InputData.csv(DataLocation.fromUri(folder)),
    output: DataLocation.fromUri('s3://models/churn'),
  });
  // THEN
  const [get, put, list] = flat(statementsIn(stack, /TrainingRole/));
  expect(get.Resource).toEqual([
    'arn:<AWS::Partition>:s3:::mine/train*',
    // The key is unknown at synth, so the policy allows all objects of the bucket.
    expect.stringMatching(/^arn:<AWS::Partition>:s3:::<Fn::Select>\/\*$/),
  ]);
  expect(list).toMatchObject({
    Action: ['s3:ListBucket', 's3:GetBucketLocation'],
    Resource: expect.arrayContaining(['arn:<AWS::Partition>:s3:::mine', 'arn:<AWS::Partition>:s3:::models']),
  });
  expect(list).not.toHaveProperty('Condition');
  expect(put.Resource).toBe('arn:<AWS::Partition>:s3:::models/churn/*');
});
