import { FilterLogEventsCommand, type FilterLogEventsCommandInput } from '@aws-sdk/client-cloudwatch-logs';
import type {
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
  HyperParameterTrainingJobSummary,
  MetricDefinition,
} from '@aws-sdk/client-sagemaker';
import { objectiveOf } from '../../shared/objective';
import { trainMetricOf } from '../analyses/overfit';
import { rankedSummaries } from '../best-summaries';
import type { ReportClients } from '../clients';
import type { LearningCurve } from '../report-data';
import { definitionOf } from './definition-of';
import { curvesIn, type LoggedMetric } from './logged-metrics';
import type { TuningSearch } from './tuning-search';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
/** Number of best training jobs whose learning curves are read, in addition to the final training job. */
const BEST_JOBS = 5;
/** Maximum number of log pages for one training job. A page has up to 1 MiB or 10,000 lines. */
const MAX_PAGES = 3;
/** Maximum delay of log events after the end of a job. */
const LOG_DELAY_MILLISECONDS = 5 * 60_000;

interface LoggedJob {
  readonly name: string;
  readonly metrics: readonly LoggedMetric[];
  readonly from?: Date;
  readonly to?: Date;
}

/** The learning curves of the best training jobs and the final training job, or the reason why there are none. */
export interface LearningCurves {
  readonly learningCurves: readonly LearningCurve[];
  readonly learningCurvesNotice?: string;
}

/**
 * Reads learning curves, with a value for each round, from the logs of the training jobs. Like SageMaker, the function
 * finds metrics with the regular expressions of the metric definitions. CloudWatch metrics would need fewer calls, but
 * have only one value per minute. See decision 38.
 */
export async function readLearningCurves(
  client: ReportClients['logs'],
  search: TuningSearch,
  signal: AbortSignal,
): Promise<LearningCurves> {
  const jobs = jobsToRead(search).filter(({ metrics }) => metrics.length > 0);
  if (jobs.length === 0) {
    return {
      learningCurves: [],
      learningCurvesNotice:
        'There are no learning curves: no training job has a value of the objective metric.',
    };
  }
  const read = await Promise.allSettled(jobs.map((job) => readJob(client, job, signal)));
  const learningCurves = read.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  if (learningCurves.length > 0) return { learningCurves };
  const problem = read.find((each) => each.status === 'rejected')?.reason as Error | undefined;
  return {
    learningCurves,
    learningCurvesNotice: problem
      ? `There are no learning curves: reading the logs failed with ${problem.name}: ${problem.message}`
      : 'There are no learning curves: no training job logged the objective metric at least twice.',
  };
}

function jobsToRead({ tuningJob, trainingJobs, finalTrainingJob }: TuningSearch): LoggedJob[] {
  const summaries = trainingJobs.flatMap(({ summary }) => summary ?? []);
  const best = rankedSummaries(summaries, tuningJob).slice(0, BEST_JOBS);
  return [
    ...best.map((summary) => loggedJob(summary, metricsOf(tuningJob, summary))),
    ...(finalTrainingJob
      ? [loggedJob(finalTrainingJob, metricsOf(tuningJob, best[0], finalTrainingJob))]
      : []),
  ];
}

function loggedJob(
  job: Pick<HyperParameterTrainingJobSummary, 'TrainingJobName' | 'TrainingStartTime' | 'TrainingEndTime'>,
  metrics: readonly LoggedMetric[],
): LoggedJob {
  return {
    name: job.TrainingJobName ?? '',
    metrics,
    ...(job.TrainingStartTime && { from: job.TrainingStartTime }),
    ...(job.TrainingEndTime && { to: new Date(job.TrainingEndTime.getTime() + LOG_DELAY_MILLISECONDS) }),
  };
}

/** The objective metric and, if it is a validation metric, the corresponding train metric. */
function metricsOf(
  tuningJob: DescribeHyperParameterTuningJobResponse,
  summary: HyperParameterTrainingJobSummary | undefined,
  finalTrainingJob?: DescribeTrainingJobResponse,
): LoggedMetric[] {
  const { metric } = objectiveOf(tuningJob, { definitionName: summary?.TrainingJobDefinitionName });
  const { AlgorithmSpecification: algorithm } = finalTrainingJob ?? definitionOf(tuningJob, summary) ?? {};
  const wanted = [metric, trainMetricOf(metric)];
  return (algorithm?.MetricDefinitions ?? []).flatMap((each) =>
    wanted.includes(each.Name) ? (loggedMetric(each) ?? []) : [],
  );
}

function loggedMetric({ Name: name, Regex: source }: MetricDefinition): LoggedMetric | undefined {
  try {
    return name && source ? { name, regex: new RegExp(source) } : undefined;
  } catch {
    // SageMaker accepts regular expressions that JavaScript does not support.
    return undefined;
  }
}

async function readJob(
  client: ReportClients['logs'],
  { name, metrics, from, to }: LoggedJob,
  signal: AbortSignal,
): Promise<LearningCurve[]> {
  const lines: string[] = [];
  let nextToken: FilterLogEventsCommandInput['nextToken'];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const response = await client.send(
      new FilterLogEventsCommand({
        logGroupName: LOG_GROUP,
        // Every host logs the metrics, so only the log of the first host is read.
        logStreamNamePrefix: `${name}/algo-1-`,
        startTime: from?.getTime(),
        endTime: to?.getTime(),
        nextToken,
      }),
      { abortSignal: signal },
    );
    for (const { message } of response.events ?? []) if (message) lines.push(message);
    nextToken = response.nextToken;
    if (!nextToken) break;
  }
  return curvesIn(lines, name, metrics);
}
