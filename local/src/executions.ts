import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionResult, HistoryEvent, Json } from './states';

/** What is kept of an execution. */
export interface ExecutionRecord {
  readonly name: string;
  readonly arn: string;
  readonly stateMachineArn: string;
  readonly input: Json;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly status: ExecutionResult['status'] | 'RUNNING';
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
}

/** The record of one execution, in a folder of its own: `execution.json` and `history.jsonl`. */
export class ExecutionLog {
  readonly name = randomUUID();
  private readonly folder: string;

  constructor(root: string) {
    this.folder = join(root, 'executions', this.name);
    mkdirSync(this.folder, { recursive: true });
  }

  /** Path of the record. */
  get file(): string {
    return join(this.folder, 'execution.json');
  }

  /** Replaces the record in one step. */
  write(record: ExecutionRecord): void {
    writeFileSync(`${this.file}.tmp`, `${JSON.stringify(record, undefined, 2)}\n`);
    renameSync(`${this.file}.tmp`, this.file);
  }

  /** Adds an event to the history. */
  append(event: HistoryEvent): void {
    appendFileSync(join(this.folder, 'history.jsonl'), `${JSON.stringify(event)}\n`);
  }
}
