import { Command } from 'commander';
import { explainFailure } from '../report/failure';
import { formatPath } from '../report/format';
import { summarizeJob } from '../report/summary';
import { describeTuningJob, summarizeTrainingJobs } from '../services';
import { findKept, type Kept, type KeptFiles, readKept, summarize } from './kept';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';

interface ShowOptions extends RootOptions {
  readonly json?: true;
}

/** `show`: all that is known of an execution or a job. */
export function showCommand(): Command {
  const command = new Command('show')
    .description('Shows an execution or a job.')
    .argument('<name>', 'name or ARN of an execution, tuning job, training job or AutoML job');
  return addRootOptions(command).option('--json', 'prints one JSON document: all that is known').action(show);
}

function show(name: string, options: ShowOptions): void {
  const root = existingRoot(options);
  const files = readKept(root);
  const kept = findKept(files, name);
  if (options.json) console.log(JSON.stringify(details(kept, files), undefined, 2));
  else if (kept.kind === 'execution') console.log(renderExecution(kept, files));
  else console.log(summarizeJob(files.jobs, kept.record.name, { root }));
}

/** An execution with its events; a job as SageMaker describes it. */
function details(kept: Kept, { jobs, executions }: KeptFiles): unknown {
  switch (kept.kind) {
    case 'execution':
      return { ...kept.record, events: executions.history(kept.record.arn) };
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

function renderExecution(kept: Extract<Kept, { kind: 'execution' }>, { executions }: KeptFiles): string {
  const { record } = kept;
  const { started, ended } = summarize(kept);
  const states = executions
    .history(record.arn)
    .filter(({ type }) => type.endsWith('StateEntered'))
    .map(({ timestamp, details }) => `  ${timestamp}  ${String(details['name'])}`);
  return [
    `Execution ${record.name}: ${record.status}`,
    `Started: ${started}`,
    ...(ended === undefined ? [] : [`Ended: ${ended}`]),
    ...(record.redriveCount ? [`Redriven: ${record.redriveCount}, the last time ${record.redriveDate}`] : []),
    `Input: ${JSON.stringify(record.input)}`,
    ...(states.length > 0 ? ['States:', ...states] : []),
    ...(record.output === undefined ? [] : [`Output: ${JSON.stringify(record.output, undefined, 2)}`]),
    ...(['RUNNING', 'SUCCEEDED'].includes(record.status) ? [] : [explainFailure(record)]),
    `Report: ${formatPath(executions.recordFile(record.arn))}`,
  ].join('\n');
}
