import { PythonProcess } from './python-process';
import type { EndedTrial, Sampler, Search, SearchSpecification } from './sampler';

/** The operations of `local/python/sampler.py`. */
type Operation = 'start' | 'ask' | 'report' | 'restore' | 'tell' | 'close';

interface PendingAnswer {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Makes a sampler that runs Optuna in a Python process of its own. The process starts at once, so that it
 * is warm by the time the first trial is asked for.
 *
 * @param python an interpreter that can import Optuna (see `createPythonEnvironments`)
 */
export function createOptunaSampler(python: string): Sampler {
  return new OptunaSampler(python);
}

class OptunaSampler implements Sampler {
  private readonly process: PythonProcess;
  private readonly pending = new Map<number, PendingAnswer>();
  private requests = 0;
  private searches = 0;

  constructor(python: string) {
    this.process = new PythonProcess(python, 'sampler.py', (message) => this.settle(message));
    void this.process.ended.then(() => this.fail());
  }

  public get ready(): Promise<unknown> {
    return this.process.ready;
  }

  public async start(specification: SearchSpecification): Promise<Search> {
    await this.process.ready;
    this.searches += 1;
    const search = this.searches;
    await this.request('start', search, { specification });
    return new OptunaSearch(specification, (operation, values) => this.request(operation, search, values));
  }

  public async close(): Promise<void> {
    await this.process.close();
  }

  private request(operation: Operation, search: number, values: Record<string, unknown>): Promise<unknown> {
    if (!this.process.isRunning) {
      return Promise.reject(new Error('the sampler process has ended'));
    }
    this.requests += 1;
    const id = this.requests;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.process.send({ id, op: operation, search, ...values });
    });
  }

  private settle(message: Record<string, unknown>): void {
    const id = message.id as number;
    const answer = this.pending.get(id);
    this.pending.delete(id);
    if (typeof message.error === 'string') {
      answer?.reject(new Error(`sampler: ${message.error}`));
    } else {
      answer?.resolve(message.result);
    }
  }

  private fail(): void {
    for (const answer of this.pending.values()) {
      answer.reject(new Error('the sampler process has ended'));
    }
    this.pending.clear();
  }
}

class OptunaSearch implements Search {
  /** Only these rules look at the metrics of a running trial; otherwise a report costs nothing. */
  private readonly needsReports: boolean;

  constructor(
    specification: SearchSpecification,
    private readonly request: (operation: Operation, values: Record<string, unknown>) => Promise<unknown>,
  ) {
    this.needsReports = specification.strategy === 'Hyperband' || specification.earlyStopping === true;
  }

  public async ask(): ReturnType<Search['ask']> {
    const answer = await this.request('ask', {});
    return (answer ?? undefined) as Awaited<ReturnType<Search['ask']>>;
  }

  public async report(trial: number, step: number, value: number): Promise<boolean> {
    return this.needsReports && (await this.request('report', { trial, step, value })) === true;
  }

  public async restore(trial: number, { values, value, isStopped }: EndedTrial): Promise<void> {
    const kept = this.needsReports ? values() : [];
    await this.request('restore', { trial, values: kept, value, stopped: isStopped });
  }

  public async tell(trial: number, value: number | undefined): Promise<void> {
    await this.request('tell', { trial, value });
  }

  public async close(): Promise<void> {
    await this.request('close', {});
  }
}
