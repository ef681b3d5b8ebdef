import Table from 'cli-table3';
import type { AutoMLCandidate, AutoMLJobRecord } from '../services';
import { colors } from './colors';
import { formatMetric, formatSeconds } from './format';
import { placePrefix } from './job-place';
import { estimateSecondsLeft, type Progress, renderProgress } from './progress';
import type { Screen } from './screen';
import { PLAIN_TABLE } from './table';

/** Note shown with local mode's candidates, so that nobody mistakes these candidates for Autopilot's. */
export const LOCAL_EQUIVALENT = "local equivalent: scikit-learn and XGBoost, not SageMaker's Autopilot";

/** Maximum number of candidates to show, best first. */
const SHOWN = 10;

/** Candidates that have ended, ordered as a leaderboard: best first, candidates without a value last. */
export function leaderboard({ candidates }: Pick<AutoMLJobRecord, 'candidates'>): AutoMLCandidate[] {
  const rank = ({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): number => {
    if (metric === undefined) return Number.POSITIVE_INFINITY;
    return metric.Type === 'Maximize' ? -metric.Value : metric.Value;
  };
  return candidates.filter(isEnded).sort((one, other) => rank(one) - rank(other));
}

/** Whether a candidate has ended, regardless of its status. */
export function isEnded({ CandidateStatus: status }: AutoMLCandidate): boolean {
  return status !== 'InProgress' && status !== 'Stopping';
}

/** Renders the progress and the leaderboard of an AutoML job, in no more rows than the screen has. */
export function renderAutoMLJob(job: AutoMLJobRecord, { rows, columns, now }: Screen): string[] {
  const { AutoMLJobName: name, AutoMLJobStatus: status } = job.description;
  const ranked = leaderboard(job);
  const head = [
    `${placePrefix(job.createdBy?.place)}${colors.bold('AutoML job')}  ${status}  ${name}`,
    ` (${LOCAL_EQUIVALENT})`,
    ...renderProgress(progressOf(job, now), columns),
  ];
  // The table's header takes one line.
  const shown = ranked.slice(0, Math.max(0, Math.min(SHOWN, rows - head.length - 1)));
  return shown.length === 0 ? head.slice(0, rows) : [...head, ...leaderboardTable(shown)];
}

function progressOf({ description, candidates }: AutoMLJobRecord, now: number): Progress {
  const { CreationTime, EndTime: end } = description;
  const criteria =
    description.ResolvedAttributes?.CompletionCriteria ??
    description.AutoMLProblemTypeConfig.TabularJobConfig?.CompletionCriteria;
  const expected = criteria?.MaxCandidates;
  const ended = candidates.filter(isEnded).length;
  const times = candidates.map((candidate) => ({ start: candidate.CreationTime, end: candidate.EndTime }));
  const parallel = Number.POSITIVE_INFINITY;
  return {
    unit: 'candidates',
    ended,
    expected,
    running: candidates.length - ended,
    failed: candidates.filter(({ CandidateStatus }) => CandidateStatus === 'Failed').length,
    isOver: end !== undefined,
    elapsedSeconds: (end ?? now) - CreationTime,
    secondsLeft:
      expected === undefined ? undefined : estimateSecondsLeft(times, { expected, ended, parallel, now }),
  };
}

/** One line for a candidate that has ended. */
export function renderCandidateEnd(candidate: AutoMLCandidate): string {
  const { CandidateName, CandidateStatus, FailureReason } = candidate;
  const value = FailureReason ?? renderCandidateObjective(candidate);
  return `${CandidateName} ${CandidateStatus}  ${value}  ${pipelineOf(candidate)}`;
}

/** The objective metric's name and value. */
export function renderCandidateObjective(candidate: AutoMLCandidate): string {
  return `${metricName(candidate)} ${metricValue(candidate)}`;
}

function leaderboardTable(candidates: readonly AutoMLCandidate[]): string[] {
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
    table.push(index === 0 ? cells.map((cell) => colors.green(cell)) : cells);
  });
  return table.toString().split('\n');
}

function metricName({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): string {
  return metric?.StandardMetricName ?? 'objective';
}

function metricValue({ FinalAutoMLJobObjectiveMetric: metric }: AutoMLCandidate): string {
  return formatMetric(metric?.Value);
}

/** The steps of a candidate's pipeline. */
function pipelineOf({ InferenceContainers: containers = [] }: AutoMLCandidate): string {
  const { LOCAL_MODE_ALGORITHM: algorithm = '', LOCAL_MODE_PREPROCESSING: preprocessing } =
    containers[0]?.Environment ?? {};
  if (!preprocessing) return algorithm;
  return `${algorithm} (${Object.values(JSON.parse(preprocessing)).join(', ')})`;
}
