import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import type { ProcessIdentity } from '../../../local-folder/local-modes';
import { type OnNotice, readRecord } from '../../../local-folder/read-record';
import { removeIfStale } from '../../../local-folder/temporary-file';
import {
  createRecord,
  deleteRecord,
  flushRecord,
  writeRecord,
  writeRecordSoon,
} from '../../../local-folder/write-record';
import type { TaskIdentity } from '../../principal';

/** The process that runs, or ran, a job, and the deployment and task that the job comes from. */
export interface JobOrigin extends ProcessIdentity {
  /** ID of the deployment in which the job was created. */
  readonly deploymentId?: string;
  /** The task that created the job, if any. */
  readonly createdBy?: TaskIdentity;
}

/** Members common to the records of all jobs. */
export interface JobRecord extends JobOrigin {
  readonly name: string;
  /** Set when the job was cut short because local mode exited. Such a job can be resumed. */
  readonly isInterrupted?: boolean;
}

/** Called for each new state of a job, right before or after the state is written. */
export type JobListener<R> = (record: R) => void;

/** The data that the store keeps in memory about a job, with or without the job's record. */
interface Entry<R> {
  readonly group: string | undefined;
  record: R | undefined;
  /** Whether this process created the job or took it over. If so, no other process changes the job. */
  isOwn: boolean;
  /** Identifies the version of the file that was read last. */
  version?: string | undefined;
}

/** Maximum number of finished jobs whose records stay in memory although these records are rarely read. */
const MOST_AT_REST = 250;

/**
 * The jobs of one kind, each stored in a JSON file. Names are case-insensitive, as in SageMaker. A name stays taken
 * until its job is deleted. There can be tens of thousands of jobs, so most jobs that have ended are only in their
 * files, not in memory.
 */
export class JobStore<R extends JobRecord> {
  private readonly entries = new Map<string, Entry<R>>();
  /** Keys of the records that may be removed from memory, least recently read first. */
  private readonly atRest = new Set<string>();
  private readonly events = new EventEmitter();
  /** Changes each record that is read from a file. */
  private view: (record: R) => R = (record) => record;
  /** Keys of the jobs in each group. */
  private readonly groups = new Map<string | undefined, string[]>();

  /**
   * @param onNotice called for each unreadable record, which is renamed
   * @param groupOf returns the group of a job. The group never changes. @default - no groups
   * @param isReadOnly whether the store leaves the folder as it is, even if it does not exist. @default false
   */
  constructor(
    private readonly folder: string,
    private readonly onNotice: OnNotice,
    private readonly groupOf: (record: R) => string | undefined = () => undefined,
    private readonly isReadOnly = false,
  ) {
    // No limit for listeners, because each task that waits for a job adds one.
    this.events.setMaxListeners(0);
    if (!isReadOnly) fs.mkdirSync(folder, { recursive: true });
    this.refresh();
  }

  /** Shows all records as a function changes them. The files stay as they are. */
  public readAs(view: (record: R) => R): void {
    this.view = view;
    for (const entry of this.entries.values()) {
      if (entry.record !== undefined) entry.record = view(entry.record);
    }
  }

  /** Reads the changes of other processes, and drops jobs that other processes deleted. */
  public refresh(): void {
    // Sorted by name, because the names of a tuning job's training jobs contain numbers in the order of creation.
    const files = fs.existsSync(this.folder) ? fs.readdirSync(this.folder).sort() : [];
    for (const file of files) {
      const key = path.basename(file, '.json');
      if (file.endsWith('.tmp') && !this.isReadOnly) removeIfStale(this.folder, file);
      if (file.endsWith('.json') && !this.isOwn(key) && !this.isUpToDate(key)) this.load(key);
    }
    const there = new Set(files);
    for (const [key, { isOwn }] of this.entries) {
      if (!isOwn && !there.has(`${key}.json`)) this.forget(key);
    }
  }

  /** Adds a job. Returns false when this or another process has taken the name. */
  public create(record: R): boolean {
    if (!createRecord(this.fileOf(record.name), render(record))) return false;
    this.remember(record, true);
    return true;
  }

  /** Takes over a job of an earlier run, to resume it with this record. */
  public takeOver(record: R): void {
    const key = record.name.toLowerCase();
    const entry = this.entries.get(key);
    if (entry) entry.isOwn = true;
    this.atRest.delete(key);
    this.update(record.name, () => record);
  }

  /** Finds a job by name. Jobs of other processes are read from disk. */
  public get(name: string): R | undefined {
    if (this.isOwn(name) || !/^[\w.-]+$/.test(name)) {
      return this.known(name);
    }
    return this.load(name.toLowerCase());
  }

  /**
   * Finds a job by name without reading its file again. The result may be out of date: use only members that never
   * change.
   */
  public known(name: string): R | undefined {
    return this.recordOf(name.toLowerCase());
  }

  /** All jobs: first the jobs of earlier runs, ordered by name, then the jobs of this run, ordered by creation. */
  public list(): R[] {
    return [...this.recordsOf(this.entries.keys())];
  }

  /** The jobs of a group, in the order of `list`. Does not read the records of other jobs. */
  public listGroup(group: string): R[] {
    return [...this.recordsOf(this.groups.get(group) ?? [])];
  }

  /** Reads the jobs that belong to no group one after the other, so that they do not fill the memory. */
  public alone(): Iterable<R> {
    return this.recordsOf(this.groups.get(undefined) ?? []);
  }

  /** The jobs whose names begin with a prefix, in the order of `list`. Does not read the records of other jobs. */
  public listNamed(prefix: string): R[] {
    const start = prefix.toLowerCase();
    return [...this.recordsOf([...this.entries.keys()].filter((key) => key.startsWith(start)))];
  }

  /** The jobs of this run, ordered by creation. */
  public listOwn(): R[] {
    return [...this.recordsOf(this.ownKeys())];
  }

  /** The jobs of this run whose records are in memory: the jobs that have not ended, and the latest finished jobs. */
  public listRecent(): R[] {
    return [...this.entries.values()].flatMap(({ isOwn, record }) => (isOwn && record ? [record] : []));
  }

  /** The number of jobs of this run. */
  public get ownCount(): number {
    return this.ownKeys().length;
  }

  /** Whether a job belongs to this run. Process IDs are not enough: in containers, every run can have the same ID. */
  public isOwn(name: string): boolean {
    return this.entries.get(name.toLowerCase())?.isOwn === true;
  }

  /** Changes and stores a job's record. */
  public update(name: string, change: (record: R) => R): R {
    return this.write(name, change, (file, record) => writeRecord(file, render(record)));
  }

  /** Like `update`, for changes that can be lost without harm: the next change repeats them, or the job is resumed. */
  public updateProgress(name: string, change: (record: R) => R): R {
    this.atRest.delete(name.toLowerCase());
    return this.write(name, change, (file, record) => writeRecordSoon(file, () => render(record)));
  }

  /**
   * Like `update`, but this process does other work while the change is flushed to disk. The change is visible when the
   * promise resolves.
   */
  public async finish(name: string, change: (record: R) => R): Promise<R> {
    for (;;) {
      const record = this.recordToChange(name);
      const changed = change(record);
      const flushed = await flushRecord(this.fileOf(name), render(changed));
      if (this.get(name) === record) {
        flushed.place();
        this.remember(changed);
        return changed;
      }
      // While the change was flushed, another member of the record, such as the tags, changed. Starts again with the
      // new record.
      flushed.discard();
    }
  }

  /** Allows the record of a finished job to be removed from memory. The record is read again when it is needed. */
  public rest(name: string): void {
    const key = name.toLowerCase();
    if (this.entries.get(key)?.record === undefined) return;
    this.atRest.delete(key);
    this.atRest.add(key);
    for (const oldest of this.atRest) {
      if (this.atRest.size <= MOST_AT_REST) break;
      const entry = this.entries.get(oldest);
      if (entry) entry.record = undefined;
      this.atRest.delete(oldest);
    }
  }

  /** Allows the records of all jobs in a group to be removed from memory. */
  public restGroup(group: string): void {
    for (const key of this.groups.get(group) ?? []) this.rest(key);
  }

  /** Deletes a job and frees its name. */
  public delete(name: string): void {
    deleteRecord(this.fileOf(name));
    this.forget(name.toLowerCase());
  }

  /** Subscribes to changes of jobs. @returns a function that unsubscribes */
  public onChange(listener: JobListener<R>): () => void {
    this.events.on('change', listener);
    return () => this.events.off('change', listener);
  }

  private write(name: string, change: (record: R) => R, writeTo: (file: string, record: R) => void): R {
    const changed = change(this.recordToChange(name));
    writeTo(this.fileOf(name), changed);
    this.remember(changed);
    return changed;
  }

  private recordToChange(name: string): R {
    const record = this.get(name);
    if (record === undefined) {
      throw new Error(`there is no job "${name}" in ${this.folder}`);
    }
    return record;
  }

  private remember(record: R, isOwn?: true): void {
    this.keep(record, { ...(isOwn && { isOwn }) });
    this.events.emit('change', record);
  }

  private ownKeys(): string[] {
    return [...this.entries].flatMap(([key, { isOwn }]) => (isOwn ? [key] : []));
  }

  private *recordsOf(keys: Iterable<string>): Generator<R> {
    for (const key of keys) {
      const record = this.recordOf(key);
      if (record !== undefined) yield record;
    }
  }

  /** The record of a known job, from memory or from its file. */
  private recordOf(key: string): R | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.record === undefined) return this.load(key);
    if (this.atRest.has(key)) this.rest(key);
    return entry.record;
  }

  /** Reads a job's file, unless its content is known. @returns undefined if there is no such job */
  private load(key: string): R | undefined {
    const file = this.fileOf(key);
    const version = versionOf(file);
    if (version === undefined) return undefined;
    const known = this.entries.get(key);
    if (known?.record !== undefined && known.version === version) return known.record;
    const stored = readRecord<R>(file, this.onNotice);
    if (stored === undefined) return undefined;
    const record = this.view(stored);
    this.keep(record, { version });
    this.rest(record.name);
    return record;
  }

  private isUpToDate(key: string): boolean {
    const version = this.entries.get(key)?.version;
    return version !== undefined && version === versionOf(this.fileOf(key));
  }

  private keep(record: R, { isOwn, version }: Partial<Pick<Entry<R>, 'isOwn' | 'version'>> = {}): void {
    const key = record.name.toLowerCase();
    const known = this.entries.get(key);
    if (known !== undefined) {
      known.record = record;
      known.version = version;
      return;
    }
    const group = this.groupOf(record);
    this.entries.set(key, { group, record, isOwn: isOwn ?? false, version });
    const members = this.groups.get(group);
    if (members) members.push(key);
    else this.groups.set(group, [key]);
  }

  private forget(key: string): void {
    const members = this.groups.get(this.entries.get(key)?.group) ?? [];
    const index = members.indexOf(key);
    if (index >= 0) members.splice(index, 1);
    this.entries.delete(key);
    this.atRest.delete(key);
  }

  private fileOf(name: string): string {
    return joinInside(this.folder, `${name.toLowerCase()}.json`);
  }
}

function render(record: JobRecord): string {
  return JSON.stringify(record, undefined, 2);
}

/**
 * Identifies the content of a file without reading it: files are replaced, never changed in place. Undefined if there
 * is no file.
 */
function versionOf(file: string): string | undefined {
  try {
    const { ino, mtimeMs, size } = fs.statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    // The file does not exist, or the job name in a request is too long for a file name.
    return undefined;
  }
}
