import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { Deployment } from '../../src/assembly';
import {
  type Principal,
  type RunningServices,
  type SpotInterruptionOptions,
  startServices,
} from '../../src/services';
import type {
  Sampler,
  SearchSpecification,
  Trainer,
  TrainingOutcome,
  TrainingTask,
} from '../../src/training';
import type { AutoMLRunner } from '../../src/training/automl-runner';

export const ENVIRONMENT = {
  accountId: '123456789012',
  region: 'us-east-1',
  partition: 'aws',
  urlSuffix: 'amazonaws.com',
};
export const BUCKET = 'data-bucket';
export const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/test-algorithm:1';
export const TRAINING_ROLE = 'arn:aws:iam::123456789012:role/training';

/** Notice handler for tests that must not cause a notice. */
export function noNotice(text: string): never {
  throw new Error(`a notice: ${text}`);
}

/**
 * A test's algorithm, which receives the training task. The default prints `loss=<x>` and completes.
 */
export type Algorithm = (task: TrainingTask) => Promise<TrainingOutcome> | TrainingOutcome;

/** An algorithm whose loss equals the hyperparameter `x`. */
export const printX: Algorithm = (task) => {
  task.onLog(`starting ${task.trainingJobName}`);
  task.onLog(`loss=${task.hyperparameters['x']};`);
  fs.mkdirSync(path.join(task.workFolder, 'model'), { recursive: true });
  fs.writeFileSync(path.join(task.workFolder, 'model', 'model.json'), JSON.stringify(task.hyperparameters));
  return { status: 'Completed' };
};

/** An algorithm that prints a loss of 1 and runs until it is stopped. */
export const runUntilStopped: Algorithm = (task) => {
  task.onLog('loss=1;');
  return new Promise((resolve) => {
    task.signal.addEventListener('abort', () => resolve({ status: 'Stopped' }));
  });
};

/** A trainer that runs the test's algorithm in this process. */
export function trainerOf(algorithm: Algorithm): Trainer {
  return {
    images: IMAGE,
    accepts: ({ trainingImage }) => trainingImage === IMAGE,
    metricDefinitions: () => [],
    train: async (task) => {
      task.onStart();
      return algorithm(task);
    },
    close: async () => undefined,
  };
}

/** A sampler that proposes the given sets of hyperparameters in order and records the results in `told`. */
export function samplerOf(
  sets: readonly Record<string, string>[],
  shouldStop: (trial: number, step: number, value: number) => boolean = () => false,
): Sampler & { readonly told: Map<number, number | undefined>; specification?: SearchSpecification } {
  const told = new Map<number, number | undefined>();
  const sampler: Sampler & { told: typeof told; specification?: SearchSpecification } = {
    told,
    ready: Promise.resolve(),
    start: async (specification) => {
      sampler.specification = specification;
      let trial = 0;
      return {
        ask: async () => {
          const hyperparameters = sets[trial];
          return hyperparameters === undefined
            ? undefined
            : { trial: trial++, hyperparameters: { ...hyperparameters } };
        },
        report: async (at, step, value) => shouldStop(at, step, value),
        restore: async (at, { value }) => void told.set(at, value),
        tell: async (at, value) => void told.set(at, value),
        close: async () => undefined,
      };
    },
    close: async () => undefined,
  };
  return sampler;
}

/** Sets of hyperparameters with the given values of `x`. */
export function xs(...values: number[]): Record<string, string>[] {
  return values.map((x) => ({ x: String(x) }));
}

const roots: string[] = [];
const running: RunningServices[] = [];

export function temporaryRoot(): string {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'local-services-'));
  roots.push(root);
  return root;
}

/** A deployment with one bucket that holds `input/train.csv`. */
export function deploymentIn(
  root: string,
  parts: Partial<
    Pick<Deployment, 'roles' | 'keys' | 'functions' | 'eventRules' | 'functionPermissions'>
  > = {},
): Deployment {
  const folder = path.join(root, 's3', BUCKET);
  fs.mkdirSync(path.join(folder, 'input'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'input', 'train.csv'), '1,2\n');
  return {
    stackName: 'Test',
    root,
    environment: ENVIRONMENT,
    buckets: [{ logicalId: 'Data', name: BUCKET, arn: `arn:aws:s3:::${BUCKET}`, folder }],
    keys: parts.keys ?? [],
    roles: parts.roles ?? [],
    functions: parts.functions ?? [],
    stateMachines: [],
    eventRules: parts.eventRules ?? [],
    functionPermissions: parts.functionPermissions ?? [],
    modelPackageGroups: [],
    imageBuilds: new Map(),
    outputs: {},
  };
}

/** Starts services, which `closeServices` closes. */
export async function start(
  options: {
    deployment?: Deployment;
    trainer?: Trainer;
    sampler?: Sampler;
    automl?: AutoMLRunner;
    spotInterruptions?: SpotInterruptionOptions;
    requestsPerSecond?: number;
  } = {},
): Promise<RunningServices> {
  const services = await startServices(options.deployment ?? deploymentIn(temporaryRoot()), {
    trainer: options.trainer ?? trainerOf(printX),
    sampler: options.sampler ?? samplerOf([]),
    ...(options.automl && { automl: options.automl }),
    ...(options.spotInterruptions && { spotInterruptions: options.spotInterruptions }),
    ...(options.requestsPerSecond && { requestsPerSecond: options.requestsPerSecond }),
  });
  running.push(services);
  return services;
}

export async function closeServices(): Promise<void> {
  await Promise.all(running.splice(0).map((services) => services.close()));
  for (const root of roots.splice(0)) {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** A real SDK client for the local endpoint. */
export function sagemakerClient(
  services: RunningServices,
  principal: Principal = services.user,
): SageMakerClient {
  return new SageMakerClient({
    endpoint: services.url,
    region: ENVIRONMENT.region,
    credentials: services.credentialsFor(principal),
    maxAttempts: 1,
  });
}

/** A request for a training job. */
export function trainingRequest(name: string, hyperparameters: Record<string, string> = { x: '1' }) {
  return {
    TrainingJobName: name,
    HyperParameters: hyperparameters,
    ...trainingDefinition(),
    ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 10 },
  };
}

export function trainingDefinition() {
  return {
    AlgorithmSpecification: {
      TrainingImage: IMAGE,
      TrainingInputMode: 'File' as const,
      MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.e-]+);' }],
    },
    RoleArn: TRAINING_ROLE,
    InputDataConfig: [
      {
        ChannelName: 'train',
        ContentType: 'text/csv',
        DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/input/` } },
      },
    ],
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/output/` },
    StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  };
}

/** A log line and its time, in epoch milliseconds. */
export type TimedLine = readonly [time: number, line: string];

/** Replaces the log of a job with the given lines. */
export function writeLog(root: string, job: string, lines: readonly TimedLine[]): void {
  let [text, marks] = ['', ''];
  for (const [time, line] of lines) {
    marks += `${Buffer.byteLength(text)} ${time}\n`;
    text += `${line}\n`;
  }
  fs.writeFileSync(path.join(root, 'logs', `${job}.log`), text);
  fs.writeFileSync(path.join(root, 'logs/.times', job), marks);
}

/** A request for a tuning job. */
export function tuningRequest(name: string, config: Record<string, unknown> = {}) {
  return {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobConfig: {
      Strategy: 'Bayesian' as const,
      HyperParameterTuningJobObjective: { Type: 'Minimize' as const, MetricName: 'loss' },
      ResourceLimits: { MaxNumberOfTrainingJobs: 3, MaxParallelTrainingJobs: 2 },
      ParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '10' }],
      },
      ...config,
    },
    TrainingJobDefinition: {
      ...trainingDefinition(),
      StaticHyperParameters: { fixed: 'yes' },
      ResourceConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 1, VolumeSizeInGB: 10 },
    },
  };
}

/** Repeats the call until its result passes the check. */
export async function until<T>(call: () => Promise<T> | T, passes: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await call();
    if (passes(answer)) {
      return answer;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
