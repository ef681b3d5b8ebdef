import type { Jobs, TrainingJobRecord } from '../services';
import { renderAutoMLJob } from './automl-jobs';
import { colors } from './colors';
import { highestRanked } from './highest-ranked';
import { placePrefix } from './job-place';
import type { Screen } from './screen';
import { isEnded, renderTrainingJob } from './training-job-text';
import { renderTuningJob, trainingJobsView } from './tuning-job-table';

/** Minimum number of rows for a search: its name, its progress, the best job, and some training jobs. */
const FEWEST_ROWS = 8;

/** A tuning or AutoML job with its part of the screen. */
interface Search {
  readonly isOver: boolean;
  readonly render: (screen: Screen) => string[];
}

/** Renders the jobs of this process in the rows of the screen, running jobs first. */
export function renderJobs(jobs: Jobs, screen: Screen): string[] {
  const trainingJobs = jobs.training
    .listRecent()
    .filter(({ description }) => description.TuningJobArn === undefined);
  const searches = searchesOf(jobs);
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
  const hidden = jobs.tuning.ownCount + jobs.automl.ownCount - shown.length;
  const rowsEach = Math.floor((rows - Math.min(1, hidden)) / Math.max(1, shown.length));
  return [
    ...(hidden > 0 ? [` … ${hidden} more tuning and AutoML jobs: see "list"`] : []),
    ...shown.flatMap(({ render }) => render({ ...screen, rows: rowsEach })),
    ...trainingLines,
  ].slice(0, screen.rows);
}

function searchesOf(jobs: Jobs): Search[] {
  return [
    ...jobs.tuning.listRecent().map(({ description, pausedSeconds, createdBy }) => ({
      isOver: description.HyperParameterTuningEndTime !== undefined,
      render: (screen: Screen) =>
        renderTuningJob(
          {
            description,
            ...trainingJobsView(jobs, description),
            ...(pausedSeconds !== undefined && { pausedSeconds }),
            ...(createdBy?.place && { place: createdBy.place }),
          },
          screen,
        ),
    })),
    ...jobs.automl.listRecent().map((job) => ({
      isOver: job.description.EndTime !== undefined,
      render: (screen: Screen) => renderAutoMLJob(job, screen),
    })),
  ];
}

function renderLine({ description, createdBy }: TrainingJobRecord, now: number): string {
  const line = `${placePrefix(createdBy?.place)}${renderTrainingJob(description, now)}`;
  return description.TrainingJobStatus === 'Failed' ? colors.red(line) : line;
}
