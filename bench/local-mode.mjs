// Runs local mode for the benchmarks: whole runs with the command line, and the endpoint with AWS's own client.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import {
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const POLL_MILLISECONDS = 100;

const folders = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

/** Creates a folder that Git ignores and that is deleted when this process ends. */
export function temporaryFolder() {
  const parent = join(ROOT, '.local');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'bench-'));
  folders.push(folder);
  return folder;
}

/**
 * Runs `npm run local` on this repository's app, as a user does. Returns the time of the whole command and
 * local mode's records of the run.
 *
 * @param context settings of the app, as `name=value`
 */
export async function runCommand(input, context = []) {
  const root = temporaryFolder();
  const started = performance.now();
  const settings = context.flatMap((setting) => ['--context', setting]);
  const args = [
    'run',
    '--silent',
    'local',
    '--',
    '--root',
    root,
    '--input',
    JSON.stringify(input),
    ...settings,
  ];
  await ended(
    spawn('npm', args, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  const [tuningJob] = recordsIn(root, 'tuning-jobs');
  const { CreationTime: created, HyperParameterTuningEndTime: over } = tuningJob.description;
  const trainingJobs = recordsIn(root, 'training-jobs').filter((job) => job.tunedHyperParameters);
  rmSync(root, { recursive: true });
  return { seconds, tuningSeconds: over - created, description: tuningJob.description, trainingJobs };
}

/** Local mode's endpoint for this repository's app. It runs until `close` is called. */
export class Endpoint {
  static async start() {
    const root = temporaryFolder();
    const child = spawn(
      process.execPath,
      ['--require', './scripts/typescript.cjs', 'local/src/cli.ts', 'serve', '--root', root],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let text = '';
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      text += chunk;
      if (/AWS_DEFAULT_REGION='[^']+'/.test(text)) break;
    }
    const variables = Object.fromEntries(
      [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
    );
    if (variables.AWS_ENDPOINT_URL === undefined) throw new Error(`local mode did not start: ${text}`);
    const endpoint = new Endpoint(child, root, variables);
    await endpoint.learn();
    return endpoint;
  }

  constructor(child, root, variables) {
    this.child = child;
    this.root = root;
    const config = {
      endpoint: variables.AWS_ENDPOINT_URL,
      region: variables.AWS_REGION,
      credentials: {
        accessKeyId: variables.AWS_ACCESS_KEY_ID,
        secretAccessKey: variables.AWS_SECRET_ACCESS_KEY,
        sessionToken: variables.AWS_SESSION_TOKEN,
      },
    };
    this.sagemaker = new SageMakerClient(config);
    this.states = new SFNClient(config);
    this.s3 = new S3Client(config);
  }

  /** The process ID of local mode. */
  get processId() {
    return this.child.pid;
  }

  /** Runs the app's state machine with one training job, to record its requests to SageMaker. */
  async learn() {
    const { stateMachines } = await this.states.send(new ListStateMachinesCommand({}));
    const { executionArn } = await this.states.send(
      new StartExecutionCommand({
        stateMachineArn: stateMachines[0].stateMachineArn,
        input: JSON.stringify({ maxTrainingJobs: 1 }),
      }),
    );
    for (;;) {
      const { status } = await this.states.send(new DescribeExecutionCommand({ executionArn }));
      if (status === 'SUCCEEDED') break;
      if (status !== 'RUNNING') throw new Error(`the execution ${status}`);
      await sleep(POLL_MILLISECONDS);
    }
    const [{ description }] = this.records('tuning-jobs');
    const { HyperParameterTuningJobConfig: config, TrainingJobDefinition: definition } = description;
    this.config = config;
    const { MetricDefinitions: _given, ...algorithm } = definition.AlgorithmSpecification;
    this.definition = { ...definition, AlgorithmSpecification: algorithm };
  }

  /** Starts a tuning job. `changes` are applied to its configuration. `definition` defaults to the app's definition. */
  async createTuningJob(name, changes, definition) {
    await this.sagemaker.send(
      new CreateHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: name,
        HyperParameterTuningJobConfig: { ...this.config, ...changes },
        TrainingJobDefinition: definition,
      }),
    );
  }

  /** The app's training job definition with other static hyperparameters. */
  definitionWith(hyperparameters, channels = this.definition.InputDataConfig) {
    return { ...this.definition, StaticHyperParameters: hyperparameters, InputDataConfig: channels };
  }

  /** Uploads a data set to the bucket. Returns the channels of the training and validation data. */
  async upload(name, texts) {
    const channels = [];
    for (const channel of this.definition.InputDataConfig) {
      const [, bucket, input] = /^s3:\/\/([^/]+)\/([^/]+)\//.exec(channel.DataSource.S3DataSource.S3Uri);
      const key = `${input}/bench/${name}/${channel.ChannelName}/data.csv`;
      await this.s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: texts[channel.ChannelName] }),
      );
      const source = { ...channel.DataSource.S3DataSource, S3Uri: `s3://${bucket}/${dirname(key)}/` };
      channels.push({ ...channel, DataSource: { S3DataSource: source } });
    }
    return channels;
  }

  /** Waits for the end of a tuning job. Returns its description. */
  async waitForTuningJob(name) {
    for (;;) {
      const job = await this.sagemaker.send(
        new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }),
      );
      if (job.HyperParameterTuningJobStatus === 'Completed') return job;
      if (['Failed', 'Stopped'].includes(job.HyperParameterTuningJobStatus)) {
        throw new Error(`${name}: ${job.HyperParameterTuningJobStatus}: ${job.FailureReason ?? ''}`);
      }
      await sleep(POLL_MILLISECONDS);
    }
  }

  /** Local mode's records of all jobs of one kind. */
  records(kind) {
    return recordsIn(this.root, kind);
  }

  async close() {
    const end = ended(this.child);
    this.child.kill('SIGINT');
    await end.catch(() => undefined); // after Ctrl-C, local mode exits with a nonzero status
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Local mode's records of jobs, ordered by creation. */
function recordsIn(root, kind) {
  const folder = join(root, 'sagemaker', kind);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .sort((one, other) => one.description.CreationTime - other.description.CreationTime);
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`ended with ${code}`))));
  });
}
