import { writeFileSync } from 'node:fs';
import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Upload } from '@aws-sdk/lib-storage';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { NewDataOptions, TuningWorkflow } from '../../../lib';
import { workflow } from '../../../test/fixtures';
import { LocalMode } from '../../src';

const INVALID = JSON.stringify({ maxTrainingJobs: 0 });

let deployed: LocalMode | undefined;

afterEach(async () => {
  await deployed?.close();
  deployed = undefined;
});

/** A deployed workflow with data and stubbed training. */
class Deployed {
  static async with(
    build: (made: TuningWorkflow, stack: Stack) => void,
    change: (template: string) => string = (template) => template,
  ): Promise<Deployed> {
    const app = new App();
    const scope = new Stack(app, 'Test');
    const made = workflow({ maxTrainingJobs: 2 }, scope);
    build(made, scope);
    new CfnOutput(scope, 'Machine', { value: made.stateMachine.stateMachineArn });
    const assembly = app.synth();
    const { templateFullPath, template } = assembly.getStackByName('Test');
    writeFileSync(templateFullPath, change(JSON.stringify(template)));
    const notices: string[] = [];
    deployed = await LocalMode.deploy({
      assembly,
      stubTraining: () => ({ 'validation:rmse': 1 }),
      waitTimeScale: 0.001,
      onNotice: (text) => notices.push(text),
    });
    const result = new Deployed(deployed, notices);
    for (const channel of ['train', 'validation']) await result.put(`input/${channel}/a.csv`);
    return result;
  }

  private constructor(
    readonly stack: LocalMode,
    readonly notices: readonly string[],
  ) {}

  get machine(): string {
    return this.stack.outputs['Machine'] ?? '';
  }

  put(key: string): Promise<string> {
    return this.stack.bucket('Tuning/Bucket').put(key, '1,2\n');
  }

  client(role?: string): SFNClient {
    return new SFNClient({ ...this.stack.clientConfig(role), maxAttempts: 1 });
  }

  async executions(of = this.machine) {
    const { executions = [] } = await this.client().send(new ListExecutionsCommand({ stateMachineArn: of }));
    return executions;
  }

  /** Waits until this many executions have ended. */
  async ended(count: number) {
    await this.stack.waitFor(async () => {
      const all = await this.executions();
      return all.length >= count && all.every(({ status }) => status !== 'RUNNING');
    });
    const all = await this.executions();
    expect(all).toHaveLength(count);
    return all;
  }
}

describe('new data', () => {
  const withNewData = (options?: NewDataOptions, change?: (template: string) => string) =>
    Deployed.with((made) => made.startOnNewData('NewData', options), change);

  test('starts an execution with the settings of the props, and the output of the execution starts no other', async () => {
    const local = await withNewData();
    expect(await local.executions()).toEqual([]);
    await local.put('input/_SUCCESS');
    const [execution] = await local.ended(1);
    const described = await local
      .client()
      .send(new DescribeExecutionCommand({ executionArn: execution?.executionArn }));
    expect(described).toMatchObject({ status: 'SUCCEEDED', input: '{}' });
    expect(local.stack.tuningJobs()).toHaveLength(1);
  });

  test('starts an execution for each matching object, whether it was put, uploaded in parts or copied', async () => {
    const local = await withNewData({ objects: ['train/*.csv'], input: events.RuleTargetInput.fromText('') });
    const client = new S3Client({ ...local.stack.clientConfig(), forcePathStyle: true });
    const { name: Bucket } = local.stack.bucket('Tuning/Bucket');
    // `Deployed.with` has uploaded train/a.csv, which started the first execution.
    await new Upload({
      client,
      params: { Bucket, Key: 'input/train/b.csv', Body: Buffer.alloc(6 * 1024 * 1024) },
    }).done();
    await client.send(
      new CopyObjectCommand({ Bucket, Key: 'input/train/c.csv', CopySource: `${Bucket}/input/train/b.csv` }),
    );
    await local.put('input/train/d.txt');
    await local.ended(3);
    client.destroy();
  });

  test('fills the execution input with values from the event', async () => {
    const local = await Deployed.with((made) => {
      const key = events.EventField.fromPath('$.detail.object.key');
      const size = events.EventField.fromPath('$.detail.object.size');
      made.startOnNewData('NewData', {
        objects: ['new/*'],
        input: events.RuleTargetInput.fromObject({ train: `s3://lake/${key}`, maxTrainingJobs: size }),
      });
    });
    await local.put('input/new/"quoted"');
    const [execution] = await local.ended(1);
    const { input } = await local
      .client()
      .send(new DescribeExecutionCommand({ executionArn: execution?.executionArn }));
    expect(JSON.parse(input ?? '')).toEqual({ train: 's3://lake/input/new/"quoted"', maxTrainingJobs: 4 });
  });

  test.each<[string, (template: string) => string, RegExp]>([
    [
      'a permission',
      (template) => template.replaceAll('"states:StartExecution"', '"states:Nothing"'),
      /event rule .*NewData.*not authorized to perform: states:StartExecution on resource: arn:.*:stateMachine:/,
    ],
    [
      'the trust of EventBridge',
      (template) => template.replaceAll('"events.amazonaws.com"', '"sns.amazonaws.com"'),
      /event rule .*NewData.*EventBridge cannot assume arn:.*events.amazonaws.com/,
    ],
  ])('starts nothing without %s, with a notice', async (_what, change, notice) => {
    const local = await withNewData({}, change);
    await local.put('input/_SUCCESS');
    await local.stack.waitFor(() => local.notices.some((text) => notice.test(text)));
    expect(await local.executions()).toEqual([]);
  });

  test('starts nothing if EventBridge notifications are disabled for the bucket', async () => {
    const local = await withNewData({}, (template) =>
      template.replace('"EventBridgeEnabled":true', '"EventBridgeEnabled":false'),
    );
    await local.put('input/_SUCCESS');
    expect(await local.executions()).toEqual([]);
  });

  test('invokes functions, too', async () => {
    const local = await Deployed.with((made, stack) => {
      const code =
        'exports.handler = async ({ detail }) => console.log(`new ${detail.object.key} ${detail.reason}`);';
      const listener = new lambda.Function(stack, 'Listener', {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline(code),
      });
      made.startOnNewData('NewData').addTarget(new targets.LambdaFunction(listener));
    });
    await local.put('input/_SUCCESS');
    await local.stack.waitFor(() => local.stack.logs('Listener').includes('new input/_SUCCESS PutObject'));
  });
});

test('a successful execution starts the target state machine', async () => {
  const local = await Deployed.with((made) => {
    const input = events.RuleTargetInput.fromObject({ train: events.EventField.fromPath('$.detail.status') });
    made.onSucceeded('Again', { target: new targets.SfnStateMachine(made.stateMachine, { input }) });
  });
  local.stack.startExecution();
  const statuses = (await local.ended(2)).map(({ status }) => status);
  // The second execution fails, because its location for `train`, "SUCCEEDED", contains no data.
  expect(statuses).toEqual(['FAILED', 'SUCCEEDED']);
});

test('a schedule is not run, and local mode prints a notice', async () => {
  const local = await Deployed.with((made) =>
    made.startOnSchedule('Nightly', { schedule: ScheduleExpression.rate(Duration.minutes(1)) }),
  );
  expect(local.notices.join('\n')).toMatch(
    /TuningNightly\w+: local mode does not run schedules: start an execution yourself/,
  );
});

describe('an alias', () => {
  const qualified = async () =>
    Deployed.with((made, stack) => {
      const alias = made.addAlias('live');
      made.startOnNewData('NewData', { alias });
      const role = new iam.Role(stack, 'Analysts', { assumedBy: new iam.AccountRootPrincipal() });
      alias.grantStartExecution(role);
      new CfnOutput(stack, 'Alias', { value: alias.aliasArn });
      new CfnOutput(stack, 'Version', { value: made.currentVersion.attrArn });
    });

  test('is started by new data, and its executions refer to it', async () => {
    const local = await qualified();
    const { Alias = '', Version = '' } = local.stack.outputs;
    expect([Alias, Version]).toEqual([`${local.machine}:live`, `${local.machine}:1`]);
    await local.put('input/_SUCCESS');
    const [execution] = await local.ended(1);
    expect(execution).toMatchObject({
      stateMachineArn: local.machine,
      stateMachineVersionArn: Version,
      stateMachineAliasArn: Alias,
      status: 'SUCCEEDED',
    });
    expect(await local.executions(Alias)).toEqual([execution]);
    expect(await local.executions(Version)).toEqual([execution]);
  });

  test('is all that its grantStartExecution allows a role to start', async () => {
    const local = await qualified();
    const { Alias = '', Version = '' } = local.stack.outputs;
    const client = local.client('Analysts');
    const start = (stateMachineArn: string) =>
      client.send(new StartExecutionCommand({ stateMachineArn, input: INVALID }));
    await expect(start(Alias)).resolves.toBeDefined();
    for (const arn of [local.machine, Version]) {
      await expect(start(arn)).rejects.toThrow(
        `is not authorized to perform: states:StartExecution on resource: ${local.machine} because`,
      );
    }
  });

  test('or a version can be described and started like the state machine', async () => {
    const local = await qualified();
    const { Alias = '', Version = '' } = local.stack.outputs;
    const client = local.client();
    for (const arn of [Alias, Version]) {
      const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));
      expect(described.stateMachineArn).toBe(Version);
    }
    await client.send(new StartExecutionCommand({ stateMachineArn: Version, input: INVALID }));
    const [execution] = await local.ended(1);
    expect(execution).toMatchObject({ stateMachineVersionArn: Version });
    expect(execution).not.toHaveProperty('stateMachineAliasArn');
    expect(await local.executions(Alias)).toEqual([]);
    await expect(
      client.send(new StartExecutionCommand({ stateMachineArn: `${local.machine}:2` })),
    ).rejects.toThrow(`State Machine Does Not Exist: '${local.machine}:2'`);
  });

  test('for a version that exists only on AWS runs the definition of the template', async () => {
    const local = await Deployed.with((made, stack) => {
      const versionArn = `${made.stateMachine.stateMachineArn}:7`;
      new CfnOutput(stack, 'Alias', { value: made.addAlias('live', { versionArn }).aliasArn });
    });
    expect(local.notices.join('\n')).toMatch(/Aliaslive\w+: version 7 exists only on AWS/);
    const { Alias = '' } = local.stack.outputs;
    await local.client().send(new StartExecutionCommand({ stateMachineArn: Alias, input: INVALID }));
    expect(await local.ended(1)).toMatchObject([{ stateMachineVersionArn: `${local.machine}:7` }]);
  });
});
