import {
  type AutoMLCandidate,
  DescribeAutoMLJobV2Command,
  type DescribeAutoMLJobV2Response,
  ListCandidatesForAutoMLJobCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { commonReasons, type FailedJob } from '../../local/src/report/common-reasons';
import { isNotFound } from '../find-best-training-job/errors';
import { byObjective, describeCandidate, modelArtifactsOf, type RankedCandidate, ranked } from './candidate';
import { AutoMlJobNotFoundError, NoCompletedCandidateError, UnexpectedResponseError } from './errors';
import type { CheckedEvent } from './event';
import type { AutoMlJobResult, CandidateCounts, FindBestCandidateResult, LeaderboardEntry } from './types';

/**
 * Size that the leaderboard may fill the result's JSON up to, in bytes. Step Functions carries 262,144 bytes from state
 * to state, and the result shares them with what a state machine adds: half is left to that.
 */
export const RESULT_BUDGET_BYTES = 128 * 1024;

/** The most that ListCandidatesForAutoMLJob gives at once, and pages enough for the 750 candidates of a job. */
const PAGE_SIZE = 300;
const MAX_PAGES = 5;

/**
 * Finds the best candidate of an AutoML job, and tells all about it that a deployment and a person need.
 *
 * The best is SageMaker's `BestCandidate`, else the completed candidate with the best objective value. The status of the
 * AutoML job does not matter: one that was stopped, or failed late, can have a best candidate.
 */
export async function findBestCandidate(
  client: SageMakerClient,
  { autoMlJobName, leaderboardSize }: CheckedEvent,
): Promise<FindBestCandidateResult> {
  const description = await describeAutoMlJob(client, autoMlJobName);
  const candidates = await listCandidates(client, autoMlJobName);
  const listed = candidates.flatMap((candidate) => ranked(candidate) ?? []).sort(byObjective);
  const autoMlJob = summarize(description, candidates);
  const best = ranked(description.BestCandidate) ?? listed.find(({ status }) => status === 'Completed');
  if (!best) throw noCompletedCandidate(description, autoMlJob, candidates);
  return fitToBudget({
    autoMlJob,
    bestCandidate: describeCandidate(best),
    leaderboard: listed.slice(0, leaderboardSize).map(leaderboardEntry),
  });
}

function leaderboardEntry({ name, status, value, candidate }: RankedCandidate): LeaderboardEntry {
  return { name, status, objectiveValue: value, modelArtifacts: modelArtifactsOf(candidate) };
}

async function describeAutoMlJob(
  client: SageMakerClient,
  name: string,
): Promise<DescribeAutoMLJobV2Response> {
  try {
    return await client.send(new DescribeAutoMLJobV2Command({ AutoMLJobName: name }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new AutoMlJobNotFoundError(`AutoML job ${name} does not exist`, { cause: error });
  }
}

async function listCandidates(client: SageMakerClient, name: string): Promise<AutoMLCandidate[]> {
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

function summarize(
  description: DescribeAutoMLJobV2Response,
  candidates: readonly AutoMLCandidate[],
): AutoMlJobResult {
  const { AutoMLJobName: name, AutoMLJobArn: arn, AutoMLJobStatus: status } = description;
  if (name === undefined || arn === undefined || status === undefined) {
    throw new UnexpectedResponseError(
      "SageMaker's description of the AutoML job lacks its name, ARN or status",
    );
  }
  const resolved =
    description.ResolvedAttributes?.AutoMLProblemTypeResolvedAttributes?.TabularResolvedAttributes;
  const given = description.AutoMLProblemTypeConfig?.TabularJobConfig;
  return {
    name,
    arn,
    status,
    problemType: resolved?.ProblemType ?? given?.ProblemType ?? null,
    candidates: countOf(candidates),
  };
}

function countOf(candidates: readonly AutoMLCandidate[]): CandidateCounts {
  const count = (status: string) =>
    candidates.filter(({ CandidateStatus }) => CandidateStatus === status).length;
  return { completed: count('Completed'), stopped: count('Stopped'), failed: count('Failed') };
}

/** Cuts the leaderboard, from its end, to what the result may hold. */
function fitToBudget(result: FindBestCandidateResult): FindBestCandidateResult {
  let size = Buffer.byteLength(JSON.stringify({ ...result, leaderboard: [] }));
  const fitting: LeaderboardEntry[] = [];
  for (const entry of result.leaderboard) {
    size += Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (size > RESULT_BUDGET_BYTES) break;
    fitting.push(entry);
  }
  return { ...result, leaderboard: fitting };
}

/** The error that tells a person why there is no best candidate, and where to look next. */
function noCompletedCandidate(
  description: DescribeAutoMLJobV2Response,
  { name, status, candidates: { completed, stopped, failed } }: AutoMlJobResult,
  candidates: readonly AutoMLCandidate[],
): NoCompletedCandidateError {
  const at = description.AutoMLJobSecondaryStatus;
  const sentences = [
    `AutoML job ${name} (${at && at !== status ? `${status}, ${at}` : status}) has no completed candidate with a value of its objective metric: ` +
      `${completed} completed, ${stopped} stopped, ${failed} failed`,
  ];
  if (description.FailureReason) {
    sentences.push(`Its failure reason: ${withoutFullStop(description.FailureReason)}`);
  }
  for (const { PartialFailureMessage: message } of description.PartialFailureReasons ?? []) {
    if (message) sentences.push(`Partial failure: ${withoutFullStop(message)}`);
  }
  const [common] = commonReasons(failedCandidates(candidates));
  if (common) {
    sentences.push(
      `Most common reason, of ${common.count} failed candidates, for example ${common.example}: ${withoutFullStop(common.reason)}`,
    );
  }
  sentences.push('Logs: CloudWatch log groups /aws/sagemaker/ProcessingJobs and /aws/sagemaker/TrainingJobs');
  return new NoCompletedCandidateError(sentences.join('. '));
}

function failedCandidates(candidates: readonly AutoMLCandidate[]): FailedJob[] {
  return candidates.flatMap(({ CandidateName: name, FailureReason: reason }) =>
    name && reason ? [{ name, reason }] : [],
  );
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
