import { Command } from 'commander';
import { colors } from '../report/colors';
import { continuedTuningJobs } from '../report/earlier-tuning-jobs';
import { jobsAskedFor, renderExecution } from '../report/execution-text';
import { renderMapItems } from '../report/map-items';
import { reportsOf } from '../report/report-files';
import { outputColumns } from '../report/screen';
import { summarizeJob } from '../report/summary';
import { renderRanking, trainingJobsView } from '../report/tuning-job-table';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { renderFailedFleet } from './fleet-end';
import { addExamples } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import {
  findJob,
  findRunRecord,
  placeOfRun,
  type RunRecord,
  type RunRecords,
  readRunRecords,
  summarize,
} from './run-records';

interface ShowOptions extends RootOptions {
  readonly json?: true;
}

/** The `show` command: everything that is known about an execution or a job. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('Shows an execution and its jobs, or one job.')
    .argument(
      '<name>',
      'name or ARN of an execution, tuning job, training job or AutoML job, or ID of a Map item',
    );
  addRootOptions(command).option('--json', 'print everything as one JSON document').action(show);
  return addExamples(command, [
    ['show <execution>', 'its states, jobs and output'],
    ['show <item>', 'the search of an item of a fleet'],
    ['show <tuning job>', 'its training jobs, best first'],
    ['show <training job> --json', 'the output of DescribeTrainingJob'],
  ]);
}

function show(name: string, options: ShowOptions): void {
  const root = existingRoot(options);
  const files = readRunRecords(root);
  const run = findRunRecord(files, name);
  if (options.json) console.log(JSON.stringify(details(run, files), undefined, 2));
  else if (run.kind === 'execution') console.log(renderExecutionRun(run, files, root));
  else if (run.kind === 'tuning job') console.log(renderTuningJob(run, files, root));
  else console.log(summarizeJob(files.jobs, run.record.name, { root }));
}

/** An execution with its events, or a job as SageMaker describes it. */
function details(run: RunRecord, { jobs, executions }: RunRecords): unknown {
  switch (run.kind) {
    case 'execution': {
      const items = executions.items(run.record.arn);
      return {
        ...run.record,
        ...(items.length > 0 && { items }),
        events: executions.history(run.record.arn),
      };
    }
    case 'tuning job': {
      const description = describeTuningJob(jobs, run.record);
      return { ...description, TrainingJobSummaries: summarizeTrainingJobs(jobs, description) };
    }
    case 'training job':
    case 'transform job':
      return run.record.description;
    case 'AutoML job':
      return { ...run.record.description, Candidates: run.record.candidates };
  }
}

function renderExecutionRun(
  { record }: Extract<RunRecord, { kind: 'execution' }>,
  files: RunRecords,
  root: string,
): string {
  const history = files.executions.history(record.arn);
  const asked = jobsAskedFor(history).map((name) => ({ name, job: findJob(files, name) }));
  const tuning = asked.flatMap(({ job }) =>
    job?.kind === 'tuning job' && !placeOfRun(job, files) ? [job.record] : [],
  );
  // The last tuning job of a large search stands for all tuning jobs of the search.
  const continued = continuedTuningJobs(files.jobs, tuning);
  const jobs = asked.flatMap(({ name, job }) => {
    if (continued.has(name)) return [];
    if (!job) return [`${name}: not created`];
    // Jobs of Map items are omitted here, because the tables show them.
    return placeOfRun(job, files) ? [] : [`${job.kind} ${name}: ${summarize(job).status}`];
  });
  if (continued.size > 0) jobs.push(`${continued.size} earlier tuning jobs of the same search`);
  const items = renderMapItems(record, files.executions.items(record.arn), files.jobs, outputColumns());
  const file = files.executions.recordFile(record.arn);
  const shown = renderExecution(record, { history, jobs, items, file, reports: reportsOf(record, root) });
  return [shown, ...renderFailedFleet(files.executions, record, root)].join('\n');
}

function renderTuningJob(
  { record }: Extract<RunRecord, { kind: 'tuning job' }>,
  { jobs }: RunRecords,
  root: string,
): string {
  const view = trainingJobsView(jobs, record.description);
  const screen = { columns: outputColumns(), now: Date.now() / 1000 };
  const ranking =
    view.trainingJobs.length === 0
      ? []
      : [colors.bold('Training jobs, best first'), ...renderRanking(view, screen)];
  return [summarizeJob(jobs, record.name, { root }), ...ranking].join('\n');
}
