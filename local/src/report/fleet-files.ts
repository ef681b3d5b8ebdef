import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionRecord, ExecutionStore } from '../executions/executions';
import { isObject } from '../states';
import { localPath } from './report-files';

/** Reads the events of an execution. */
type History = Pick<ExecutionStore, 'history'>;

const LIST = 'items.jsonl';

/**
 * The local path of the folder with the list of items and the summary of a fleet.
 *
 * @returns undefined if the execution is not a fleet, or has not read its list
 */
export function fleetFolder(
  executions: History,
  { arn }: Pick<ExecutionRecord, 'arn'>,
  root: string,
): string | undefined {
  for (const { type, details } of executions.history(arn)) {
    const text = String(details['output']);
    if (type !== 'TaskStateExited' || !text.includes(LIST)) continue;
    const output: unknown = JSON.parse(text);
    const list = isObject(output) ? output['list'] : undefined;
    if (isObject(list) && String(list['key']).endsWith(`/${LIST}`)) {
      return dirname(localPath(root, `s3://${list['bucket']}/${list['key']}`));
    }
  }
  return undefined;
}

/** The summary page in a fleet's folder. @returns undefined if there is no summary */
export function summaryPage(folder: string): string | undefined {
  const page = join(folder, 'fleet.html');
  return existsSync(page) ? page : undefined;
}
