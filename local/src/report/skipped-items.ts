import type { ExecutionRecord } from '../executions/executions';

/** Tells how many items a fleet skipped. The tables of its Map do not have them, because no child execution ran. */
export function renderSkippedItems({ output }: Pick<ExecutionRecord, 'output'>): string[] {
  const { fleet: { skipped = 0 } = {} } = (output ?? {}) as { fleet?: { skipped?: number } };
  return skipped === 0
    ? []
    : [`Skipped: ${skipped} ${skipped === 1 ? 'item' : 'items'}, unchanged since the last success`];
}
