import type { LocalMode } from '../library/local-mode';
import { PROGRAM } from './help';

/** Exit statuses of a program that Ctrl-C, or a polite kill, ended. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;

/** The wish to end, of a person or of another program. */
export interface Interruption {
  /** Aborts at Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** The exit status when it has come. */
  exitStatus(): number | undefined;
}

/** Says that there is something to resume. */
export function tellOfInterrupted({ interrupted }: Pick<LocalMode, 'interrupted'>): void {
  const [name] = interrupted;
  if (name === undefined) return;
  const what = interrupted.length === 1 ? `Execution ${name} was` : `${interrupted.length} executions were`;
  console.error(`${what} interrupted earlier: "${PROGRAM} resume" goes on.`);
}

/** Turns Ctrl-C and SIGTERM, the first time, into an orderly end; the second time they end the process. */
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
