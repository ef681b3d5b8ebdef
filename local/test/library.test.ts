import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, CfnOutput, Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import {
  Algorithm,
  Objective,
  ParameterRange,
  TuningStrategy,
  TuningWorkflow,
  type TuningWorkflowProps,
  XGBoostVersion,
} from '../../lib';
import { clientEnvironment, type DeployOptions, LocalMode, type StubTraining } from '../src';
import { synthesize, temporaryFolder } from './end-to-end/support';
import { untilEnded } from './until-ended';

let stack: LocalMode | undefined;

afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

async function deploy(options: DeployOptions): Promise<LocalMode> {
  stack = await LocalMode.deploy({ waitTimeScale: 0.001, ...options });
  return stack;
}

/** A synthesized app with a workflow and training data. */
function workflow(props: Partial<TuningWorkflowProps> = {}): string {
  return synthesize((scope) => {
    new TuningWorkflow(scope, 'Tuning', {
      algorithm: Algorithm.xgboost({ version: XGBoostVersion.V3_2_0 }),
      objective: Objective.minimize('validation:rmse'),
      hyperparameters: { num_round: '10' },
      parameterRanges: [
        ParameterRange.continuous('eta', { min: 0.1, max: 0.5 }),
        ParameterRange.integer('max_depth', { min: 2, max: 3 }),
      ],
      maxTrainingJobs: 3,
      ...props,
    });
    new s3.Bucket(scope, 'Other');
  });
}

/** Deploys a workflow with stubbed training and placeholder data. */
async function deployStubbed(
  stubTraining: StubTraining,
  props?: Partial<TuningWorkflowProps>,
): Promise<LocalMode> {
  const deployed = await deploy({ assembly: workflow(props), stubTraining });
  for (const channel of ['train', 'validation']) {
    await deployed.bucket('Tuning/Bucket').put(`input/${channel}/a.csv`, '1,2\n');
  }
  return deployed;
}

const byDepth: StubTraining = ({ hyperparameters }) => ({
  'validation:rmse': Number(hyperparameters.max_depth),
});

/** The temporary root folders of this process. */
function temporaryRoots(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`local-mode-${process.pid}-`));
}

describe('a stack', () => {
  test('finds its resources by construct path, logical ID, name and ARN, and returns its outputs', async () => {
    const assembly = synthesize((scope) => {
      const bucket = new s3.Bucket(new Construct(scope, 'Data-Lake'), 'Default');
      new s3.Bucket(scope, 'Named', { bucketName: 'a-name' });
      new CfnOutput(scope, 'Where', { value: bucket.bucketName });
    });
    const deployed = await deploy({ assembly, stubTraining: byDepth });
    const bucket = (of?: string) => deployed.bucket(of);
    const { name } = bucket('Data-Lake');
    expect(deployed.outputs).toEqual({ Where: name });
    for (const each of ['Test/Data-Lake/Default', 'DataLake', name, `arn:aws:s3:::${name}`]) {
      expect(bucket(each).name).toBe(name);
    }
    expect(bucket('Named').name).toBe('a-name');
    expect(() => bucket('Data')).toThrow(
      /^Stack Test has no bucket "Data"\. Available: DataLake\w+ \(.*\), Named/,
    );
    expect(() => bucket()).toThrow(/^Stack Test has 2 buckets; choose one\. /);
  });

  test('stores objects that AWS clients with the credentials of a role can read', async () => {
    const deployed = await deployStubbed(byDepth);
    const bucket = deployed.bucket('Tuning/Bucket');
    const uri = await bucket.put('input/train/b.csv', Buffer.from('3,4\n'));
    expect(await bucket.list('input/train/')).toEqual(['input/train/a.csv', 'input/train/b.csv']);
    expect((await bucket.get(uri)).toString()).toBe('3,4\n');
    await bucket.delete('input/train/a.csv');
    expect(await bucket.list('input/train/')).toEqual(['input/train/b.csv']);
    await expect(bucket.get('none')).rejects.toMatchObject({ code: 'NoSuchKey', statusCode: 404 });

    const role = deployed.clientConfig('Tuning/Tuning/TrainingRole');
    const client = new S3Client(role);
    const read = (Bucket: string, Key: string) => client.send(new GetObjectCommand({ Bucket, Key }));
    const { Body: body } = await read(bucket.name, 'input/train/b.csv');
    expect(await body?.transformToString()).toBe('3,4\n');
    const other = deployed.bucket('Other');
    await other.put('a', '1');
    await expect(read(other.name, 'a')).rejects.toThrow(/not authorized to perform: s3:GetObject/);
    expect(deployed.createBucket('of-another-team').name).toBe(deployed.bucket('of-another-team').name);
    expect(clientEnvironment(role)).toMatchObject({
      AWS_ENDPOINT_URL: deployed.clientConfig().endpoint,
      AWS_SESSION_TOKEN: role.credentials.sessionToken,
      AWS_DEFAULT_REGION: 'us-east-1',
    });
    expect(() => deployed.clientConfig('None')).toThrow(/has no role "None"\. Available: Tuning/);
  });

  test('deletes a temporary root, but keeps a root that the caller gave', async () => {
    const assembly = workflow();
    const temporary = await deploy({ assembly, stubTraining: byDepth });
    expect(existsSync(temporary.root)).toBe(true);
    await Promise.all([temporary.close(), temporary.close()]);
    expect(existsSync(temporary.root)).toBe(false);
    await expect(deploy({ assembly, stubTasks: { None: () => 1 } })).rejects.toThrow(
      /^stubTasks: no task has the name or resource "None"\. Available: .*TuneHyperparameters, sagemaker:create/,
    );
    await expect(deploy({ assembly: new App() as unknown as string })).rejects.toThrow(/^assembly: must be/);
    await expect(deploy({ assembly, waitTimeScale: 0 })).rejects.toThrow(
      /^waitTimeScale: must be more than 0/,
    );
    const root = temporaryFolder();
    const named = await deploy({ assembly, stubTraining: byDepth, root });
    await named.bucket('Other').put('a', '1');
    await named.close();
    const again = await deploy({ assembly, stubTraining: byDepth, root });
    expect((await again.bucket('Other').get('a')).toString()).toBe('1');
    expect(temporaryRoots()).toEqual([]);
  });

  test('is synthesized from its project; the error of a failed synthesis gives the reason', async () => {
    const project = temporaryFolder();
    const notices: string[] = [];
    writeFileSync(join(project, 'cdk.json'), JSON.stringify({ app: 'echo no such column >&2; exit 3' }));
    const path = process.env.PATH;
    process.env.PATH = `${resolve(__dirname, '../../node_modules/.bin')}:${path}`;
    try {
      const failed = LocalMode.deploy({ project, onNotice: (text) => notices.push(text) });
      await expect(failed).rejects.toThrow(/^cdk synth failed with exit status 1:\n[\s\S]*no such column/);
      expect(notices.join('\n')).toContain('no such column');
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('an execution', () => {
  test('returns its output, or the reason why there is none', async () => {
    const deployed = await deployStubbed(({ name }) => {
      if (name.includes('-final-')) throw new Error('out of memory');
      return { 'validation:rmse': 1 };
    });
    const execution = deployed.startExecution({ name: 'first' });
    await expect(execution.output()).rejects.toMatchObject({
      name: 'ExecutionFailedError',
      message: expect.stringMatching(/^Execution first ended with status FAILED: Final.*: .*out of memory/),
      execution: { status: 'FAILED', error: 'FinalTrainingJobNotCompleted' },
    });
    expect(execution.states()).toEqual(expect.arrayContaining(['TuneHyperparameters', 'TrainFinalModel']));
    expect(execution.history()[0]).toMatchObject({ id: 1, type: 'ExecutionStarted' });
    expect(JSON.parse(readFileSync(execution.recordFile, 'utf8'))).toMatchObject({ name: 'first' });
    expect(() => deployed.startExecution({ name: 'first' })).toThrow(/Execution Already Exists/);
    expect(() => deployed.startExecution({ name: 'a name' })).toThrow(/Invalid Name/);
    expect(() => deployed.startExecution({ stateMachine: 'None' })).toThrow(/has no state machine "None"/);
    await expect(deployed.startExecution({ input: { colour: 1 } }).ended).resolves.toMatchObject({
      error: 'InvalidInput',
    });
  });

  test('that is waiting does not delay closing the stack', async () => {
    const assembly = synthesize((scope) => {
      const time = sfn.WaitTime.duration(Duration.days(365));
      new sfn.StateMachine(scope, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Wait(scope, 'Wait', { time })),
      });
    });
    const deployed = await deploy({ assembly, stubTraining: byDepth });
    const { ended } = deployed.startExecution();
    const never = deployed.waitFor(() => false);
    await Promise.all([
      deployed.close(),
      expect(ended).resolves.toMatchObject({ status: 'ABORTED' }),
      expect(never).rejects.toThrow('The stack was closed'),
    ]);
  });
});

describe('a stub of training', () => {
  test('returns metrics, and the log says that it is a stub', async () => {
    const deployed = await deployStubbed(({ hyperparameters, channels, log }) => {
      log('[0]#011train-rmse:7.5');
      return { 'validation:rmse': Number(hyperparameters.num_round) + Object.keys(channels).length };
    });
    await deployed.startExecution().output();
    const [job] = deployed.tuningJobs();
    expect(job?.BestTrainingJob?.FinalHyperParameterTuningJobObjectiveMetric?.Value).toBe(12);
    const final = deployed.trainingJobs().at(-1);
    const metrics = final?.FinalMetricDataList?.map(({ MetricName, Value }) => [MetricName, Value]);
    expect(metrics).toEqual([
      ['train:rmse', 7.5],
      ['validation:rmse', 12],
    ]);
    expect(deployed.logs(final?.TrainingJobName ?? '')).toMatch(/^This is a stub: it does not train\.\n/);
    expect(deployed.logs('Tuning/Tuning/FindBestTrainingJobFunction')).not.toContain('Error');
    expect(() => deployed.logs('none')).toThrow(/no training job, AutoML job or function "none"/);
  });

  test('works with a seeded random search and a grid search', async () => {
    const tried = async (props: Partial<TuningWorkflowProps>) => {
      const deployed = await deployStubbed(byDepth, props);
      await deployed.startExecution().output();
      const jobs = deployed.trainingJobs().filter((job) => job.TuningJobArn !== undefined);
      await deployed.close();
      return jobs.map(({ HyperParameters }) => [HyperParameters?.eta, HyperParameters?.max_depth]);
    };
    const first = await tried({});
    expect(await tried({})).toEqual(first);
    expect(new Set(first.map(String)).size).toBe(3);
    for (const [eta, depth] of first) {
      expect(Number(eta)).toBeGreaterThanOrEqual(0.1);
      expect(Number(eta)).toBeLessThanOrEqual(0.5);
      expect(['2', '3']).toContain(depth);
    }
    const parameterRanges = [
      ParameterRange.categorical('max_depth', ['2', '3']),
      ParameterRange.categorical('eta', ['0.1', '0.2']),
    ];
    const grid = await tried({
      parameterRanges,
      strategy: TuningStrategy.grid(),
      maxTrainingJobs: undefined,
    });
    expect(grid.map(String).sort()).toEqual(['0.1,2', '0.1,3', '0.2,2', '0.2,3']);
  });

  test('that returns an unknown metric fails with an error that lists the known metrics', async () => {
    const deployed = await deployStubbed(() => ({ accuracy: 1 }));
    await expect(deployed.startExecution().output()).rejects.toThrow('NoCompletedTrainingJobError');
    expect(deployed.trainingJobs()[0]?.FailureReason).toMatch(
      /^AlgorithmError: the job has no metric "accuracy", only: train:accuracy, /,
    );
  });
});

describe('a stub of tasks', () => {
  const assembly = synthesize((scope) => {
    const topic = new sns.Topic(scope, 'Topic');
    const publish = SnsPublish.jsonata(scope, 'Publish', {
      topic,
      message: sfn.TaskInput.fromText('{% $states.input.text %}'),
      outputs: '{% $states.result.MessageId %}',
    });
    publish.addRetry({ errors: ['SNS.ThrottledException'], interval: Duration.minutes(5), maxAttempts: 1 });
    publish.addCatch(sfn.Pass.jsonata(scope, 'Caught'), { errors: ['SNS.NotFoundException'] });
    new sfn.StateMachine(scope, 'Machine', {
      queryLanguage: sfn.QueryLanguage.JSONATA,
      definitionBody: sfn.DefinitionBody.fromChainable(publish),
    });
  });

  test('replaces an unsupported task, which is refused without a stub', async () => {
    await expect(deploy({ assembly, stubTraining: byDepth })).rejects.toThrow(
      /Local mode cannot run state machine Test-Machine\w+:\n.*does not support the resource "arn:.*:sns:publish"/,
    );
    const errors = ['SNS.ThrottledException', 'SNS.NotFoundException'];
    const seen: unknown[] = [];
    const deployed = await deploy({
      assembly,
      stubTraining: byDepth,
      stubTasks: {
        'sns:publish': ({ stateName, arguments: given }) => {
          seen.push(stateName, (given as { Message: string }).Message);
          const name = errors.shift();
          if (name !== undefined) throw Object.assign(new Error('no such topic'), { name });
          return { MessageId: 'a' };
        },
      },
    });
    const input = { text: 'hello' };
    // A task is retried after five minutes (0.3 seconds in this test). Then its error is caught.
    await expect(deployed.startExecution({ input }).output()).resolves.toEqual({
      Error: 'SNS.NotFoundException',
      Cause: 'no such topic',
    });
    await expect(deployed.startExecution({ input }).output()).resolves.toBe('a');
    expect(seen).toEqual(['Publish', 'hello', 'Publish', 'hello', 'Publish', 'hello']);
  });

  test('replaces training that local mode does not support', async () => {
    const linear = synthesize((scope) => {
      const states = {
        Train: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sagemaker:createTrainingJob',
          Parameters: {
            AlgorithmSpecification: {
              TrainingImage: '382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1',
            },
          },
          End: true,
        },
      };
      new sfn.StateMachine(scope, 'Machine', {
        definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({ StartAt: 'Train', States: states })),
      });
    });
    const refused = await deploy({ assembly: linear, stubTraining: byDepth });
    expect(() => refused.startExecution()).toThrow(/linear-learner only runs on AWS/);
    await refused.close();
    const stubbed = await deploy({ assembly: linear, stubTasks: { Train: { answer: { trained: true } } } });
    await expect(stubbed.startExecution().output()).resolves.toEqual({ trained: true });
  });

  test('with a command is ended when the stack is closed', async () => {
    const project = temporaryFolder();
    const file = join(project, 'pid');
    const slow = 'trap "sleep 0.5; exit" TERM; echo $$ > pid; while :; do sleep 0.1; done';
    const deployed = await deploy({ assembly, project, stubTasks: { Publish: { command: slow } } });
    deployed.startExecution({ input: { text: 'hello' } });
    await deployed.waitFor(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
    await deployed.close();
    await untilEnded(Number(readFileSync(file, 'utf8')));
  });
});
