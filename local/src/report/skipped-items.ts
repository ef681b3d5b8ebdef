import { countOf } from '../count-of';
import type { ExecutionRecord } from '../executions/executions';

/**
 * Says how many items a fleet skipped. The tables of its Map do not list these items, because they have no child
 * execution.
 */
export function renderSkippedItems({ output }: Pick<ExecutionRecord, 'output'>): string[] {
  const { fleet: { skipped = 0 } = {} } = (output ?? {}) as { fleet?: { skipped?: number } };
  return skipped === 0 ? [] : [`Skipped: ${countOf(skipped, 'item')}, unchanged since the last success`];
}
