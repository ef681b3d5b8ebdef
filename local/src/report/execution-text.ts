import { type ExecutionRecord, inputTextOf, type KeptEvent } from '../executions/executions';
import { nameOfStubbed } from '../executions/stub-tasks';
import { renderCost } from './cost-lines';
import { explainFailure } from './failure';
import { formatPath } from './format';
import { renderSkippedItems } from './skipped-items';

/** Fields of SageMaker requests that name the job to create. */
const NAMES: Readonly<Record<string, string>> = {
  createHyperParameterTuningJob: 'HyperParameterTuningJobName',
  createTrainingJob: 'TrainingJobName',
  createAutoMLJobV2: 'AutoMLJobName',
  createTransformJob: 'TransformJobName',
};

/** Names of the jobs that an execution tried to create, in the order of its events. */
export function jobsAskedFor(history: readonly KeptEvent[]): string[] {
  const names = history.flatMap(({ type, details }) => {
    const [action = ''] = String(details['resource'] ?? '').split('.');
    const field = NAMES[action];
    if (type !== 'TaskScheduled' || field === undefined) return [];
    const { [field]: name } = JSON.parse(String(details['parameters'])) as Record<string, unknown>;
    return typeof name === 'string' ? [name] : [];
  });
  // A redrive may repeat the request for a job.
  return [...new Set(names)];
}

/** Lists the tasks that stubs replaced, so that nobody takes the run for a real one. */
export function renderStubbedTasks({ stubbedTasks = [] }: Pick<ExecutionRecord, 'stubbedTasks'>): string[] {
  return stubbedTasks.length === 0 ? [] : [`Stubbed tasks: ${stubbedTasks.map(nameOfStubbed).join(', ')}`];
}

/** A line for each state, ordered by when it was first entered. If it was entered several times, shows how often. */
function statesIn(history: readonly KeptEvent[]): string[] {
  const states = new Map<string, { readonly timestamp: string; readonly count: number }>();
  for (const { type, timestamp, details } of history) {
    if (!type.endsWith('StateEntered')) continue;
    const name = String(details['name']);
    const known = states.get(name) ?? { timestamp, count: 0 };
    states.set(name, { ...known, count: known.count + 1 });
  }
  return [...states].map(
    ([name, { timestamp, count }]) => `  ${timestamp}  ${name}${count > 1 ? ` ×${count}` : ''}`,
  );
}

/** Renders an execution with its states and jobs. @param jobs one line per job */
export function renderExecution(
  record: ExecutionRecord,
  details: {
    readonly history: readonly KeptEvent[];
    readonly jobs: readonly string[];
    /** Tables of the items in the execution's Map states. */
    readonly items: readonly string[];
    readonly file: string;
    /** Paths of the execution's report pages. */
    readonly reports: readonly string[];
  },
): string {
  const states = statesIn(details.history);
  const { status, stopDate, redriveCount, output } = record;
  const { outputText = JSON.stringify(output, undefined, 2) } = record;
  return [
    `Execution ${record.name}: ${status}`,
    `Started: ${record.startDate}`,
    ...(stopDate === undefined ? [] : [`Ended: ${stopDate}`]),
    ...(redriveCount
      ? [
          `Redriven: ${redriveCount === 1 ? 'once, at' : `${redriveCount} times, last at`} ${record.redriveDate}`,
        ]
      : []),
    `Input: ${inputTextOf(record)}`,
    ...(states.length > 0 ? ['States:', ...states] : []),
    ...renderStubbedTasks(record),
    ...renderCost(record),
    ...(details.jobs.length > 0 ? ['Jobs:', ...details.jobs.map((job) => `  ${job}`)] : []),
    ...details.items,
    ...renderSkippedItems(record),
    ...(output === undefined ? [] : [`Output: ${outputText}`]),
    ...(['RUNNING', 'SUCCEEDED'].includes(status) ? [] : [explainFailure(record)]),
    `Record: ${formatPath(details.file)}`,
    ...details.reports.map((page) => `Report: ${formatPath(page)}`),
  ].join('\n');
}
