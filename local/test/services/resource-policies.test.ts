import type { Deployment, RoleResource } from '../../src/assembly';
import type { Principal, RunningServices } from '../../src/services';
import {
  BUCKET,
  closeServices,
  deploymentIn,
  start,
  TRAINING_ROLE,
  temporaryRoot,
  trainingRequest,
  until,
} from './helpers';

afterEach(closeServices);

type Statement = Record<string, unknown>;

const ACCOUNT = 'arn:aws:iam::123456789012:root';
const READER = 'arn:aws:iam::123456789012:role/path/reader';
const KEY = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OBJECT = `arn:aws:s3:::${BUCKET}/*`;

function statement(effect: 'Allow' | 'Deny', principal: unknown, rest: Statement = {}): Statement {
  return { Effect: effect, Principal: principal, Action: 's3:*', Resource: OBJECT, ...rest };
}

const allow = (...actions: string[]): Statement => ({ Effect: 'Allow', Action: actions, Resource: '*' });

function role(arn: string, statements: Statement[]): RoleResource {
  const trust = {
    Effect: 'Allow',
    Principal: { Service: 'sagemaker.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  return {
    logicalId: 'Role',
    name: arn.split('/').at(-1) ?? '',
    arn,
    trustPolicy: { Statement: [trust] },
    policies: [{ Statement: statements }],
  };
}

interface Policies {
  readonly mayReader?: Statement[];
  readonly mayTraining?: Statement[];
  readonly bucket?: Statement[];
  /** Statements in the policy of the bucket's KMS key. */
  readonly key?: Statement[];
  readonly alias?: string;
}

function deployment({ mayReader = [], mayTraining = [], bucket = [], key, alias }: Policies): Deployment {
  const made = deploymentIn(temporaryRoot(), {
    roles: [role(READER, mayReader), role(TRAINING_ROLE, mayTraining)],
    keys: key
      ? [{ logicalId: 'Key', arn: KEY, policy: { Statement: key }, aliases: alias ? [alias] : [] }]
      : [],
  });
  const encryption = { keyId: alias ?? KEY, bucketKey: false };
  const buckets = made.buckets.map((each) => ({
    ...each,
    policies: [{ Statement: bucket }],
    ...(key && { encryption }),
  }));
  return { ...made, buckets };
}

/** The outcome of reading an object: `read`, or the reason for the denial. */
async function read(policies: Policies, as: 'reader' | 'person' = 'reader'): Promise<string> {
  return operate(policies, 'GetObject', { Bucket: BUCKET, Key: 'input/train.csv' }, as);
}

async function operate(
  policies: Policies,
  operation: string,
  input: Record<string, unknown>,
  as: 'reader' | 'person' = 'reader',
): Promise<string> {
  const services = await start({ deployment: deployment(policies) });
  const caller = as === 'person' ? services.user : { arn: READER };
  try {
    const { Body: body } = (await services.router.call('s3', operation, input, caller)) as {
      Body?: { destroy(): void };
    };
    body?.destroy();
    return 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

const DENIED = 'with an explicit deny in a resource-based policy';
const NOT_ALLOWED = 'because no identity-based policy allows';

describe('bucket policies', () => {
  const mayRead = [allow('s3:GetObject')];

  test.each<[string, Policies, string]>([
    ['no bucket policy', { mayReader: mayRead }, 'done'],
    ['no policy that allows it', {}, NOT_ALLOWED],
    ['the role named', { bucket: [statement('Allow', { AWS: READER })] }, 'done'],
    ['everybody', { bucket: [statement('Allow', '*')] }, 'done'],
    ['everybody as a list', { bucket: [statement('Allow', { AWS: ['*'] })] }, 'done'],
    [
      'the account, so that the policies of the role decide',
      { bucket: [statement('Allow', { AWS: ACCOUNT })] },
      NOT_ALLOWED,
    ],
    ['another role', { bucket: [statement('Allow', { AWS: `${READER}-2` })] }, NOT_ALLOWED],
    ['a service', { bucket: [statement('Allow', { Service: 'logging.s3.amazonaws.com' })] }, NOT_ALLOWED],
    ['another object', { bucket: [statement('Allow', '*', { Resource: `${OBJECT}.txt` })] }, NOT_ALLOWED],
    ['Deny for everybody', { mayReader: mayRead, bucket: [statement('Deny', { AWS: '*' })] }, DENIED],
    [
      'Deny for the account',
      { mayReader: mayRead, bucket: [statement('Deny', { AWS: '123456789012' })] },
      DENIED,
    ],
    [
      'Deny for another role',
      { mayReader: mayRead, bucket: [statement('Deny', { AWS: TRAINING_ROLE })] },
      'done',
    ],
    [
      'Deny for all but others',
      {
        mayReader: mayRead,
        bucket: [{ ...statement('Deny', ''), Principal: undefined, NotPrincipal: { AWS: TRAINING_ROLE } }],
      },
      DENIED,
    ],
    [
      'Deny for all principals except the role',
      {
        mayReader: mayRead,
        bucket: [{ ...statement('Deny', ''), Principal: undefined, NotPrincipal: { AWS: [READER] } }],
      },
      'done',
    ],
    [
      'Deny for requests without TLS: calls to the endpoint count as TLS',
      {
        mayReader: mayRead,
        bucket: [
          statement('Deny', '*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          statement('Deny', '*', { Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }),
        ],
      },
      'done',
    ],
    [
      'Deny with a condition on the caller',
      {
        mayReader: mayRead,
        bucket: [
          statement('Deny', '*', {
            Condition: { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/path/*' } },
          }),
        ],
      },
      DENIED,
    ],
  ])('%s', async (_name, policies, expected) => {
    expect(await read(policies)).toContain(expected);
  });

  test("a Deny also applies to the user, with AWS's message", async () => {
    expect(await read({}, 'person')).toBe('done');
    expect(await read({ bucket: [statement('Deny', '*')] }, 'person')).toBe(
      `User: arn:aws:iam::123456789012:user/local is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::${BUCKET}/input/train.csv ${DENIED}`,
    );
  });

  test('writes can be required to use an encryption', async () => {
    const unencrypted = { StringNotEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } };
    const policies = {
      mayReader: [allow('s3:PutObject')],
      bucket: [statement('Deny', '*', { Action: 's3:PutObject', Condition: unencrypted })],
    };
    const put = { Bucket: BUCKET, Key: 'k', Body: Buffer.from('') };
    expect(await operate(policies, 'PutObject', put)).toContain(DENIED);
    expect(await operate(policies, 'PutObject', { ...put, ServerSideEncryption: 'aws:kms' })).toBe('done');
  });

  test('apply to the data of training jobs', async () => {
    const denied = statement('Deny', { AWS: TRAINING_ROLE }, { Action: 's3:GetObject' });
    expect(await train({ mayTraining: [allow('s3:*', 'ecr:*')], bucket: [denied] })).toContain(
      `s3:GetObject on resource: arn:aws:s3:::${BUCKET}/input/train.csv ${DENIED}`,
    );
  });
});

describe('KMS keys', () => {
  const byIam = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'kms:*', Resource: '*' };
  const mayRead = allow('s3:*');

  test.each<[string, Policies, string]>([
    ['the role may use it', { mayReader: [mayRead, allow('kms:Decrypt')], key: [byIam] }, 'done'],
    [
      'by an alias',
      { mayReader: [mayRead], key: [byIam], alias: 'alias/data' },
      `kms:Decrypt on resource: ${KEY}`,
    ],
    ['the role may not', { mayReader: [mayRead], key: [byIam] }, `${NOT_ALLOWED} the kms:Decrypt action`],
    [
      'the key does not delegate to IAM policies',
      { mayReader: [mayRead, allow('kms:*')], key: [] },
      'because no resource-based policy allows the kms:Decrypt action',
    ],
    [
      'the key names the role',
      { mayReader: [mayRead], key: [{ ...byIam, Principal: { AWS: READER }, Action: 'kms:Decrypt' }] },
      'done',
    ],
    [
      'the key allows everyone, but only through S3 and for this object',
      {
        mayReader: [mayRead],
        key: [
          {
            ...byIam,
            Principal: { AWS: '*' },
            Condition: {
              StringEquals: {
                'kms:ViaService': 's3.us-east-1.amazonaws.com',
                'kms:CallerAccount': '123456789012',
                'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${BUCKET}/input/train.csv`,
              },
            },
          },
        ],
      },
      'done',
    ],
    [
      'the key denies it',
      { mayReader: [mayRead, allow('kms:*')], key: [byIam, { ...byIam, Effect: 'Deny', Principal: '*' }] },
      DENIED,
    ],
  ])('for reading: %s', async (_name, policies, expected) => {
    expect(await read(policies)).toContain(expected);
  });

  test('writing requires kms:GenerateDataKey, and an upload in parts also requires kms:Decrypt', async () => {
    const put = { Bucket: BUCKET, Key: 'k', Body: Buffer.from('') };
    const may = (...actions: string[]) => ({ mayReader: [mayRead, allow(...actions)], key: [byIam] });
    expect(await operate(may('kms:Decrypt'), 'PutObject', put)).toContain('kms:GenerateDataKey');
    expect(await operate(may('kms:GenerateDataKey'), 'PutObject', put)).toBe('done');
    expect(await operate(may('kms:GenerateDataKey'), 'CreateMultipartUpload', put)).toContain('kms:Decrypt');
    // Another KMS key, which is not the bucket's key and is not in the deployment.
    const otherKey = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KEY.replace('1234abcd', '5678abcd') };
    expect(await operate(may('kms:Decrypt'), 'PutObject', { ...put, ...otherKey })).toContain('key/5678abcd');
    expect(await operate(may('kms:Decrypt'), 'PutObject', { ...put, ServerSideEncryption: 'AES256' })).toBe(
      'done',
    );
  });

  test('an object and the parts of an upload keep the key they were written with', async () => {
    const otherKey = KEY.replace('1234abcd', '5678abcd');
    const own = { Bucket: BUCKET, ServerSideEncryption: 'aws:kms', SSEKMSKeyId: otherKey };
    const mayUseBucketKey = allow('s3:*', 'kms:*');
    const onlyBucketKey = {
      mayReader: [{ ...mayUseBucketKey, Resource: ['arn:aws:s3:::*', KEY] }],
      key: [byIam],
    };
    const services = await start({ deployment: deployment(onlyBucketKey) });
    const call = (operation: string, input: Record<string, unknown>, as: Principal): Promise<unknown> =>
      services.router.call('s3', operation, input, as);
    const [reader, at] = [{ arn: READER }, { Bucket: BUCKET, Key: 'own' }];
    await call('PutObject', { ...own, Key: 'own', Body: 'x' }, services.user);
    await expect(call('GetObject', at, reader)).rejects.toThrow('key/5678abcd');
    await expect(call('HeadObject', at, reader)).resolves.toMatchObject({ SSEKMSKeyId: otherKey });
    const upload = { ...own, Key: 'parts' };
    const { UploadId } = (await call('CreateMultipartUpload', upload, services.user)) as { UploadId: string };
    const part = { Bucket: BUCKET, Key: 'parts', UploadId, PartNumber: 1, Body: 'x' };
    await expect(call('UploadPart', part, reader)).rejects.toThrow('key/5678abcd');
    await call('PutObject', { ...at, Body: 'x' }, reader);
    await expect(call('HeadObject', { ...at, ChecksumMode: 'ENABLED' }, reader)).resolves.toMatchObject({
      SSEKMSKeyId: KEY,
    });
  });

  test('a copy requires permission to decrypt its source', async () => {
    const copy = { Bucket: BUCKET, Key: 'k', CopySource: `${BUCKET}/input/train.csv` };
    const policies = { mayReader: [mayRead, allow('kms:GenerateDataKey')], key: [byIam] };
    expect(await operate(policies, 'CopyObject', copy)).toContain('kms:Decrypt');
  });

  test('of artifacts and volumes require permissions of the training role', async () => {
    const data = [mayRead, allow('ecr:*', 'kms:Decrypt')];
    const output = { OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/`, KmsKeyId: KEY } };
    expect(await train({ mayTraining: data, key: [byIam] }, output)).toMatch(/kms:Encrypt on resource/);
    const write = allow('kms:Encrypt', 'kms:GenerateDataKey');
    expect(await train({ mayTraining: [...data, write], key: [byIam] }, output)).toBe('Completed');

    const { ResourceConfig } = trainingRequest('x');
    const volume = { ResourceConfig: { ...ResourceConfig, VolumeKmsKeyId: KEY } };
    const use = allow('kms:GenerateDataKey', 'kms:DescribeKey', 'kms:GenerateDataKeyWithoutPlaintext');
    const grant = {
      ...allow('kms:CreateGrant'),
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    };
    expect(await train({ mayTraining: [...data, use], key: [byIam] }, volume)).toMatch(
      /^ClientError: Cannot use the KMS key of ResourceConfig\..*kms:CreateGrant/,
    );
    expect(await train({ mayTraining: [...data, use, grant], key: [byIam] }, volume)).toBe('Completed');
  });
});

/** The outcome of a training job: its failure reason, or else its status. */
async function train(policies: Policies, changes: object = {}): Promise<string> {
  const services: RunningServices = await start({ deployment: deployment(policies) });
  const request = { ...trainingRequest('job'), ...changes };
  await services.router.call('sagemaker', 'CreateTrainingJob', request, services.user);
  const job = await until(
    () => services.jobs.training.get('job')?.description,
    (description) => ['Completed', 'Failed'].includes(description?.TrainingJobStatus ?? ''),
  );
  return job?.FailureReason ?? String(job?.TrainingJobStatus);
}
