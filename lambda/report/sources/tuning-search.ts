import {
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  type HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import { isUnreadable } from '../../shared/sagemaker-errors';
import { type Listing, listTrainingJobs, MAX_PAGES } from '../../shared/training-job-summaries';
import { rankedSummaries } from '../best-summaries';
import type { ReportClients } from '../clients';
import { textOf } from '../error-text';
import type { TrainingJobInput, TuningReportInput } from '../input';
import { billedTimeOf } from './billed-time';

/**
 * Maximum number of calls to SageMaker for a tuning job. One call describes the tuning job, and each page of its training
 * jobs takes one call. The other calls describe the jobs that ran after the search, and the best training jobs. A search
 * with eight pages, a final training and a cross-validation needs one call more.
 */
const MAX_CALLS = 10;
/** Maximum number of pages for the training jobs of all parents together. */
const MAX_PARENT_PAGES = 10;
/** Maximum number of pages for the training jobs of all earlier tuning jobs of the same search. */
const MAX_EARLIER_PAGES = 160;

/** A tuning job, with everything known about its training jobs. */
export interface TuningSearch
  extends Pick<
    TuningReportInput,
    'tuningJob' | 'trainingJobs' | 'unreadJobs' | 'parents' | 'finalTrainingJob' | 'crossValidationJob'
  > {
  /** Sentences about data that could not be read. */
  readonly notices: readonly string[];
}

/** A training job, or the reason why it cannot be read. */
export type ReadTrainingJob = DescribeTrainingJobResponse | string;

/** Describes a training job. */
export function readTrainingJob(client: ReportClients['sagemaker'], name: string): Promise<ReadTrainingJob> {
  return ifReadable(client.send(new DescribeTrainingJobCommand({ TrainingJobName: name })));
}

/**
 * Reads a search: a tuning job, and the tuning jobs that the search ran before it. If an optional part cannot be read, the
 * report has a notice instead.
 */
export async function readTuningSearch(
  client: ReportClients['sagemaker'],
  tuningJobName: string,
  { finalJob, crossValidationJob: validationJob, earlier = [] }: SearchParts,
): Promise<TuningSearch> {
  const [last, listing, before, finalTrainingJob, crossValidationJob] = await Promise.all([
    describeTuningJob(client, tuningJobName),
    listTrainingJobs(client, tuningJobName, MAX_PAGES),
    readEarlier(client, earlier),
    finalJob,
    validationJob,
  ]);
  const tuningJob = wholeSearch(last, before);
  const lastSummaries = withBest(listing.summaries, last);
  const summaries = [...before.summaries, ...lastSummaries];
  const callsLeft = MAX_CALLS - 1 - listing.pages - (finalJob ? 1 : 0) - (validationJob ? 1 : 0);
  const { described, problems } = await describeTrainingJobs(
    client,
    rankedSummaries(summaries, tuningJob)
      .flatMap(({ TrainingJobName: name }) => name ?? [])
      .slice(0, Math.max(0, callsLeft)),
  );
  problems.unshift(...[finalTrainingJob, crossValidationJob].filter((job) => typeof job === 'string'));
  const { parents, notices } = await readParents(client, tuningJob);
  const unreadJobs = before.unreadJobs + (listing.isCut ? unreadOf(last, lastSummaries.length) : 0);
  return {
    tuningJob,
    trainingJobs: summaries.map((summary) => {
      const description = described.get(summary.TrainingJobName ?? '');
      return withBilledTime({ summary, ...(description && { description }) }, tuningJob);
    }),
    ...(unreadJobs > 0 && { unreadJobs }),
    ...(parents.length > 0 && { parents }),
    ...(typeof finalTrainingJob === 'object' && { finalTrainingJob }),
    ...(typeof crossValidationJob === 'object' && { crossValidationJob }),
    notices: [
      ...(unreadJobs > 0 ? [cutNotice(searchName(tuningJobName, earlier), summaries.length)] : []),
      ...problems.slice(0, 1).map((problem) => `Training jobs could not be described: ${problem}.`),
      ...notices,
    ],
  };
}

/** The optional parts of a search. */
interface SearchParts {
  /** The final training job. @default - there is no final training job */
  readonly finalJob?: Promise<ReadTrainingJob>;
  /** The training job of the cross-validation. @default - there is none */
  readonly crossValidationJob?: Promise<ReadTrainingJob>;
  /** Names of the tuning jobs that the search ran before its last one, oldest first. @default - none */
  readonly earlier?: readonly string[];
}

/** The tuning jobs that a search ran before its last one. */
interface Earlier {
  readonly first?: DescribeHyperParameterTuningJobResponse;
  readonly summaries: readonly HyperParameterTrainingJobSummary[];
  /** Minimum number of training jobs that were not read. */
  readonly unreadJobs: number;
}

/**
 * Reads the training jobs of earlier tuning jobs. Describes the oldest tuning job, for its creation time, and those whose
 * training jobs were not all read. The settings are the same in all tuning jobs of a search.
 */
async function readEarlier(client: ReportClients['sagemaker'], names: readonly string[]): Promise<Earlier> {
  const [firstName] = names;
  if (firstName === undefined) return { summaries: [], unreadJobs: 0 };
  const first = await ifReadable(describeTuningJob(client, firstName));
  const summaries: HyperParameterTrainingJobSummary[] = [];
  let pagesLeft = MAX_EARLIER_PAGES;
  let unreadJobs = 0;
  for (const name of names) {
    const listing = pagesLeft > 0 && (await ifReadable(listTrainingJobs(client, name, pagesLeft)));
    const { summaries: listed, pages, isCut } = typeof listing === 'object' ? listing : NOTHING_LISTED;
    pagesLeft -= pages;
    if (isCut) {
      const tuningJob = name === firstName ? first : await ifReadable(describeTuningJob(client, name));
      unreadJobs += typeof tuningJob === 'object' ? unreadOf(tuningJob, listed.length) : 1;
    }
    summaries.push(...listed);
  }
  return { ...(typeof first === 'object' && { first }), summaries, unreadJobs };
}

const NOTHING_LISTED: Listing = { summaries: [], pages: 0, isCut: true };

/**
 * The description of the last tuning job of a search, changed as if it had run all training jobs. Its parents are left
 * out, because they belong to the same search.
 */
function wholeSearch(
  last: DescribeHyperParameterTuningJobResponse,
  { first, summaries, unreadJobs }: Earlier,
): DescribeHyperParameterTuningJobResponse {
  if (summaries.length + unreadJobs === 0) return last;
  const { WarmStartConfig: _parents, HyperParameterTuningJobConfig: config, ...rest } = last;
  const limits = config?.ResourceLimits && {
    ...config.ResourceLimits,
    MaxNumberOfTrainingJobs:
      summaries.length + unreadJobs + (config.ResourceLimits.MaxNumberOfTrainingJobs ?? 0),
  };
  return {
    ...rest,
    CreationTime: first?.CreationTime ?? last.CreationTime,
    HyperParameterTuningJobConfig: config && { ...config, ResourceLimits: limits },
  };
}

function describeTuningJob(
  client: ReportClients['sagemaker'],
  name: string,
): Promise<DescribeHyperParameterTuningJobResponse> {
  return client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
}

function withBilledTime(
  job: TrainingJobInput & { readonly summary: HyperParameterTrainingJobSummary },
  tuningJob: DescribeHyperParameterTuningJobResponse,
): TrainingJobInput {
  const description = job.description ?? billedTimeOf(job.summary, tuningJob);
  return { ...job, ...(description && { description }) };
}

/** Adds the best training job if it is not on the pages that were read. */
function withBest(
  summaries: readonly HyperParameterTrainingJobSummary[],
  { BestTrainingJob: best }: DescribeHyperParameterTuningJobResponse,
): readonly HyperParameterTrainingJobSummary[] {
  const isListed = summaries.some(({ TrainingJobName }) => TrainingJobName === best?.TrainingJobName);
  return best?.TrainingJobName === undefined || isListed ? summaries : [...summaries, best];
}

/** The number of training jobs of a tuning job that were not read. */
function unreadOf(
  { TrainingJobStatusCounters: counters = {} }: DescribeHyperParameterTuningJobResponse,
  read: number,
): number {
  const all = Object.values(counters).reduce((sum, number) => sum + number, 0);
  return Math.max(1, all - read);
}

async function describeTrainingJobs(
  client: ReportClients['sagemaker'],
  names: readonly string[],
): Promise<{ described: ReadonlyMap<string, DescribeTrainingJobResponse>; problems: string[] }> {
  const described = new Map<string, DescribeTrainingJobResponse>();
  const problems: string[] = [];
  await Promise.all(
    names.map(async (name) => {
      const job = await readTrainingJob(client, name);
      if (typeof job === 'string') problems.push(job);
      else described.set(name, job);
    }),
  );
  return { described, problems };
}

/** Reads the parents of a warm start. The role can lack permission to read jobs whose names have other prefixes. */
async function readParents(
  client: ReportClients['sagemaker'],
  { WarmStartConfig }: DescribeHyperParameterTuningJobResponse,
): Promise<{ parents: NonNullable<TuningReportInput['parents']>; notices: string[] }> {
  const parents: NonNullable<TuningReportInput['parents']>[number][] = [];
  const notices: string[] = [];
  const names = (WarmStartConfig?.ParentHyperParameterTuningJobs ?? []).flatMap(
    ({ HyperParameterTuningJobName: name }) => name ?? [],
  );
  let pagesLeft = MAX_PARENT_PAGES;
  for (const [index, name] of names.entries()) {
    const tuningJob = await ifReadable(describeTuningJob(client, name));
    if (typeof tuningJob === 'string') {
      notices.push(`The earlier tuning job ${name} could not be read: ${tuningJob}.`);
      continue;
    }
    // Reserves one page for each of the remaining tuning jobs.
    const listing = await listTrainingJobs(client, name, pagesLeft - (names.length - index - 1));
    pagesLeft -= listing.pages;
    if (listing.isCut) notices.push(cutNotice(`Tuning job ${name}`, listing.summaries.length));
    parents.push({
      tuningJob,
      trainingJobs: listing.summaries.map((summary) => withBilledTime({ summary }, tuningJob)),
    });
  }
  return { parents, notices };
}

/** The subject of a sentence about a search, which can have run several tuning jobs. */
function searchName(tuningJobName: string, earlier: readonly string[]): string {
  return earlier.length > 0 ? 'The search' : `Tuning job ${tuningJobName}`;
}

function cutNotice(search: string, shown: number): string {
  return `${search} has more training jobs than the ${shown} in this report.`;
}

/** The response or, if a job was deleted or the role lacks the permission to read the job, the error message. */
async function ifReadable<T extends object>(answer: Promise<T>): Promise<T | string> {
  try {
    return await answer;
  } catch (error) {
    if (isUnreadable(error)) return textOf(error);
    throw error;
  }
}
