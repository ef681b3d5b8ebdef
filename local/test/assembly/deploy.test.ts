import * as fs from 'node:fs';
import * as path from 'node:path';
import * as cdk from 'aws-cdk-lib';
import {
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_s3 as s3,
  aws_s3_deployment as s3deploy,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { zipSync } from 'fflate';
import { readAssembly } from '../../src/assembly/cloud-assembly';
import { deploy } from '../../src/assembly/deploy';
import { deployStack, folderWith, removeTemporaryFolders, synthesize, temporaryFolder } from './helpers';

afterAll(removeTemporaryFolders);

function listFiles(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

describe('environment', () => {
  const oneBucket = (stack: cdk.Stack): void => {
    new s3.Bucket(stack, 'Bucket');
  };

  test('an environment-agnostic stack goes to the default account and region', () => {
    expect(deployStack(oneBucket).environment).toEqual({
      accountId: '123456789012',
      region: 'us-east-1',
      partition: 'aws',
      urlSuffix: 'amazonaws.com',
    });
  });

  test('the region determines the partition and the URL suffix', () => {
    const env = { account: '111122223333', region: 'cn-north-1' };
    expect(deployStack(oneBucket, { env }).environment).toEqual({
      accountId: '111122223333',
      region: 'cn-north-1',
      partition: 'aws-cn',
      urlSuffix: 'amazonaws.com.cn',
    });
  });
});

describe('buckets and their deployed contents', () => {
  function withData(source: string, props: Partial<s3deploy.BucketDeploymentProps> = {}) {
    return (stack: cdk.Stack): void => {
      const bucket = new s3.Bucket(stack, 'Data', {
        autoDeleteObjects: true,
        removalPolicy: cdk.RemovalPolicy.DESTROY,
      });
      new s3deploy.BucketDeployment(stack, 'Deploy', {
        sources: [
          s3deploy.Source.asset(source),
          s3deploy.Source.jsonData('made/info.json', { bucket: bucket.bucketName }),
        ],
        destinationBucket: bucket,
        destinationKeyPrefix: 'input',
        ...props,
      });
      new cdk.CfnOutput(stack, 'BucketName', { value: bucket.bucketName });
    };
  }

  test('files of a temporary folder are linked into the bucket instead of copied, each only once', () => {
    const data = folderWith({ 'a.csv': '1,2' });
    const assembly = synthesize((app) => {
      const stack = new cdk.Stack(app, 'Test');
      const destinationBucket = new s3.Bucket(stack, 'Data');
      for (const destinationKeyPrefix of ['one', 'two']) {
        const sources = [s3deploy.Source.asset(data)];
        new s3deploy.BucketDeployment(stack, destinationKeyPrefix, {
          sources,
          destinationBucket,
          destinationKeyPrefix,
        });
      }
    });
    const sharedFiles = (parent?: string) => {
      const options = parent === undefined ? {} : { temporaryFolder: parent };
      const folder = deploy(readAssembly(assembly), temporaryFolder(), options).buckets[0]?.folder ?? '';
      return ['one', 'two'].filter((prefix) => fs.statSync(path.join(folder, prefix, 'a.csv')).nlink > 1);
    };
    expect(sharedFiles()).toEqual([]);
    expect(sharedFiles(temporaryFolder())).toEqual([]);
    expect(sharedFiles(assembly)).toEqual(['one']);
  });

  test('asset files and deploy-time data end up under the prefix', () => {
    const { buckets, outputs } = deployStack(
      withData(folderWith({ 'train/a.csv': '1,2', 'skip.tmp': '' }), { exclude: ['*.tmp'] }),
    );
    const [bucket] = buckets;
    expect(bucket).toMatchObject({ name: expect.stringMatching(/^test-data[0-9a-f]{8}$/) });
    expect(outputs['BucketName']).toBe(bucket?.name);
    expect(listFiles(bucket?.folder ?? '')).toEqual(['input/made/info.json', 'input/train/a.csv']);
    expect(
      JSON.parse(fs.readFileSync(path.join(bucket?.folder ?? '', 'input/made/info.json'), 'utf8')),
    ).toEqual({
      bucket: bucket?.name,
    });
  });

  test('a second deployment keeps results of runs and removes files of the first deployment', () => {
    const root = temporaryFolder();
    const first = deployStack(withData(folderWith({ 'old.csv': '1' })), { root });
    const folder = first.buckets[0]?.folder ?? '';
    fs.writeFileSync(path.join(folder, 'input', 'by-a-run.csv'), 'keep');
    const second = deployStack(withData(folderWith({ 'new.csv': '2' })), { root });
    expect(second.buckets).toEqual(first.buckets);
    expect(listFiles(folder)).toEqual(['input/by-a-run.csv', 'input/made/info.json', 'input/new.csv']);
  });

  test('unchanged data is not rewritten, and new data replaces it atomically', () => {
    const root = temporaryFolder();
    const deployData = (content: string) =>
      path.join(
        deployStack(withData(folderWith({ 'a.csv': content })), { root }).buckets[0]?.folder ?? '',
        'input/a.csv',
      );
    const file = deployData('1');
    const reader = fs.openSync(file, 'r');
    const { ino } = fs.statSync(file);
    deployData('1');
    expect(fs.statSync(file).ino).toBe(ino);
    deployData('22');
    // A reader that opened the old file still sees its content.
    expect(fs.readFileSync(reader, 'utf8')).toBe('1');
    fs.closeSync(reader);
    expect(fs.readFileSync(file, 'utf8')).toBe('22');
  });

  test('without prune, earlier files are kept; without extract, the archive itself is the object', () => {
    const root = temporaryFolder();
    deployStack(withData(folderWith({ 'old.csv': '1' }), { prune: false }), { root });
    const { buckets } = deployStack(withData(folderWith({ 'new.csv': '2' }), { prune: false }), { root });
    expect(listFiles(buckets[0]?.folder ?? '')).toContain('input/old.csv');

    const archived = deployStack((stack) => {
      new s3deploy.BucketDeployment(stack, 'Deploy', {
        sources: [s3deploy.Source.asset(folderWith({ 'a.csv': '1' }))],
        destinationBucket: new s3.Bucket(stack, 'Data'),
        extract: false,
      });
    });
    expect(listFiles(archived.buckets[0]?.folder ?? '')).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}\.zip$/),
    ]);
  });

  test.each(['../escape', 'a/../../escape', '..\\escape'])(
    'the prefix "%s" cannot leave the bucket',
    (prefix) => {
      const build = withData(folderWith({ 'a.csv': '1' }), { destinationKeyPrefix: prefix });
      expect(() => deployStack(build)).toThrow(/leads outside of/);
    },
  );

  test('a bucket name cannot leave the folder of buckets', () => {
    const build = (stack: cdk.Stack): void => {
      new cdk.CfnResource(stack, 'Bad', { type: 'AWS::S3::Bucket', properties: { BucketName: '../../bad' } });
    };
    expect(() => deployStack(build)).toThrow(
      /Resources\/Bad\/Properties\/BucketName: "..\/..\/bad" is not a bucket name/,
    );
  });

  test('an archive cannot write outside of its folder', () => {
    const zip = path.join(folderWith({}), 'evil.zip');
    fs.writeFileSync(zip, zipSync({ '../evil.txt': Buffer.from('x') }));
    expect(() => deployStack(withData(zip))).toThrow(/"..\/evil.txt" leads outside of/);
  });
});

test('a nested stack is left out with a warning', () => {
  const warnings: string[] = [];
  deployStack(
    (stack) => {
      new s3.Bucket(new cdk.NestedStack(stack, 'Inner'), 'Bucket');
    },
    { onWarning: (warning) => warnings.push(warning) },
  );
  expect(warnings).toEqual([
    expect.stringMatching(/^Resources\/Inner.*: local mode does not deploy nested stacks/),
  ]);
});

describe('functions', () => {
  test('deploying new code keeps the old code, which another process may be running', () => {
    const root = temporaryFolder();
    const deployCode = (code: string) =>
      deployStack(
        (stack) => {
          new lambda.Function(stack, 'Fn', {
            runtime: lambda.Runtime.NODEJS_22_X,
            handler: 'index.handler',
            code: lambda.Code.fromAsset(folderWith({ 'index.js': code })),
          });
        },
        { root },
      ).functions[0]?.folder ?? '';
    const first = deployCode('exports.handler = 1');
    const { ino } = fs.statSync(path.join(first, 'index.js'));
    const second = deployCode('exports.handler = 2');
    expect(deployCode('exports.handler = 1')).toBe(first);
    expect(fs.statSync(path.join(first, 'index.js')).ino).toBe(ino);
    expect(fs.readFileSync(path.join(second, 'index.js'), 'utf8')).toBe('exports.handler = 2');
    expect(fs.readdirSync(path.dirname(first)).sort()).toEqual(
      [first, second].map((each) => path.basename(each)).sort(),
    );
  });

  test('folder assets, zip files and inline code are unpacked', () => {
    const zip = path.join(folderWith({}), 'code.zip');
    fs.writeFileSync(zip, zipSync({ 'lib/main.js': Buffer.from('exports.run = 1') }));
    const runtime = lambda.Runtime.NODEJS_22_X;
    const { functions, roles, environment } = deployStack((stack) => {
      new lambda.Function(stack, 'Folder', {
        runtime,
        handler: 'index.handler',
        code: lambda.Code.fromAsset(folderWith({ 'index.js': 'exports.handler = 1' })),
        environment: { WHERE: stack.region },
        timeout: cdk.Duration.seconds(60),
        memorySize: 256,
      });
      new lambda.Function(stack, 'Zip', {
        runtime,
        handler: 'lib/main.run',
        code: lambda.Code.fromAsset(zip),
      });
      new lambda.Function(stack, 'Inline', {
        runtime,
        handler: 'index.handler',
        code: lambda.Code.fromInline('exports.handler = 2'),
      });
    });
    const [folder, zipped, inline] = functions;
    expect(folder).toMatchObject({
      name: expect.stringMatching(/^Test-Folder/),
      handler: 'index.handler',
      environment: { WHERE: environment.region },
      timeoutSeconds: 60,
      memoryMegabytes: 256,
      roleArn: roles[0]?.arn,
    });
    expect(listFiles(folder?.folder ?? '')).toEqual(['index.js']);
    expect(listFiles(zipped?.folder ?? '')).toEqual(['lib/main.js']);
    expect(zipped?.timeoutSeconds).toBe(3);
    expect(listFiles(inline?.folder ?? '')).toEqual(['index.js']);
  });

  test('a function that needs a resource that exists only on AWS is left out with a warning', () => {
    const warnings: string[] = [];
    const { functions } = deployStack(
      (stack) => {
        const exotic = new cdk.CfnResource(stack, 'Exotic', { type: 'AWS::Exotic::Thing' });
        new lambda.Function(stack, 'F', {
          runtime: lambda.Runtime.NODEJS_22_X,
          handler: 'index.handler',
          code: lambda.Code.fromInline('x'),
          environment: { EXOTIC: exotic.ref },
        });
      },
      { onWarning: (message) => warnings.push(message) },
    );
    expect(functions).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/the function "F.*" cannot be invoked: .*AWS::Exotic::Thing/),
    ]);
  });
});

test('roles have their inline, attached, managed and AWS managed policies', () => {
  const warnings: string[] = [];
  const { roles, buckets } = deployStack(
    (stack) => {
      const bucket = new s3.Bucket(stack, 'Data');
      const role = new iam.Role(stack, 'Role', {
        assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
        path: '/training/',
        inlinePolicies: {
          inline: new iam.PolicyDocument({
            statements: [new iam.PolicyStatement({ actions: ['a:Inline'], resources: ['*'] })],
          }),
        },
        permissionsBoundary: new iam.ManagedPolicy(stack, 'Boundary', {
          statements: [new iam.PolicyStatement({ actions: ['a:Boundary'], resources: ['*'] })],
        }),
        managedPolicies: [
          iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole'),
          iam.ManagedPolicy.fromAwsManagedPolicyName('NobodyKnows'),
        ],
      });
      bucket.grantRead(role);
      new iam.ManagedPolicy(stack, 'Managed', {
        roles: [role],
        statements: [new iam.PolicyStatement({ actions: ['a:Managed'], resources: ['*'] })],
      });
    },
    { onWarning: (message) => warnings.push(message) },
  );
  const [role] = roles;
  expect(role?.arn).toMatch(/^arn:aws:iam::123456789012:role\/training\/Test-Role/);
  expect(role?.trustPolicy.Statement[0]).toMatchObject({ Principal: { Service: 'sagemaker.amazonaws.com' } });
  const actions = role?.policies.flatMap((policy) =>
    policy.Statement.flatMap((statement) => statement['Action']),
  );
  expect(actions).toEqual(
    expect.arrayContaining(['a:Inline', 'a:Managed', 's3:GetObject*', 'logs:PutLogEvents']),
  );
  expect(role?.permissionsBoundary?.Statement).toMatchObject([{ Action: 'a:Boundary' }]);
  expect(actions).not.toContain('a:Boundary');
  expect(JSON.stringify(role?.policies)).toContain(`${buckets[0]?.arn}/*`);
  expect(warnings).toEqual([
    expect.stringMatching(/local mode does not know the policy arn:aws:iam::aws:policy\/NobodyKnows/),
  ]);
});

test('buckets and keys have their resource policies, and an encrypted bucket has its key', () => {
  const warnings: string[] = [];
  const { buckets, keys } = deployStack(
    (stack) => {
      const key = new kms.Key(stack, 'Key', { alias: 'data' });
      const bucket = new s3.Bucket(stack, 'Data', {
        enforceSSL: true,
        encryptionKey: key,
        bucketKeyEnabled: true,
      });
      bucket.addToResourcePolicy(
        new iam.PolicyStatement({
          actions: ['s3:GetObject'],
          resources: [bucket.arnForObjects('*')],
          principals: [new iam.ArnPrincipal(cdk.Fn.importValue('RoleOfAnotherStack'))],
        }),
      );
      new s3.Bucket(stack, 'Plain', { encryption: s3.BucketEncryption.S3_MANAGED });
    },
    { onWarning: (message) => warnings.push(message) },
  );
  const [key] = keys;
  expect(key).toMatchObject({
    arn: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\//),
    aliases: ['alias/data'],
    policy: {
      Statement: [{ Action: 'kms:*', Principal: { AWS: 'arn:aws:iam::123456789012:root' } }],
    },
  });
  expect(buckets).toMatchObject([
    {
      encryption: { keyId: key?.arn, bucketKey: true },
      policies: [
        { Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] },
      ],
    },
    { policies: [] },
  ]);
  expect(buckets[1]).not.toHaveProperty('encryption');
  // A principal from another stack does not exist in this deployment.
  expect(warnings).toEqual([expect.stringMatching(/^ignoring the statement Resources\/Data.*\/1: /)]);
});

test('buckets keep their versioning, and state machines their tags', () => {
  const { buckets, stateMachines } = deployStack((stack) => {
    new s3.Bucket(stack, 'Kept', { versioned: true });
    new s3.Bucket(stack, 'Plain');
    new sfn.StateMachine(stack, 'Machine', {
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Go')),
    });
    cdk.Tags.of(stack).add('team', 'ml');
  });
  expect(buckets.map(({ versioning }) => versioning)).toEqual(['Enabled', undefined]);
  expect(stateMachines.map(({ tags }) => tags)).toEqual([{ team: 'ml' }]);
});

describe('state machines', () => {
  test('the definition is resolved and parsed', () => {
    const { stateMachines, roles } = deployStack((stack) => {
      new cdk.CfnMapping(stack, 'Images', { mapping: { 'us-east-1': { account: '683313688378' } } });
      new sfn.StateMachine(stack, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromChainable(
          sfn.Pass.jsonata(stack, 'Go', {
            outputs: {
              image: cdk.Fn.sub('${A}.dkr', { A: cdk.Fn.findInMap('Images', stack.region, 'account') }),
            },
          }),
        ),
        logs: { destination: new logs.LogGroup(stack, 'Log') },
      });
    });
    expect(stateMachines[0]).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:states:us-east-1:123456789012:stateMachine:Test-Machine/),
      roleArn: roles[0]?.arn,
      definition: { StartAt: 'Go', States: { Go: { Output: { image: '683313688378.dkr' } } } },
      isLogged: true,
    });
  });

  test('a definition from a file uses its substitutions', () => {
    const file = path.join(
      folderWith({
        'm.json': '{"StartAt":"A","States":{"A":{"Type":"Pass","Comment":"${stage}","End":true}}}',
      }),
      'm.json',
    );
    const { stateMachines } = deployStack((stack) => {
      new sfn.StateMachine(stack, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromFile(file),
        definitionSubstitutions: { stage: 'a "quoted" one' },
      });
    });
    expect(stateMachines[0]?.isLogged).toBe(false);
    expect(stateMachines[0]?.definition).toMatchObject({ States: { A: { Comment: 'a "quoted" one' } } });
  });

  test('a missing definition is an error', () => {
    const build = (stack: cdk.Stack): void => {
      new sfn.CfnStateMachine(stack, 'Machine', {
        roleArn: 'arn:aws:iam::123456789012:role/r',
        definitionS3Location: { bucket: 'elsewhere', key: 'x.json' },
      });
    };
    expect(() => deployStack(build)).toThrow(
      /Resources\/Machine\/Properties: local mode found no definition/,
    );
  });
});
