import {
  type HyperParameterTrainingJobSummary,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  type SageMakerClient,
  type TrainingJobStatus,
} from '@aws-sdk/client-sagemaker';

/** Maximum page size of ListTrainingJobsForHyperParameterTuningJob. */
const PAGE_SIZE = 100;

/** Enough pages for 750 training jobs, the default quota. */
export const MAX_PAGES = 8;

export interface Listing {
  readonly summaries: readonly HyperParameterTrainingJobSummary[];
  readonly pages: number;
  /** Whether there are more training jobs that were not read. */
  readonly isCut: boolean;
}

/**
 * The training jobs of a tuning job, in the order of their creation.
 *
 * @param maxPages maximum number of pages to read. At least one page is read.
 * @param status lists only training jobs with this status. @default - all
 */
export async function listTrainingJobs(
  client: Pick<SageMakerClient, 'send'>,
  tuningJobName: string,
  maxPages: number,
  status?: TrainingJobStatus,
): Promise<Listing> {
  const summaries: HyperParameterTrainingJobSummary[] = [];
  let nextToken: string | undefined;
  let pages = 0;
  do {
    const response = await client.send(
      new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: tuningJobName,
        ...(status && { StatusEquals: status }),
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: PAGE_SIZE,
        NextToken: nextToken,
      }),
    );
    summaries.push(...(response.TrainingJobSummaries ?? []));
    nextToken = response.NextToken;
    pages += 1;
  } while (nextToken && pages < maxPages);
  return { summaries, pages, isCut: Boolean(nextToken) };
}
