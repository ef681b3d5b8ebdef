import { TemplateEvaluator } from '../../src/assembly/intrinsics';
import type { Template } from '../../src/assembly/template';

const ENVIRONMENT = {
  accountId: '123456789012',
  region: 'eu-west-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};

const TEMPLATE: Template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    Count: { Type: 'Number', Default: 3 },
    Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Needed: { Type: 'String' },
    FromSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path' },
  },
  Mappings: { Images: { 'eu-west-1': { account: '141502667606' } } },
  Conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  },
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Sub': 'data-${AWS::AccountId}' } } },
    Function: { Type: 'AWS::Lambda::Function' },
    Key: { Type: 'AWS::KMS::Key' },
    Network: { Type: 'AWS::EC2::Subnet' },
    Exotic: { Type: 'AWS::Exotic::Thing' },
    OnlyProd: { Type: 'AWS::S3::Bucket', Condition: 'IsProd' },
  },
};

const evaluator = new TemplateEvaluator({ stackName: 'Test', template: TEMPLATE, environment: ENVIRONMENT });
const resolve = (value: unknown): unknown => evaluator.resolve(value, 'Here');

test.each([
  ['plain values', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['pseudo parameters', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::StackName' }], ['eu-west-1', 'Test']],
  ['Ref of a parameter', [{ Ref: 'Stage' }, { Ref: 'Count' }, { Ref: 'Zones' }], ['dev', '3', ['a', 'b']]],
  ['Ref of a bucket is its name', { Ref: 'Bucket' }, 'data-123456789012'],
  [
    'GetAtt as list and as string',
    [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, { 'Fn::GetAtt': 'Bucket.Arn' }],
    ['arn:aws:s3:::data-123456789012', 'arn:aws:s3:::data-123456789012'],
  ],
  [
    'GetAtt of a function',
    { 'Fn::GetAtt': ['Function', 'Arn'] },
    'arn:aws:lambda:eu-west-1:123456789012:function:Test-Function',
  ],
  ['Join over nested lists', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
  ['Join over a list parameter', { 'Fn::Join': ['/', { Ref: 'Zones' }] }, 'a/b'],
  [
    'Sub',
    { 'Fn::Sub': ['${X}-${Bucket.Arn}-${!Literal}-${AWS::URLSuffix}', { X: { Ref: 'Stage' } }] },
    'dev-arn:aws:s3:::data-123456789012-${Literal}-amazonaws.com',
  ],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': [':', 'a:b:c'] }] }, 'b'],
  ['FindInMap', { 'Fn::FindInMap': ['Images', { Ref: 'AWS::Region' }, 'account'] }, '141502667606'],
  [
    'FindInMap with a default',
    { 'Fn::FindInMap': ['Images', 'xx', 'account', { DefaultValue: 'none' }] },
    'none',
  ],
  ['If', { 'Fn::If': ['IsDev', 'yes', { Ref: 'Exotic' }] }, 'yes'],
  ['conditions', [{ 'Fn::If': ['Both', 1, 2] }, { 'Fn::If': ['Either', 1, 2] }], [2, 1]],
  [
    'NoValue removes the key or the list element',
    { a: { Ref: 'AWS::NoValue' }, b: [{ 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] }] },
    { b: [] },
  ],
  ['Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
  ['GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'eu-west-1a'],
  ['ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Stage' } } }, '{"a":"dev"}'],
  ['Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
  [
    'a Condition block of an IAM statement',
    { Condition: { StringEquals: { 'aws:x': { Ref: 'Stage' } } } },
    {
      Condition: { StringEquals: { 'aws:x': 'dev' } },
    },
  ],
])('%s', (_name, value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test('ids of unsupported resources look like AWS ids and are stable', () => {
  expect(resolve({ Ref: 'Network' })).toMatch(/^subnet-0[0-9a-f]{16}$/);
  expect(resolve({ 'Fn::GetAtt': ['Key', 'Arn'] })).toMatch(
    /^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f-]{36}$/,
  );
  expect(resolve({ Ref: 'Network' })).toBe(resolve({ Ref: 'Network' }));
});

test.each([
  [{ Ref: 'Nothing' }, /Here\/Ref: the resource "Nothing" is not in the template/],
  [{ Ref: 'OnlyProd' }, /is excluded by its condition/],
  [{ Ref: 'Exotic' }, /"Exotic": resources of type AWS::Exotic::Thing exist only on AWS/],
  [
    { a: { 'Fn::GetAtt': ['Bucket', 'Nope'] } },
    /Here\/a\/Fn::GetAtt: .*attribute "Nope" of "Bucket".*only: Arn/,
  ],
  [{ Ref: 'Needed' }, /parameter "Needed" has no default/],
  [{ Ref: 'FromSsm' }, /cannot read the parameter "FromSsm" from the SSM parameter "\/path"/],
  [{ 'Fn::ImportValue': 'other:Export' }, /exported by another stack/],
  [{ 'Fn::Transform': {} }, /does not support the intrinsic function Fn::Transform/],
  [{ 'Fn::FindInMap': ['Images', 'xx', 'account'] }, /mapping Images has no value for "xx" and "account"/],
  [{ 'Fn::Select': [5, ['a']] }, /index 5 is out of range for a list of 1 items/],
  ['{{resolve:ssm:/a}}', /cannot resolve the dynamic reference/],
])('%j is an error with a location and a reason', (value, message) => {
  expect(() => resolve(value)).toThrow(message);
});

test('resources with a false condition are not listed', () => {
  expect(evaluator.resourcesOfType('AWS::S3::Bucket')).toEqual(['Bucket']);
});
