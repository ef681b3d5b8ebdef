import { join } from 'node:path';
import type { ReportClients } from '../../lambda/report/clients';

export type Input = Record<string, unknown>;

interface Call {
  readonly operation: string;
  readonly input: Input;
}

/** For each operation, a function that returns the response or throws the service's error. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>;

export class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export const denied = (action: string) => () => {
  throw new AwsError('AccessDeniedException', `is not authorized to perform: ${action}`);
};

/** Fake clients that return the given responses and record the requests. */
export function fakeClients(answers: Answers): { clients: ReportClients; calls: Call[] } {
  const calls: Call[] = [];
  const client = {
    send: async (command: { readonly input: Input }) => {
      const operation = command.constructor.name.replace(/Command$/, '');
      calls.push({ operation, input: command.input });
      const answer = answers[operation];
      if (!answer) throw new Error(`unexpected ${operation}`);
      return answer(command.input);
    },
  };
  return { clients: { sagemaker: client, logs: client, s3: client } as never, calls };
}

const METRICS = ['train', 'validation'].map((set) => ({
  Name: `${set}:rmse`,
  Regex: `.*\\[[0-9]+\\].*#011${set}-rmse:([0-9.]+).*`,
}));
export const ALGORITHM = {
  TrainingImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0',
  MetricDefinitions: METRICS,
};
export const DATA = 's3://bucket/input/train/';

export function tuningJob(change: Input = {}): Input {
  return {
    HyperParameterTuningJobName: 'churn-1',
    HyperParameterTuningJobStatus: 'Completed',
    HyperParameterTuningJobConfig: {
      Strategy: 'Bayesian',
      HyperParameterTuningJobObjective: { MetricName: 'validation:rmse', Type: 'Minimize' },
      ParameterRanges: { ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.1', MaxValue: '0.5' }] },
    },
    TrainingJobDefinition: {
      AlgorithmSpecification: ALGORITHM,
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource: { S3Uri: DATA } } }],
      StaticHyperParameters: {},
    },
    ...change,
  };
}

export function summary(number: number, change: Input = {}): Input {
  return {
    TrainingJobName: `churn-1-${String(number).padStart(3, '0')}`,
    TrainingJobArn: `arn:aws:sagemaker:eu-west-1:123456789012:training-job/churn-1-${number}`,
    TrainingJobStatus: 'Completed',
    CreationTime: new Date(1_700_000_000_000 + number * 1000),
    TrainingStartTime: new Date(1_700_000_000_000 + number * 1000),
    TrainingEndTime: new Date(1_700_000_060_000 + number * 1000),
    TunedHyperParameters: { eta: String(0.1 + (number % 40) / 100) },
    FinalHyperParameterTuningJobObjectiveMetric: {
      MetricName: 'validation:rmse',
      Value: 1 + (number % 97) / 100,
    },
    ...change,
  };
}

export function described({ TrainingJobName: name }: Input): Input {
  return {
    TrainingJobName: name,
    TrainingJobStatus: 'Completed',
    AlgorithmSpecification: ALGORITHM,
    BillableTimeInSeconds: 60,
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    TrainingStartTime: new Date(1_700_000_000_000),
    TrainingEndTime: new Date(1_700_000_060_000),
    FinalMetricDataList: [
      { MetricName: 'validation:rmse', Value: 1 },
      { MetricName: 'train:rmse', Value: 0.5 },
    ],
    ModelArtifacts: { S3ModelArtifacts: `s3://bucket/output/models/${name}/output/model.tar.gz` },
  };
}

/** Responses of SageMaker, CloudWatch Logs and S3 for a tuning job with the given training jobs. */
export function answersFor(jobs: readonly Input[], change: Partial<Answers> = {}): Answers {
  return {
    DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }) =>
      tuningJob({ HyperParameterTuningJobName: name }),
    ListTrainingJobsForHyperParameterTuningJob: ({ NextToken: token, MaxResults: size }) => {
      const from = Number(token ?? 0);
      const to = from + Number(size);
      return {
        TrainingJobSummaries: jobs.slice(from, to),
        ...(to < jobs.length && { NextToken: String(to) }),
      };
    },
    DescribeTrainingJob: described,
    FilterLogEvents: () => ({
      events: [0, 1, 2].map((round) => ({
        message: `[${round}]#011train-rmse:${3 - round}#011validation-rmse:${4 - round}`,
      })),
    }),
    GetObject: () => {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.');
    },
    PutObject: () => ({}),
    ...change,
  } as Answers;
}

export const jobs = (count: number) => Array.from({ length: count }, (_, index) => summary(index + 1));
export const countOf = (calls: readonly Call[], pattern: RegExp) =>
  calls.filter(({ operation }) => pattern.test(operation)).length;
export const SAGEMAKER = /TrainingJob|TuningJob|AutoML|Candidates/;

export const OPTIONS = { links: {}, assets: join(__dirname, '../../lambda/report/bundle') };

export const EVENT = {
  tuningJobName: 'churn-1',
  bestTrainingJobName: 'churn-1-097',
  finalTrainingJobName: 'churn-1-final',
  output: 's3://bucket/output/reports/',
};
