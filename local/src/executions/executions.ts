import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { StateMachineResource } from '../assembly';
import { linesOf } from '../local-folder/lines-of';
import { isLocalModeRunning, type ProcessIdentity } from '../local-folder/local-modes';
import { type OnNotice, readRecord } from '../local-folder/read-record';
import { removeStaleFiles } from '../local-folder/temporary-file';
import { writeRecord } from '../local-folder/write-record';
import {
  type ExecutionResult,
  type HistoryEvent,
  type Json,
  type MapItemState,
  type MapPlace,
  type PositionChange,
  parseExact,
  type ResumePoint,
} from '../states';
import { MapProgress } from './map-progress';
import { PositionFile, readPosition } from './position-file';
import { StringFile } from './string-file';
import type { StubbedTaskName } from './stub-types';

/** The stored record of an execution, with the process that runs, or ran, the execution. */
export interface ExecutionRecord<Output = Json> extends ProcessIdentity {
  readonly name: string;
  readonly arn: string;
  readonly stateMachineArn: string;
  /** Set if the execution was started through a version of the state machine, or through an alias. */
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly input: Json;
  /** JSON text of the input, if it differs from JavaScript's serialization. */
  readonly inputText?: string;
  readonly startDate: string;
  readonly stopDate?: string;
  readonly status: ExecutionResult['status'] | 'RUNNING';
  readonly output?: Output;
  /** JSON text of the output, if it differs from JavaScript's serialization, for example `1.0`. */
  readonly outputText?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Number of redrives. @default 0 */
  readonly redriveCount?: number;
  readonly redriveDate?: string;
  /** The Map item (of another execution) that started this execution. @default - none */
  readonly place?: MapPlace;
  /** ID of the execution's deployment, if the deployment is stored. */
  readonly deploymentId?: string;
  /** Set when the execution was cut short because local mode exited. It can be resumed. */
  readonly isInterrupted?: true;
  /** The tasks that stubs replaced. @default - none */
  readonly stubbedTasks?: readonly StubbedTaskName[];
}

/** The state machine at the start of an execution. A redrive uses it again, as on AWS. */
export type ExecutedStateMachine = Pick<
  StateMachineResource,
  'name' | 'arn' | 'roleArn' | 'definition' | 'definitionText'
>;

/** An event in the format of `history.jsonl`. */
export type KeptEvent = Omit<HistoryEvent, 'timestamp'> & { readonly timestamp: string };

const RECORD = 'execution.json';
const STATE_MACHINE = 'state-machine.json';
const HISTORY = 'history.jsonl';
const POSITION = 'position.jsonl';
/** Changes of the Map items, one per line. Includes the Map items of executions that an item started. */
const ITEMS = 'items.jsonl';
/** Temporary data of distributed Maps. */
const STRINGS = '.strings';

/** The executions of a deployment, including those of earlier runs and of other processes. */
export class ExecutionStore {
  /** The folders of the executions that were looked up before. The key is the ARN of the execution. */
  private readonly folders = new Map<string, string>();
  /** ARNs of the executions of this process. */
  private readonly own = new Set<string>();
  private readonly root: string;
  /** The Maps that this process runs. */
  readonly mapProgress = new MapProgress();

  /**
   * @param localRoot folder of the deployment, usually `.local`
   * @param onNotice receives a notice for each unreadable record, which is renamed
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
   * @returns undefined when an execution of this or another process already has the same ARN
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

  /** Takes over an execution that was interrupted or did not succeed, to continue it. */
  reopen(record: ExecutionRecord): ExecutionLog {
    this.own.add(record.arn);
    this.mapProgress.continueFrom(this.items(record.arn));
    return new ExecutionLog(this.folderOf(record.arn));
  }

  /** Finds an execution by its ARN. */
  get(arn: string): ExecutionRecord | undefined {
    const folder = this.folders.get(arn);
    if (folder === undefined || !existsSync(join(folder, RECORD))) {
      return this.list().find((record) => record.arn === arn);
    }
    return this.read(folder);
  }

  /** All executions, most recent first. */
  list(): ExecutionRecord[] {
    const names = existsSync(this.root) ? readdirSync(this.root) : [];
    return names
      .filter((name) => !name.startsWith('.') && existsSync(join(this.root, name, RECORD)))
      .flatMap((name) => this.read(join(this.root, name)) ?? [])
      .sort((one, other) => compare(other.startDate, one.startDate) || compare(one.arn, other.arn));
  }

  /** The executions that can be resumed, oldest first. */
  listInterrupted(): ExecutionRecord[] {
    return this.list()
      .filter(({ isInterrupted }) => isInterrupted)
      .reverse();
  }

  /** The events of an execution, in order. */
  history(arn: string): KeptEvent[] {
    return [...readLines<KeptEvent>(join(this.folderOf(arn), HISTORY))];
  }

  /** The state machine that an execution runs. @returns undefined if an older version of local mode did not store it */
  stateMachine(arn: string): ExecutedStateMachine | undefined {
    const file = join(this.folderOf(arn), STATE_MACHINE);
    return existsSync(file) ? readRecord(file, this.onNotice) : undefined;
  }

  /** Whether the position of an execution is stored. */
  hasPosition(arn: string): boolean {
    return existsSync(join(this.folderOf(arn), POSITION));
  }

  /** Stores the state of a Map item in the folder of the execution that runs the outermost Map. */
  keepItem(state: MapItemState): void {
    appendLine(join(this.folderOf(state.executionArn), ITEMS), state);
    this.mapProgress.tell(state);
  }

  /** The Map items that an execution has started, in the order of their start. */
  items(arn: string): MapItemState[] {
    const items = new Map<string, MapItemState>();
    for (const state of readLines<MapItemState>(join(this.folderOf(arn), ITEMS))) {
      items.set(JSON.stringify(state.path), state);
    }
    return [...items.values()];
  }

  /** Path of an execution's record. */
  recordFile(arn: string): string {
    return join(this.folderOf(arn), RECORD);
  }

  /** Records the end of executions whose process is gone. */
  endInterrupted(): void {
    for (const record of this.list()) {
      const file = this.recordFile(record.arn);
      if (record.status !== 'ABORTED' || this.readFrom(file)?.status !== 'RUNNING') continue;
      writeJson(file, record);
      removeStaleFiles(dirname(file));
    }
  }

  /**
   * Moves a new execution to a folder named after it. If that name is taken or invalid, uses another name.
   */
  private moveIn(staging: string, { name, arn }: ExecutionRecord): string | undefined {
    // The name may be taken: executions of other state machines can have the same name, and some file systems ignore
    // case.
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
    if (folder === undefined) throw new Error(`no execution ${arn} in ${this.root}`);
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
    if (status !== 'RUNNING' || this.own.has(arn) || isLocalModeRunning(this.localRoot, record)) {
      return record;
    }
    const cause = `Local mode (process ${processId}) ended while the execution was running.`;
    return { ...record, status: 'ABORTED', cause, isInterrupted: true };
  }
}

/** The files of one execution of this process. */
export class ExecutionLog {
  private readonly position: PositionFile;
  private readonly strings: StringFile;

  constructor(private readonly folder: string) {
    for (const name of [HISTORY, POSITION, ITEMS]) {
      const file = join(folder, name);
      // A killed process may have left an incomplete line.
      if (existsSync(file) && !endsWithLine(file)) appendFileSync(file, '\n');
    }
    this.position = new PositionFile(join(folder, POSITION));
    this.strings = new StringFile(join(folder, STRINGS));
  }

  /** Path of the record. */
  get file(): string {
    return join(this.folder, RECORD);
  }

  /** Replaces the record atomically. */
  write(record: ExecutionRecord): void {
    writeJson(this.file, record);
  }

  /** Adds an event to the history. */
  append(event: HistoryEvent): void {
    appendLine(join(this.folder, HISTORY), event);
  }

  /** Stores a change of the execution's position. */
  reach(change: PositionChange): void {
    this.position.add(change);
  }

  /** The last position of the execution. Large data in the position stays in a file instead of in memory. */
  readPosition(): ResumePoint | undefined {
    return readPosition(join(this.folder, POSITION), (text) => this.keepString(text));
  }

  /** Replaces the position. */
  replacePosition(point: ResumePoint): void {
    this.position.replace(point);
  }

  /** Stores a string in a file, which `close` deletes. @returns a function that reads the string */
  keepString(text: string): () => string {
    return this.strings.keep(text);
  }

  /** Deletes temporary data. */
  close(): void {
    this.strings.close();
  }
}

/** Whether a file is empty or its last line is complete. */
function endsWithLine(file: string): boolean {
  const { size } = statSync(file);
  if (size === 0) return true;
  const handle = openSync(file, 'r');
  const last = Buffer.alloc(1);
  readSync(handle, last, 0, 1, size - 1);
  closeSync(handle);
  return last.toString() === '\n';
}

function writeJson(file: string, content: unknown): void {
  writeRecord(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

function appendLine(file: string, content: unknown): void {
  appendFileSync(file, `${JSON.stringify(content)}\n`);
}

/** Parses a file with one JSON object per line. */
function* readLines<T>(file: string): Generator<T> {
  for (const line of linesOf(file)) {
    const value = parsedLine(line);
    if (value !== undefined) yield value as T;
  }
}

function parsedLine(line: string): Json | undefined {
  try {
    return line === '' ? undefined : parseExact(line);
  } catch {
    // The process was killed while it wrote this line.
    return undefined;
  }
}

/** Renames a folder; false when the new name is taken. */
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

/** JSON text of an execution's input. */
export function inputTextOf({ input, inputText = JSON.stringify(input) }: ExecutionRecord): string {
  return inputText;
}

/** JSON text of an execution's output, if it has one. */
export function outputTextOf({ output, outputText }: ExecutionRecord): string | undefined {
  return outputText ?? (output === undefined ? undefined : JSON.stringify(output));
}

/** The ARN of an execution of a state machine. */
export function executionArn(stateMachineArn: string, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

/**
 * The ARN of the state machine of an execution. For a child execution of a distributed Map (`…:<machine>/<label>:<name>`),
 * this is the state machine with the Map.
 */
export function stateMachineArnOf(executionArn: string): string {
  return executionArn.replace(/:execution:([^:/]+).*$/, ':stateMachine:$1');
}
