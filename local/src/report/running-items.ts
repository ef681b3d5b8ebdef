import type { LargeMap, MapProgress } from '../executions/map-progress';
import {
  type AutoMLJobRecord,
  bestTrainingJob,
  type Jobs,
  summarizeTrainingJobs,
  type TrainingJobRecord,
  type TuningJobRecord,
} from '../services';
import type { FailureWait, MapItemState, MapPlace } from '../states';
import { isEnded as isCandidateEnded } from './automl-jobs';
import { colors } from './colors';
import { explainItem } from './failure';
import { placePrefix, renderPlace } from './job-place';
import type { Screen } from './screen';
import { isEnded, renderObjective, renderTime } from './training-job-text';

/** Renders the failed and the running items of a Map, one line each, but no more lines than the screen has rows. */
export function renderRunningItems(
  { failedItems, runningItems }: Pick<LargeMap, 'failedItems' | 'runningItems'>,
  jobs: Jobs,
  { rows, now }: Screen,
): string[] {
  // Failed items take half of the rows, or more if the running items leave room.
  const failedRows = Math.max(Math.floor(rows / 2), rows - runningItems.length);
  const failed = failedRows === 0 ? [] : failedItems.slice(-failedRows);
  const jobOf = runningJobs(jobs, now);
  return [
    ...failed.map((item) => colors.red(` ${renderPlace(item)}  FAILED  ${explainItem(item)}`)),
    ...runningItems
      .slice(0, rows - failed.length)
      .map(
        (item) => ` ${renderPlace(item)}  ${item.wait ? renderWait(item.wait) : `RUNNING  ${jobOf(item)}`}`,
      )
      .map((line) => line.trimEnd()),
  ];
}

/** Renders why an item or an execution waits. */
export function renderWait({ failure }: FailureWait): string {
  return `WAITING AFTER AN ERROR  ${explainItem(failure)}`;
}

/** Renders a wait with its item, or with its execution if several executions run. */
export function renderPlacedWait(wait: FailureWait, { executionCount }: MapProgress): string {
  const { executionArn, path } = wait;
  const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
  const execution = executionCount > 1 ? `Execution ${name}  ` : '';
  return `${path.length > 0 ? placePrefix(wait) : execution}${renderWait(wait)}`;
}

/** Renders the latest running job of each item. */
function runningJobs(jobs: Jobs, now: number): (item: MapItemState) => string {
  const lines = new Map<string, () => string>();
  const add = (place: MapPlace | undefined, line: () => string) => {
    if (place) lines.set(keyOf(place), line);
  };
  for (const job of jobs.tuning.listRecent()) {
    if (job.description.HyperParameterTuningEndTime === undefined)
      add(job.createdBy?.place, () => renderTuning(job, jobs));
  }
  for (const job of jobs.automl.listRecent()) {
    if (job.description.EndTime === undefined) add(job.createdBy?.place, () => renderAutoML(job));
  }
  for (const job of jobs.training.listRecent()) {
    if (!isEnded(job.description)) add(job.createdBy?.place, () => renderTraining(job, now));
  }
  return (item) => lines.get(keyOf(item))?.() ?? '';
}

function renderTuning({ description }: TuningJobRecord, jobs: Jobs): string {
  const { MaxNumberOfTrainingJobs: expected } = description.HyperParameterTuningJobConfig.ResourceLimits;
  const trainingJobs = summarizeTrainingJobs(jobs, description);
  const best = bestTrainingJob(trainingJobs);
  return [
    `${progressOf(trainingJobs.filter(isEnded), expected)} training jobs`,
    ...(best === undefined ? [] : [renderObjective(best)]),
    `Tuning job ${description.HyperParameterTuningJobName}`,
  ].join('  ');
}

function renderAutoML({ description, candidates }: AutoMLJobRecord): string {
  return `${candidates.filter(isCandidateEnded).length} candidates  AutoML job ${description.AutoMLJobName}`;
}

function renderTraining({ description }: TrainingJobRecord, now: number): string {
  return `${renderTime(description, now)}  Training job ${description.TrainingJobName}`.trimStart();
}

function progressOf(ended: readonly unknown[], expected: number | undefined): string {
  return expected === undefined ? String(ended.length) : `${ended.length} of ${expected}`;
}

/** The item of the outermost Map. */
function keyOf({ executionArn, path: [outermost] }: MapPlace): string {
  return `${executionArn} ${outermost?.map} ${outermost?.index}`;
}
