import {
  ListAutoMLJobsCommand,
  ListHyperParameterTuningJobsCommand,
  ListTrainingJobsCommand,
  type SageMakerClient,
  StopAutoMLJobCommand,
  StopHyperParameterTuningJobCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';

/** A job that is in progress. */
export interface RunningJob {
  readonly name: string;
  readonly arn: string;
  readonly created: Date | undefined;
}

/** A page of a list of jobs. */
export interface JobPage {
  readonly jobs: readonly RunningJob[];
  readonly nextToken: string | undefined;
}

/** Lists and stops jobs of one kind. */
export interface JobKind {
  list(client: SageMakerClient, nameContains: string, nextToken: string | undefined): Promise<JobPage>;
  stop(client: SageMakerClient, name: string): Promise<unknown>;
}

function query(nameContains: string, nextToken: string | undefined) {
  return {
    NameContains: nameContains,
    StatusEquals: 'InProgress',
    MaxResults: 100,
    NextToken: nextToken,
  } as const;
}

function page<T>(
  summaries: readonly T[] | undefined,
  nextToken: string | undefined,
  read: (summary: T) => { name?: string; arn?: string; created?: Date },
): JobPage {
  const jobs = (summaries ?? [])
    .map(read)
    .flatMap(({ name, arn, created }) => (name && arn ? [{ name, arn, created }] : []));
  return { jobs, nextToken };
}

/** The kinds of jobs, indexed by their names in API actions. Kinds whose jobs start other jobs come first. */
export const JOB_KINDS: Readonly<Record<string, JobKind>> = {
  HyperParameterTuningJob: {
    list: async (client, nameContains, token) => {
      const answer = await client.send(new ListHyperParameterTuningJobsCommand(query(nameContains, token)));
      return page(answer.HyperParameterTuningJobSummaries, answer.NextToken, (job) => ({
        name: job.HyperParameterTuningJobName,
        arn: job.HyperParameterTuningJobArn,
        created: job.CreationTime,
      }));
    },
    stop: (client, name) =>
      client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name })),
  },
  AutoMLJob: {
    list: async (client, nameContains, token) => {
      const answer = await client.send(new ListAutoMLJobsCommand(query(nameContains, token)));
      return page(answer.AutoMLJobSummaries, answer.NextToken, (job) => ({
        name: job.AutoMLJobName,
        arn: job.AutoMLJobArn,
        created: job.CreationTime,
      }));
    },
    stop: (client, name) => client.send(new StopAutoMLJobCommand({ AutoMLJobName: name })),
  },
  TrainingJob: {
    list: async (client, nameContains, token) => {
      const answer = await client.send(new ListTrainingJobsCommand(query(nameContains, token)));
      return page(answer.TrainingJobSummaries, answer.NextToken, (job) => ({
        name: job.TrainingJobName,
        arn: job.TrainingJobArn,
        created: job.CreationTime,
      }));
    },
    stop: (client, name) => client.send(new StopTrainingJobCommand({ TrainingJobName: name })),
  },
};
