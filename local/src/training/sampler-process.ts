import { describeEnd, PythonProcess } from './python-process';

/** The operations of `local/python/sampler.py`. */
export type SamplerOperation = 'start' | 'ask' | 'report' | 'restore' | 'rejoin' | 'tell' | 'close';

interface PendingAnswer {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The process ended before it answered. The same request can be sent to another process. */
export class SamplerEnded extends Error {}

/** A Python process that runs searches. A number identifies each search. */
export class SamplerProcess {
  private readonly process: PythonProcess;
  private readonly pending = new Map<number, PendingAnswer>();
  private requests = 0;
  private end: SamplerEnded | undefined;

  constructor(python: string) {
    this.process = new PythonProcess(python, 'sampler.py', (message) => this.settle(message));
    void this.process.ended.then((end) => {
      this.end = new SamplerEnded(`the sampler process ${describeEnd(end)}`);
      for (const { reject } of this.pending.values()) reject(this.end);
      this.pending.clear();
    });
  }

  public get ready(): Promise<unknown> {
    return this.process.ready;
  }

  /** How the process ended; undefined while it is running. */
  public get ended(): SamplerEnded | undefined {
    return this.end;
  }

  /** @throws SamplerEnded when the process has ended or ends before it answers */
  public request(
    operation: SamplerOperation,
    search: number,
    values: Record<string, unknown>,
  ): Promise<unknown> {
    if (this.end) return Promise.reject(this.end);
    this.requests += 1;
    const id = this.requests;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.process.send({ id, op: operation, search, ...values });
    });
  }

  public async close(): Promise<void> {
    await this.process.close();
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
}
