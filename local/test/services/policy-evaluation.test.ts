import { evaluatePolicies, evaluateResourcePolicies } from '../../src/services/iam/policy-evaluation';
import { callerOf } from '../../src/services/iam/principals';
import { tagContext } from '../../src/services/iam/request-context';
import { trusts } from '../../src/services/iam/trust-policy';

type Statement = Readonly<Record<string, unknown>>;

const REQUEST = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', context: {} };
const ROLE = 'arn:aws:iam::111122223333:role/path/reader';
const SESSION = 'arn:aws:sts::111122223333:assumed-role/reader/local-mode';

test.each<[what: string, statement: Statement, expected: string]>([
  ['one of several actions', { Action: ['s3:Put*', 's3:Get*'], Resource: '*' }, 'allow'],
  ['one of several resources', { Action: '*', Resource: ['arn:x', 'arn:aws:s3:::b/*'] }, 'allow'],
  ['NotAction that lists the action', { NotAction: ['s3:Put*', 's3:Get*'], Resource: '*' }, 'implicit-deny'],
  ['NotAction that does not list the action', { NotAction: ['s3:Put*', 's3:List*'], Resource: '*' }, 'allow'],
  ['NotResource that lists the resource', { Action: '*', NotResource: ['arn:x', '*/k'] }, 'implicit-deny'],
  ['no action', { Resource: '*' }, 'implicit-deny'],
  ['no resource', { Action: '*' }, 'implicit-deny'],
  ['an unknown effect', { Effect: 'allow', Action: '*', Resource: '*' }, 'implicit-deny'],
  ['a Deny of another action', { Effect: 'Deny', Action: 's3:Put*', Resource: '*' }, 'implicit-deny'],
  [
    'all conditions match',
    { Action: '*', Resource: '*', Condition: { Null: { a: 'true', b: 'true' } } },
    'allow',
  ],
  [
    'one of the keys of a condition operator does not match',
    { Action: '*', Resource: '*', Condition: { Null: { a: 'true', b: 'false' } } },
    'implicit-deny',
  ],
  [
    'one of the conditions does not match',
    { Action: '*', Resource: '*', Condition: { Null: { a: 'true' }, StringEquals: { b: 'x' } } },
    'implicit-deny',
  ],
])('policies of a role: %s', (_, statement, expected) => {
  expect(evaluatePolicies([{ Statement: [{ Effect: 'Allow', ...statement }] }], REQUEST)).toBe(expected);
});

test.each<[principals: Statement, expected: string]>([
  [{ Principal: '*' }, 'allow'],
  [{ Principal: { AWS: '*' } }, 'allow'],
  [{ Principal: { AWS: ROLE } }, 'allow'],
  [{ Principal: { AWS: SESSION } }, 'allow'],
  [{ Principal: { AWS: ['arn:aws:iam::111122223333:role/other', ROLE] } }, 'allow'],
  [{ Principal: { AWS: '111122223333' } }, 'account'],
  [{ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, 'account'],
  [{ Principal: { AWS: ['arn:aws:iam::444455556666:root', '111122223333'] } }, 'account'],
  [{ Principal: { AWS: ['arn:aws:iam::111122223333:root', ROLE] } }, 'allow'],
  [{ Principal: { AWS: 'arn:aws:iam::444455556666:root' } }, 'implicit-deny'],
  [{ Principal: { AWS: 'x:arn:aws:iam::111122223333:root' } }, 'implicit-deny'],
  [{ Principal: { AWS: `${ROLE}s` } }, 'implicit-deny'],
  [{ Principal: { Service: '*' } }, 'implicit-deny'],
  [{ Principal: { CanonicalUser: ROLE } }, 'implicit-deny'],
  [{}, 'implicit-deny'],
  [{ NotPrincipal: { AWS: ROLE } }, 'implicit-deny'],
  [{ NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }, 'implicit-deny'],
  [{ NotPrincipal: { AWS: 'arn:aws:iam::111122223333:role/other' } }, 'allow'],
])('a policy of a resource that allows %j', (principals, expected) => {
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*', ...principals };
  const caller = callerOf({ arn: ROLE });
  expect(evaluateResourcePolicies([{ Statement: [statement] }], caller, REQUEST)).toBe(expected);
  const deny = { ...statement, Effect: 'Deny' };
  const everybody = { ...statement, Principal: '*', NotPrincipal: undefined };
  // A Deny statement that names the account denies every principal in the account.
  expect(evaluateResourcePolicies([{ Statement: [everybody, deny] }], caller, REQUEST)).toBe(
    expected === 'implicit-deny' ? 'allow' : 'explicit-deny',
  );
});

test.each([
  [ROLE, SESSION, '111122223333'],
  [
    'arn:aws-cn:iam::111122223333:role/r',
    'arn:aws-cn:sts::111122223333:assumed-role/r/local-mode',
    '111122223333',
  ],
  ['arn:aws:iam::111122223333:user/local', 'arn:aws:iam::111122223333:user/local', '111122223333'],
])('the session of %s is %s', (arn, sessionArn, accountId) => {
  expect(callerOf({ arn })).toEqual({ arn, sessionArn, accountId });
});

const STATES = ['states.amazonaws.com', 'states.us-east-1.amazonaws.com'];

test.each<[statements: Statement[], expected: boolean]>([
  [[{ Principal: { Service: 'states.amazonaws.com' } }], true],
  [[{ Principal: { Service: ['lambda.amazonaws.com', 'states.us-east-1.amazonaws.com'] } }], true],
  [[{ Principal: { Service: 'lambda.amazonaws.com' } }], false],
  [[{ Principal: { Service: 'states.eu-west-1.amazonaws.com' } }], false],
  [[{ Principal: '*' }], true],
  [[{ Principal: 'states.amazonaws.com' }], false],
  [[{ Principal: { AWS: '*' } }], true],
  [[{ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }], false],
  [[{ Principal: { Federated: '*' } }], false],
  [[{}], false],
  [[{ NotPrincipal: { Service: 'lambda.amazonaws.com' } }], true],
  [[{ NotPrincipal: { Service: 'states.amazonaws.com' } }], false],
  [[{ Principal: '*', Action: 'sts:TagSession' }], false],
  [[{ Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }], true],
  [[{ Principal: '*', Condition: { StringEquals: { 'aws:SourceAccount': '2' } } }], false],
  [[{ Principal: '*' }, { Effect: 'Deny', Principal: '*' }], false],
  [[{ Principal: '*' }, { Effect: 'Deny', Principal: { Service: 'lambda.amazonaws.com' } }], true],
])('the trust policy %j trusts Step Functions: %p', (statements, expected) => {
  const Statement = statements.map((each) => ({ Effect: 'Allow', Action: 'sts:AssumeRole', ...each }));
  expect(trusts({ Statement }, STATES, { 'aws:SourceAccount': '1' })).toBe(expected);
});

test('the tags of a request are condition keys', () => {
  expect(tagContext([])).toEqual({});
  expect(
    tagContext([
      ['team', 'a'],
      ['cost', 'b'],
    ]),
  ).toEqual({
    'aws:TagKeys': ['team', 'cost'],
    'aws:RequestTag/team': 'a',
    'aws:RequestTag/cost': 'b',
  });
});
