import {
  DescribeTrainingJobCommand,
  type HyperParameterTrainingJobSummary,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { isAccessDenied, isNotFound } from './errors';

/** Pages of failed training jobs that are looked through: enough for the 750 jobs of the default quota. */
const MAX_PAGES = 8;
const PAGE_SIZE = 100;
/** Failed training jobs that are described one by one because their summaries give no reason. */
const MAX_DESCRIBED = 10;

/** The reason that most of the failed training jobs have in common. */
export interface CommonFailure {
  /** The reason in the words of `example`. */
  readonly reason: string;
  /** Name of the first training job that failed for it. */
  readonly example: string;
  /** How many failed for it, of `examined`. */
  readonly count: number;
  /** Failed training jobs with a reason that were looked at. */
  readonly examined: number;
}

/** Why most of a tuning job's failed training jobs failed; `undefined` if none failed or none says why. */
export async function findCommonFailure(
  client: SageMakerClient,
  tuningJobName: string,
): Promise<CommonFailure | undefined> {
  const groups = new Map<string, { reason: string; example: string; count: number }>();
  let examined = 0;
  let toDescribe = MAX_DESCRIBED;
  for (const { TrainingJobName: name, FailureReason: summaryReason } of await listFailed(
    client,
    tuningJobName,
  )) {
    if (name === undefined) {
      continue;
    }
    const reason = summaryReason || (toDescribe-- > 0 ? await describeReason(client, name) : undefined);
    if (!reason) {
      continue;
    }
    examined += 1;
    const key = withoutJobSpecifics(reason, name);
    const group = groups.get(key) ?? { reason, example: name, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  // The sort is stable: of two equally common reasons, the earlier training job's is named.
  const [most] = [...groups.values()].sort((a, b) => b.count - a.count);
  return most && { ...most, examined };
}

/**
 * A failure reason without the parts that differ from one training job to the next, so that equal causes compare equal.
 * Whole numbers stay: exit code 1 is not exit code 137.
 */
export function withoutJobSpecifics(reason: string, trainingJobName: string): string {
  return reason
    .replaceAll(trainingJobName, '<name>')
    .replace(/\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?/g, '<time>')
    .replace(/\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?/g, '<time>')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)[0-9a-f]{8,})\b/gi, '<id>')
    .replace(/[-+]?\b\d+\.\d+(?:e[-+]?\d+)?\b/gi, '<number>')
    .replace(/\s+/g, ' ')
    .trim();
}

async function listFailed(
  client: SageMakerClient,
  tuningJobName: string,
): Promise<HyperParameterTrainingJobSummary[]> {
  const summaries: HyperParameterTrainingJobSummary[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await client.send(
      new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: tuningJobName,
        StatusEquals: 'Failed',
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: PAGE_SIZE,
        NextToken: nextToken,
      }),
    );
    summaries.push(...(response.TrainingJobSummaries ?? []));
    nextToken = response.NextToken;
    if (!nextToken) {
      break;
    }
  }
  return summaries;
}

async function describeReason(client: SageMakerClient, trainingJobName: string): Promise<string | undefined> {
  try {
    const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: trainingJobName }));
    return job.FailureReason;
  } catch (error) {
    // The reason is an extra in an error message: not worth another error in its place.
    if (isAccessDenied(error) || isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}
