import {
  type AutoMLCandidate,
  ListCandidatesForAutoMLJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

/** Maximum page size of ListCandidatesForAutoMLJob. A job has at most 750 candidates. */
const PAGE_SIZE = 300;
const MAX_PAGES = 5;

/** The candidates of an AutoML job, in the order of their creation. */
export async function listCandidates(
  client: Pick<SageMakerClient, 'send'>,
  name: string,
): Promise<AutoMLCandidate[]> {
  const candidates: AutoMLCandidate[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await client.send(
      new ListCandidatesForAutoMLJobCommand({
        AutoMLJobName: name,
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: PAGE_SIZE,
        NextToken: nextToken,
      }),
    );
    candidates.push(...(response.Candidates ?? []));
    nextToken = response.NextToken;
    if (!nextToken) break;
  }
  return candidates;
}
