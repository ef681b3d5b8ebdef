import type { MapProgress } from '../executions/map-progress';
import type { JobRecord, Jobs, TrainingJobRecord } from '../services';
import { renderAutoMLJob } from './automl-jobs';
import { colors } from './colors';
import { highestRanked } from './highest-ranked';
import { placePrefix } from './job-place';
import { renderMapProgress } from './map-progress';
import { renderPlacedWait, renderRunningItems } from './running-items';
import type { Screen } from './screen';
import { isEnded, renderTrainingJob } from './training-job-text';
import { renderTuningJob, trainingJobsView } from './tuning-job-table';

/** Minimum number of rows for a search: its name, its progress, the best job, and some training jobs. */
const FEWEST_ROWS = 8;

/** A tuning or AutoML job, with the function that renders its section of the screen. */
interface Search {
  readonly record: JobRecord;
  readonly isOver: boolean;
  readonly render: (screen: Screen) => string[];
}

/**
 * Renders the progress of Maps with many items. The remaining rows show running items of these Maps, and the jobs that
 * do not run for such an item. Below, one line says why for each execution or item of a small Map that waits after an
 * error.
 */
export function renderScreen(jobs: Jobs, maps: MapProgress, screen: Screen): string[] {
  const waits = maps
    .waits()
    .slice(0, Math.floor(screen.rows / 2))
    .map((wait) => ` ${renderPlacedWait(wait, maps)}`);
  return [...renderUnits(jobs, maps, { ...screen, rows: screen.rows - waits.length }), ...waits];
}

function renderUnits(jobs: Jobs, maps: MapProgress, screen: Screen): string[] {
  const large = maps.large();
  if (large.length === 0) return renderJobs(jobs, screen);
  const heads = large.flatMap((map) => renderMapProgress(map, screen));
  const room = Math.max(0, screen.rows - heads.length);
  const isOther: IsShown = ({ createdBy }, isOver) => !isOver && maps.largeOf(createdBy?.place) === undefined;
  const others = renderJobs(jobs, { ...screen, rows: Math.floor(room / 2) }, isOther);
  const rows = Math.floor((room - others.length) / large.length);
  const items = large.flatMap((map) => renderRunningItems(map, jobs, { ...screen, rows }));
  return [...heads, ...items, ...others].slice(0, screen.rows);
}

/** Whether to show a job. */
type IsShown = (job: JobRecord, isOver: boolean) => boolean;

/** Renders the jobs of this process in the rows of the screen, running jobs first. */
function renderJobs(jobs: Jobs, screen: Screen, isShown?: IsShown): string[] {
  const trainingJobs = jobs.training
    .listRecent()
    .filter(({ description }) => description.TuningJobArn === undefined)
    .filter((job) => isShown?.(job, isEnded(job.description)) ?? true);
  const searches = searchesOf(jobs).filter(({ record, isOver }) => isShown?.(record, isOver) ?? true);
  // Also counts finished jobs, which may no longer be in memory.
  const total = isShown ? searches.length : jobs.tuning.ownCount + jobs.automl.ownCount;
  // Training jobs take half of the screen, or all of it if there are no searches.
  const shownTrainingJobs = highestRanked(
    trainingJobs,
    searches.length > 0 ? Math.max(1, Math.floor(screen.rows / 2) - 1) : screen.rows - 1,
    ({ description }) => Number(isEnded(description)),
  );
  const trainingLines = shownTrainingJobs.map((job) => renderLine(job, screen.now));
  if (trainingJobs.length > shownTrainingJobs.length) {
    trainingLines.unshift(` … ${trainingJobs.length - shownTrainingJobs.length} more training jobs`);
  }
  const rows = screen.rows - trainingLines.length;
  const shown = highestRanked(searches, Math.max(1, Math.floor((rows - 1) / FEWEST_ROWS)), ({ isOver }) =>
    Number(isOver),
  );
  const hidden = total - shown.length;
  const rowsEach = Math.floor((rows - Math.min(1, hidden)) / Math.max(1, shown.length));
  return [
    ...(hidden > 0 ? [` … ${hidden} more tuning and AutoML jobs: see "list"`] : []),
    ...shown.flatMap(({ render }) => render({ ...screen, rows: rowsEach })),
    ...trainingLines,
  ].slice(0, screen.rows);
}

function searchesOf(jobs: Jobs): Search[] {
  return [
    ...jobs.tuning.listRecent().map((record) => ({
      record,
      isOver: record.description.HyperParameterTuningEndTime !== undefined,
      render: (screen: Screen) =>
        renderTuningJob(
          {
            ...record,
            ...trainingJobsView(jobs, record.description),
            ...(record.createdBy?.place && { place: record.createdBy.place }),
          },
          screen,
        ),
    })),
    ...jobs.automl.listRecent().map((job) => ({
      record: job,
      isOver: job.description.EndTime !== undefined,
      render: (screen: Screen) => renderAutoMLJob(job, screen),
    })),
  ];
}

function renderLine({ description, createdBy }: TrainingJobRecord, now: number): string {
  const line = `${placePrefix(createdBy?.place)}${renderTrainingJob(description, now)}`;
  return description.TrainingJobStatus === 'Failed' ? colors.red(line) : line;
}
