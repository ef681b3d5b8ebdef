import type { LocalMode } from '../library/local-mode';
import { hint } from './help';

/** Exit statuses of a process that Ctrl-C or SIGTERM ended. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** A request to stop, from the user or from another program. */
export interface Interruption {
  /** Aborts when the user presses Ctrl-C or the process receives SIGTERM. */
  readonly signal: AbortSignal;
  /** The exit status once a signal has arrived, else undefined. */
  exitStatus(): number | undefined;
}

/** Tells the user which executions were interrupted, and how to resume them. */
export function tellOfInterrupted({ interrupted }: Pick<LocalMode, 'interrupted'>): void {
  const [name] = interrupted;
  if (name === undefined) return;
  const what = interrupted.length === 1 ? `Execution ${name} was` : `${interrupted.length} executions were`;
  console.error(`${what} interrupted earlier: "${hint('resume')}" continues.`);
}

/** Shuts down cleanly at the first Ctrl-C or SIGTERM. The second one ends the process at once. */
export function onInterruption(say: () => void): Interruption {
  const controller = new AbortController();
  let exitStatus: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      say();
      exitStatus = EXIT_STATUS[name];
      controller.abort();
    });
  }
  return { signal: controller.signal, exitStatus: () => exitStatus };
}
