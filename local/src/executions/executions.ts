import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StateMachineResource } from '../assembly';
import { isOtherLocalMode } from '../local-folder/local-modes';
import { type OnNotice, readRecord } from '../local-folder/read-record';
import { replaceFile } from '../local-folder/replace-file';
import { writeRecord } from '../local-folder/write-record';
import {
  applyChange,
  type ExecutionResult,
  type HistoryEvent,
  type Json,
  jsonText,
  type MapItemState,
  type MapPlace,
  type PositionChange,
  parseExact,
  type ResumePoint,
} from '../states';
import type { StubbedTaskName } from './stub-types';

/** What is kept of an execution. */
export interface ExecutionRecord<Output = Json> {
  readonly name: string;
  /** The process that runs, or ran, the execution. */
  readonly processId: number;
  readonly arn: string;
  readonly stateMachineArn: string;
  /** Set when it was started as a version, or by an alias that points to one. */
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly input: Json;
  /** The input as it was given, where that is not how JavaScript prints it. */
  readonly inputText?: string;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly status: ExecutionResult['status'] | 'RUNNING';
  readonly output?: Output;
  /** The same of the output, such as that it has `1.0`. */
  readonly outputText?: string;
  readonly error?: string;
  readonly cause?: string;
  /** How often it was redriven. @default 0 */
  readonly redriveCount?: number;
  readonly redriveDate?: string;
  /** The item of another execution's Map that it was started for. @default - none */
  readonly place?: MapPlace;
  /** The deployment that it runs in, where that is kept. */
  readonly deploymentId?: string;
  /** Set when it has ended only because local mode did: it can be resumed. */
  readonly isInterrupted?: true;
  /** The tasks that stubs have stood for. @default - none */
  readonly stubbedTasks?: readonly StubbedTaskName[];
}

/** The state machine as it was when an execution started: a redrive runs this one, as on AWS. */
export type ExecutedStateMachine = Pick<
  StateMachineResource,
  'name' | 'arn' | 'roleArn' | 'definition' | 'definitionText'
>;

/** An event as `history.jsonl` has it. */
export type KeptEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: string };

const RECORD = 'execution.json';
const STATE_MACHINE = 'state-machine.json';
const HISTORY = 'history.jsonl';
/** The changes of where the execution stands since it has come to its present state, one a line. */
const POSITION = 'position.jsonl';
/** What becomes of the items of its Maps, one change a line: of Maps in executions that an item has started, too. */
const ITEMS = 'items.jsonl';

/** Executions of a deployment, those of earlier runs and of other processes included. */
export class ExecutionStore {
  /** Folder of each execution by its ARN, as far as they were looked at. */
  private readonly folders = new Map<string, string>();
  /** What this process runs. */
  private readonly own = new Set<string>();
  private readonly root: string;

  /**
   * @param localRoot the folder of the deployment, usually `.local`
   * @param onNotice told of a record that cannot be read, which is set aside
   */
  constructor(
    private readonly localRoot: string,
    private readonly onNotice: OnNotice,
  ) {
    this.root = join(localRoot, 'executions');
  }

  /**
   * Adds an execution.
   *
   * @returns undefined when its ARN is taken, by this process or by another
   */
  create(record: ExecutionRecord, stateMachine: ExecutedStateMachine): ExecutionLog | undefined {
    if (this.get(record.arn)) return undefined;
    mkdirSync(this.root, { recursive: true });
    const staging = mkdtempSync(join(this.root, '.new-'));
    try {
      writeJson(join(staging, RECORD), record);
      writeJson(join(staging, STATE_MACHINE), stateMachine);
      const folder = this.moveIn(staging, record);
      if (folder === undefined) return undefined;
      this.own.add(record.arn);
      this.folders.set(record.arn, folder);
      return new ExecutionLog(folder);
    } finally {
      rmSync(staging, { recursive: true, force: true });
    }
  }

  /** Takes an execution that has ended over, to run it on. */
  reopen(record: ExecutionRecord): ExecutionLog {
    this.own.add(record.arn);
    return new ExecutionLog(this.folderOf(record.arn));
  }

  /** An execution by its ARN. */
  get(arn: string): ExecutionRecord | undefined {
    const folder = this.folders.get(arn);
    if (folder === undefined || !existsSync(join(folder, RECORD))) {
      return this.list().find((record) => record.arn === arn);
    }
    return this.read(folder);
  }

  /** All executions, the most recent one first. */
  list(): ExecutionRecord[] {
    const names = existsSync(this.root) ? readdirSync(this.root) : [];
    return names
      .filter((name) => !name.startsWith('.') && existsSync(join(this.root, name, RECORD)))
      .flatMap((name) => this.read(join(this.root, name)) ?? [])
      .sort((one, other) => compare(other.startDate, one.startDate) || compare(one.arn, other.arn));
  }

  /** The executions that can be resumed, the first one first. */
  listInterrupted(): ExecutionRecord[] {
    return this.list()
      .filter(({ isInterrupted }) => isInterrupted)
      .reverse();
  }

  /** The events of an execution, in their order. */
  history(arn: string): KeptEvent[] {
    return readLines(join(this.folderOf(arn), HISTORY));
  }

  /** The state machine that an execution runs. @returns undefined where an earlier local mode kept none */
  stateMachine(arn: string): ExecutedStateMachine | undefined {
    const file = join(this.folderOf(arn), STATE_MACHINE);
    return existsSync(file) ? readRecord(file, this.onNotice) : undefined;
  }

  /** Where an execution stands, or has ended. @returns undefined where an earlier local mode kept none */
  position(arn: string): ResumePoint | undefined {
    const changes = readLines<PositionChange>(join(this.folderOf(arn), POSITION));
    return changes.reduce<ResumePoint | undefined>(applyChange, undefined);
  }

  /** Whether it is known where an execution stands. */
  hasPosition(arn: string): boolean {
    return existsSync(join(this.folderOf(arn), POSITION));
  }

  /** Keeps what becomes of an item of a Map, with the execution that has the outermost Map. */
  keepItem(state: MapItemState): void {
    appendLine(join(this.folderOf(state.executionArn), ITEMS), state);
  }

  /** The items of an execution's Maps, as far as they were started, in the order of their start. */
  items(arn: string): MapItemState[] {
    const changes = readLines<MapItemState>(join(this.folderOf(arn), ITEMS));
    return [...new Map(changes.map((state) => [JSON.stringify(state.path), state])).values()];
  }

  /** Path of an execution's record. */
  recordFile(arn: string): string {
    return join(this.folderOf(arn), RECORD);
  }

  /** Writes the end of executions that no process runs any more. */
  endInterrupted(): void {
    for (const record of this.list()) {
      const file = this.recordFile(record.arn);
      if (record.status === 'ABORTED' && this.readFrom(file)?.status === 'RUNNING') writeJson(file, record);
    }
  }

  /** Moves a new execution to a folder with its name; to another one where names cannot tell them apart. */
  private moveIn(staging: string, { name, arn }: ExecutionRecord): string | undefined {
    // Executions of other state machines may have the name; some file systems do not tell upper and lower case.
    const folder = join(this.root, /^[^./\\][^/\\]*$/.test(name) ? name : randomUUID());
    if (tryRename(staging, folder)) return folder;
    if (existsSync(join(folder, RECORD)) && this.readFrom(join(folder, RECORD))?.arn === arn)
      return undefined;
    const other = join(this.root, randomUUID());
    renameSync(staging, other);
    return other;
  }

  private folderOf(arn: string): string {
    if (!this.folders.has(arn)) this.list();
    const folder = this.folders.get(arn);
    if (folder === undefined) throw new Error(`there is no execution ${arn} in ${this.root}`);
    return folder;
  }

  private readFrom(file: string): ExecutionRecord | undefined {
    return readRecord(file, this.onNotice);
  }

  private read(folder: string): ExecutionRecord | undefined {
    const record = this.readFrom(join(folder, RECORD));
    if (record === undefined) return undefined;
    this.folders.set(record.arn, folder);
    const { processId, arn, status } = record;
    if (status !== 'RUNNING' || this.own.has(arn) || isOtherLocalMode(this.localRoot, processId)) {
      return record;
    }
    const cause = `Local mode (process ${processId}) ended while the execution was running.`;
    return { ...record, status: 'ABORTED', cause, isInterrupted: true };
  }
}

/** The files of one execution that this process runs, in a folder of its own. */
export class ExecutionLog {
  constructor(private readonly folder: string) {
    for (const name of [HISTORY, POSITION, ITEMS]) {
      const file = join(folder, name);
      // A process that was killed may have left half a line.
      if (existsSync(file) && !readFileSync(file, 'utf8').endsWith('\n')) appendFileSync(file, '\n');
    }
  }

  /** Path of the record. */
  get file(): string {
    return join(this.folder, RECORD);
  }

  /** Replaces the record in one step. */
  write(record: ExecutionRecord): void {
    writeJson(this.file, record);
  }

  /** Adds an event to the history. */
  append(event: HistoryEvent): void {
    appendLine(join(this.folder, HISTORY), event);
  }

  /** Keeps a change of where the execution stands. */
  reach(change: PositionChange): void {
    const file = join(this.folder, POSITION);
    const line = `${jsonText(change)}\n`;
    // What was before the machine's own state does not matter any more.
    if (change.type === 'reached' && change.at.length === 0) replaceFile(file, line);
    else appendFileSync(file, line);
  }
}

function writeJson(file: string, content: unknown): void {
  writeRecord(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

function appendLine(file: string, content: unknown): void {
  appendFileSync(file, `${JSON.stringify(content)}\n`);
}

/** The objects in a file with one on each line. */
function readLines<T>(file: string): T[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line) => {
    try {
      return line === '' ? [] : [parseExact(line) as T];
    } catch {
      // The process was killed while it wrote this line.
      return [];
    }
  });
}

/** Renames a folder; false when the other name is taken. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) {
      return false;
    }
    throw error;
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The JSON text of an execution's input. */
export function inputTextOf({ input, inputText = JSON.stringify(input) }: ExecutionRecord): string {
  return inputText;
}

/** The JSON text of the output of an execution that has one. */
export function outputTextOf({ output, outputText }: ExecutionRecord): string | undefined {
  return outputText ?? (output === undefined ? undefined : JSON.stringify(output));
}

/** The ARN of an execution of a state machine. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
