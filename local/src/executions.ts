import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOtherProcessAlive } from './process-alive';
import { replaceFile } from './replace-file';
import type { ExecutionResult, HistoryEvent, Json } from './states';
import { UserError } from './user-error';

/** What is kept of an execution. */
export interface ExecutionRecord {
  readonly name: string;
  /** The process that runs, or ran, the execution. */
  readonly processId: number;
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

const EXECUTIONS = 'executions';
const RECORD = 'execution.json';

/**
 * Ends the executions that no process runs any more.
 *
 * @throws UserError when a record cannot be read
 */
export function endInterruptedExecutions(root: string): void {
  const folder = join(root, EXECUTIONS);
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = join(folder, name, RECORD);
    const record = existsSync(file) ? readRecord(file) : undefined;
    if (record?.status === 'RUNNING' && !isOtherProcessAlive(record.processId)) {
      const cause = `Local mode (process ${record.processId}) ended while the execution was running.`;
      writeRecord(file, { ...record, status: 'ABORTED', cause });
    }
  }
}

function readRecord(file: string): ExecutionRecord {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ExecutionRecord;
  } catch (error) {
    throw new UserError(`the record ${file} cannot be read (${(error as Error).message}): remove it`);
  }
}

function writeRecord(file: string, record: ExecutionRecord): void {
  replaceFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The record of one execution, in a folder of its own: `execution.json` and `history.jsonl`. */
export class ExecutionLog {
  readonly name = randomUUID();
  private readonly folder: string;

  constructor(root: string) {
    this.folder = join(root, EXECUTIONS, this.name);
    mkdirSync(this.folder, { recursive: true });
  }

  /** Path of the record. */
  get file(): string {
    return join(this.folder, RECORD);
  }

  /** Replaces the record in one step. */
  write(record: ExecutionRecord): void {
    writeRecord(this.file, record);
  }

  /** Adds an event to the history. */
  append(event: HistoryEvent): void {
    appendFileSync(join(this.folder, 'history.jsonl'), `${JSON.stringify(event)}\n`);
  }
}
