import { Command } from 'commander';
import { colours } from '../report/colours';
import { jobsAskedFor, renderExecution } from '../report/execution-text';
import { renderMapItems } from '../report/map-items';
import { summarizeJob } from '../report/summary';
import { renderRanking } from '../report/tuning-job-table';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { addExamples } from './help';
import { findJob, findKept, type Kept, type KeptFiles, placeOfKept, readKept, summarize } from './kept';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';

interface ShowOptions extends RootOptions {
  readonly json?: true;
}

/** `show`: all that is known of an execution or a job. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('Shows an execution, with its jobs, or a job.')
    .argument('<name>', 'name or ARN of an execution, tuning job, training job or AutoML job');
  addRootOptions(command).option('--json', 'print one JSON document: all that is known').action(show);
  return addExamples(command, [
    ['show <execution>', 'its states, jobs and output'],
    ['show <tuning job>', 'the best training job, and all of them ranked'],
    ['show <training job> --json', 'what SageMaker would describe'],
  ]);
}

function show(name: string, options: ShowOptions): void {
  const root = existingRoot(options);
  const files = readKept(root);
  const kept = findKept(files, name);
  if (options.json) console.log(JSON.stringify(details(kept, files), undefined, 2));
  else if (kept.kind === 'execution') console.log(renderKeptExecution(kept, files));
  else if (kept.kind === 'tuning job') console.log(renderTuningJob(kept, files, root));
  else console.log(summarizeJob(files.jobs, kept.record.name, { root }));
}

/** An execution with its events; a job as SageMaker describes it. */
function details(kept: Kept, { jobs, executions }: KeptFiles): unknown {
  switch (kept.kind) {
    case 'execution': {
      const items = executions.items(kept.record.arn);
      return {
        ...kept.record,
        ...(items.length > 0 && { items }),
        events: executions.history(kept.record.arn),
      };
    }
    case 'tuning job': {
      const description = describeTuningJob(jobs, kept.record);
      return { ...description, TrainingJobSummaries: summarizeTrainingJobs(jobs, description) };
    }
    case 'training job':
      return kept.record.description;
    case 'AutoML job':
      return { ...kept.record.description, Candidates: kept.record.candidates };
  }
}

function renderKeptExecution({ record }: Extract<Kept, { kind: 'execution' }>, files: KeptFiles): string {
  const history = files.executions.history(record.arn);
  const jobs = jobsAskedFor(history).flatMap((name) => {
    const job = findJob(files, name);
    if (!job) return [`${name}: was not created`];
    // Those of the items of Maps are in the tables.
    return placeOfKept(job, files) ? [] : [`${job.kind} ${name}: ${summarize(job).status}`];
  });
  const items = renderMapItems(record, files.executions.items(record.arn), files.jobs);
  return renderExecution(record, { history, jobs, items, file: files.executions.recordFile(record.arn) });
}

function renderTuningJob(
  { record }: Extract<Kept, { kind: 'tuning job' }>,
  { jobs }: KeptFiles,
  root: string,
): string {
  const trainingJobs = summarizeTrainingJobs(jobs, record.description);
  const ranking =
    trainingJobs.length === 0
      ? []
      : [colours.bold('Training jobs, the best first'), ...renderRanking(trainingJobs, Date.now() / 1000)];
  return [summarizeJob(jobs, record.name, { root }), ...ranking].join('\n');
}
