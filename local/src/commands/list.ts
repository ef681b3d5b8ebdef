import Table from 'cli-table3';
import { Command } from 'commander';
import { formatSeconds } from '../report/format';
import { PLAIN_TABLE } from '../report/table';
import { addExamples, PROGRAM } from './help';
import { type Kept, type KeptSummary, readKept, summarize } from './kept';
import { addRootOptions, existingRoot, type RootOptions } from './root-options';

interface ListOptions extends RootOptions {
  readonly all?: true;
  readonly json?: true;
}

/** `list`: what ran and what runs. */
export function listCommand(): Command {
  const command = new Command('list').description('Lists executions and jobs, the most recent one first.');
  addRootOptions(command)
    .option('--all', 'the training jobs of tuning jobs, too')
    .option('--json', 'print one JSON document')
    .action(list);
  return addExamples(command, [
    ['list', 'what has run in this folder'],
    ['list --all --json', 'with every training job, for scripts'],
  ]);
}

function list(options: ListOptions): void {
  const { all } = readKept(existingRoot(options));
  const shown = all.filter((kept) => options.all || !isPartOfTuningJob(kept)).map(summarize);
  if (options.json) console.log(JSON.stringify(shown, undefined, 2));
  else console.log(shown.length === 0 ? `Nothing has run yet: "${PROGRAM} run" does.` : renderList(shown));
}

function isPartOfTuningJob({ kind, record }: Kept): boolean {
  return kind === 'training job' && record.description.TuningJobArn !== undefined;
}

function renderList(rows: readonly KeptSummary[]): string {
  const table = new Table({ ...PLAIN_TABLE, head: ['started', 'what', 'status', 'time', 'name'] });
  for (const { kind, name, status, started, ended } of rows) {
    const seconds = ended === undefined ? undefined : (Date.parse(ended) - Date.parse(started)) / 1000;
    table.push([localTime(started), kind, status, seconds === undefined ? '' : formatSeconds(seconds), name]);
  }
  return table.toString();
}

/** A time on the clock of this machine, in a form that sorts. */
function localTime(isoDate: string): string {
  return new Date(isoDate).toLocaleString('sv-SE');
}
