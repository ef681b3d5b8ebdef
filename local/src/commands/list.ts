import { Command } from 'commander';
import { formatSeconds } from '../report/format';
import { renderPlace } from '../report/job-place';
import { outputColumns } from '../report/screen';
import { renderTable } from '../report/table';
import { addExamples, hint } from './help';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';
import { placeOfRun, type RunRecord, type RunSummary, readRunRecords, summarize } from './run-records';

interface ListOptions extends RootOptions {
  readonly all?: true;
  readonly json?: true;
}

/** The `list` command: lists executions and jobs that are running or have ended. */
export function listCommand(): Command {
  const command = new Command('list').description('Lists executions and jobs, most recent first.');
  addRootOptions(command)
    .option('--all', 'include the training jobs of tuning jobs')
    .option('--json', 'print one JSON document')
    .action(list);
  return addExamples(command, [
    ['list', 'executions and jobs of this folder'],
    ['list --all --json', 'every training job, for scripts'],
  ]);
}

function list(options: ListOptions): void {
  const files = readRunRecords(existingRoot(options));
  const shown = files.all
    .filter((run) => options.all || !isPartOfTuningJob(run))
    .map((run) => {
      const place = placeOfRun(run, files);
      return { ...summarize(run), ...(place && { item: renderPlace(place) }) };
    });
  if (options.json) console.log(JSON.stringify(shown, undefined, 2));
  else
    console.log(shown.length === 0 ? `Nothing has run yet: start with "${hint('run')}".` : renderList(shown));
}

function isPartOfTuningJob({ kind, record }: RunRecord): boolean {
  return kind === 'training job' && record.description.TuningJobArn !== undefined;
}

/** An execution or a job, with the Map item that it ran for. */
interface ListedSummary extends RunSummary {
  readonly item?: string;
}

function renderList(rows: readonly ListedSummary[]): string {
  const hasItems = rows.some(({ item }) => item !== undefined);
  const head = ['started', 'what', 'status', 'time', ...(hasItems ? ['item'] : []), 'name'];
  const cells = rows.map(({ kind, name, status, started, ended, item = '' }) => {
    const seconds = ended === undefined ? undefined : (Date.parse(ended) - Date.parse(started)) / 1000;
    const time = seconds === undefined ? '' : formatSeconds(seconds);
    return [localTime(started), kind, status, time, ...(hasItems ? [item] : []), name];
  });
  // Names are never cut, because they are arguments of other commands.
  return renderTable(head, cells, { width: outputColumns(), optional: ['started', 'time'] }).join('\n');
}

/** Local time in a sortable format. */
function localTime(isoDate: string): string {
  return new Date(isoDate).toLocaleString('sv-SE');
}
