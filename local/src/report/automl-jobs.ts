import Table from 'cli-table3';
import type { AutoMLCandidate, AutoMLJobRecord } from '../services';
import { colours } from './colours';
import { formatMetric, formatSeconds } from './format';
import { PLAIN_TABLE } from './table';

/** Said wherever candidates are shown: nobody is to take them for Autopilot's. */
export const LOCAL_EQUIVALENT = "local equivalent: scikit-learn and XGBoost, not SageMaker's Autopilot";

/** Candidates that the summary shows. */
const SHOWN = 10;

/** Candidates that have ended, in the order of a leaderboard: best first, those without a value last. */
export function leaderboard({ candidates }: Pick<AutoMLJobRecord, 'candidates'>): AutoMLCandidate[] {
  const rank = ({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): number => {
    if (metric === undefined) return Number.POSITIVE_INFINITY;
    return metric.Type === 'Maximize' ? -metric.Value : metric.Value;
  };
  return candidates.filter(isEnded).sort((one, other) => rank(one) - rank(other));
}

/** Whether a candidate has ended, however it did. */
export function isEnded({ CandidateStatus: status }: AutoMLCandidate): boolean {
  return status !== 'InProgress' && status !== 'Stopping';
}

/** An AutoML job as a title and its leaderboard. */
export function renderAutoMLJob(job: AutoMLJobRecord, rows = SHOWN): string {
  const { description, candidates } = job;
  const ranked = leaderboard(job);
  const criteria =
    description.ResolvedAttributes?.CompletionCriteria ??
    description.AutoMLProblemTypeConfig.TabularJobConfig?.CompletionCriteria;
  const title =
    `${colours.bold('AutoML job')}  ${description.AutoMLJobStatus}: ${ranked.length} of ` +
    `${criteria?.MaxCandidates ?? candidates.length} candidates  ${description.AutoMLJobName}\n (${LOCAL_EQUIVALENT})`;
  return ranked.length === 0 ? title : `${title}\n${leaderboardTable(ranked.slice(0, rows))}`;
}

/** A candidate that has ended, in a line. */
export function renderCandidateEnd(candidate: AutoMLCandidate): string {
  const { CandidateName, CandidateStatus, FailureReason } = candidate;
  const value = FailureReason ?? `${metricName(candidate)} ${metricValue(candidate)}`;
  return `${CandidateName} ${CandidateStatus}  ${value}  ${pipelineOf(candidate)}`;
}

function leaderboardTable(candidates: readonly AutoMLCandidate[]): string {
  const [first] = candidates;
  const table = new Table({
    ...PLAIN_TABLE,
    head: ['#', first ? metricName(first) : '', 'time', 'algorithm', 'candidate'],
  });
  candidates.forEach((candidate, index) => {
    const { CandidateName, CandidateStatus, CreationTime, EndTime = CreationTime } = candidate;
    const cells = [
      String(index + 1),
      metricValue(candidate) || CandidateStatus,
      formatSeconds(EndTime - CreationTime),
      pipelineOf(candidate),
      CandidateName,
    ];
    table.push(index === 0 ? cells.map((cell) => colours.green(cell)) : cells);
  });
  return table.toString();
}

function metricName({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): string {
  return metric?.StandardMetricName ?? 'objective';
}

function metricValue({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): string {
  return formatMetric(metric?.Value);
}

/** What a candidate is made of. */
function pipelineOf({ InferenceContainers: containers = [] }: AutoMLCandidate): string {
  const { LOCAL_MODE_ALGORITHM: algorithm = '', LOCAL_MODE_PREPROCESSING: preprocessing } =
    containers[0]?.Environment ?? {};
  if (!preprocessing) return algorithm;
  return `${algorithm} (${Object.values(JSON.parse(preprocessing)).join(', ')})`;
}
