import { MOST_PROCESSES } from './python-process';
import type { EndedTrial, Search, SearchSpecification } from './sampler';
import { SamplerEnded, type SamplerOperation, type SamplerProcess } from './sampler-process';

/**
 * A search in a sampler process. If the process ends, the search continues in a new one, from its study file
 * and the results reported so far. Running trials stay in progress, and no trial is proposed twice.
 */
export class OptunaSearch implements Search {
  /** Whether the strategy uses metrics of running trials. If not, reports are ignored. */
  private readonly needsReports: boolean;
  /** Reported metrics of each running trial, by trial number. */
  private readonly running = new Map<number, number[]>();
  /**
   * Trials that have ended. Empty for searches that need no reports, because such searches never compare a running
   * trial with earlier ones.
   */
  private readonly ended = new Map<number, EndedTrial>();
  /** Trials that the search decided to stop after one of their reports. */
  private readonly stopped = new Set<number>();
  private joined: { readonly process: SamplerProcess; readonly done: Promise<void> } | undefined;

  /**
   * @param number identifies the search in the process
   * @param currentProcess returns the current process. If the process has ended, starts a new process first
   */
  constructor(
    private readonly number: number,
    private readonly specification: SearchSpecification,
    private readonly currentProcess: () => SamplerProcess,
  ) {
    this.needsReports = specification.strategy === 'Hyperband' || specification.earlyStopping === true;
  }

  /** Starts the search, so that an invalid specification is reported before the first trial. */
  public async start(): Promise<void> {
    await this.retry((process) => this.join(process));
  }

  public async ask(): ReturnType<Search['ask']> {
    const answer = (await this.request('ask', {})) ?? undefined;
    const asked = answer as Awaited<ReturnType<Search['ask']>>;
    if (asked !== undefined) this.running.set(asked.trial, []);
    return asked;
  }

  public async report(trial: number, step: number, value: number): Promise<boolean> {
    if (!this.needsReports) return false;
    const isToStop = (await this.request('report', { trial, step, value })) === true;
    const values = this.running.get(trial);
    // A restarted job reports its first steps again.
    if (Number.isFinite(value)) values?.splice(step, Number.POSITIVE_INFINITY, value);
    if (isToStop) this.stopped.add(trial);
    return isToStop;
  }

  public async restore(trial: number, ended: EndedTrial): Promise<void> {
    await this.request('restore', await this.restoredValues(trial, ended));
    if (this.needsReports) this.ended.set(trial, ended);
  }

  public async tell(trial: number, value: number | undefined): Promise<void> {
    await this.request('tell', { trial, value });
    const values = this.running.get(trial) ?? [];
    this.running.delete(trial);
    if (this.needsReports) {
      const isStopped = this.stopped.has(trial);
      this.ended.set(trial, { values: async () => values, ...(value !== undefined && { value }), isStopped });
    }
  }

  public async close(): Promise<void> {
    const process = this.joined?.process;
    if (process === undefined || process.ended) return;
    await process.request('close', this.number, {}).catch(ignoreEnd);
  }

  private request(operation: SamplerOperation, values: Record<string, unknown>): Promise<unknown> {
    return this.retry(async (process) => {
      await this.join(process);
      return process.request(operation, this.number, values);
    });
  }

  /** Runs an action in the current process. If the process ends, repeats the action in the next process. */
  private async retry<Result>(action: (process: SamplerProcess) => Promise<Result>): Promise<Result> {
    for (let processes = 1; ; processes += 1) {
      try {
        return await action(this.currentProcess());
      } catch (error) {
        if (!(error instanceof SamplerEnded)) throw error;
        if (processes === MOST_PROCESSES) throw new Error(`${error.message}, ${processes} times in a row`);
      }
    }
  }

  /** Registers the search with a sampler process, once for each process. */
  private join(process: SamplerProcess): Promise<void> {
    if (this.joined?.process !== process) this.joined = { process, done: this.startIn(process) };
    return this.joined.done;
  }

  private async startIn(process: SamplerProcess): Promise<void> {
    const send = (operation: SamplerOperation, values: Record<string, unknown>): Promise<unknown> =>
      process.request(operation, this.number, values);
    const restored = await Promise.all(
      [...this.ended].map(([trial, ended]) => this.restoredValues(trial, ended)),
    );
    // The process handles these requests in order.
    await Promise.all([
      send('start', { specification: this.specification }),
      ...restored.map((values) => send('restore', values)),
      ...[...this.running].map(([trial, values]) => send('rejoin', { trial, values })),
    ]);
  }

  private async restoredValues(
    trial: number,
    { values, value, isStopped }: EndedTrial,
  ): Promise<Record<string, unknown>> {
    return { trial, values: this.needsReports ? await values() : [], value, stopped: isStopped };
  }
}

function ignoreEnd(error: unknown): void {
  if (!(error instanceof SamplerEnded)) throw error;
}
