import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionRecord, ExecutionStore } from '../executions/executions';
import { renderCost } from '../report/cost-lines';
import { fleetFolder, summaryPage } from '../report/fleet-files';
import { formatPath } from '../report/format';
import { hint } from './help';

/**
 * For a fleet whose execution did not succeed, and therefore has no output: the cost, the path of the summary page, and
 * how to run the remaining items. Empty for other executions.
 */
export function renderFailedFleet(
  executions: Pick<ExecutionStore, 'history'>,
  record: ExecutionRecord,
  root: string,
): string[] {
  if (['RUNNING', 'SUCCEEDED'].includes(record.status) || record.isInterrupted) return [];
  const folder = fleetFolder(executions, record, root);
  const page = folder && summaryPage(folder);
  if (!folder || !page) return [];
  const fleet = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8'));
  const input = JSON.stringify({ retry: record.name });
  return [
    ...renderCost({ output: { fleet } }),
    `Report: ${formatPath(page)}`,
    `To run the items that did not succeed: ${hint(`run --input '${input}'`)}`,
  ];
}
