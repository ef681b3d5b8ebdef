import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { type OnNotice, readRecord } from '../../../local-folder/read-record';
import { createRecord, deleteRecord, writeRecord, writeRecordSoon } from '../../../local-folder/write-record';
import type { TaskIdentity } from '../../principal';

/** The origin of a job. */
export interface JobOrigin {
  /** ID of the process that runs, or ran, the job. */
  readonly processId: number;
  /** ID of the deployment in which it was created. */
  readonly deploymentId?: string;
  /** The task that created it, if any. */
  readonly createdBy?: TaskIdentity;
}

/** Members common to the records of all jobs. */
export interface JobRecord extends JobOrigin {
  readonly name: string;
  /** Set when the job was cut short because local mode exited. It can be resumed. */
  readonly isInterrupted?: boolean;
}

/** Called for each new state of a job, right before or after the state is written. */
export type JobListener<R> = (record: R) => void;

/**
 * The jobs of one kind, each stored in a JSON file. Names are case-insensitive, as in SageMaker. A name stays
 * taken until its job is deleted.
 */
export class JobStore<R extends JobRecord> {
  private readonly records = new Map<string, R>();
  /** Keys of the jobs that this process created. No other process changes these jobs. */
  private readonly own = new Set<string>();
  private readonly events = new EventEmitter();
  /** Keys of the jobs in each group. */
  private readonly groups = new Map<string, Set<string>>();

  /**
   * @param onNotice called for each unreadable record, which is renamed
   * @param groupOf the group of a job, which never changes. @default - no groups
   */
  constructor(
    private readonly folder: string,
    private readonly onNotice: OnNotice,
    private readonly groupOf: (record: R) => string | undefined = () => undefined,
  ) {
    fs.mkdirSync(folder, { recursive: true });
    this.refresh();
  }

  /** Reads the changes of other processes, and drops jobs that they deleted. */
  public refresh(): void {
    // Sorted, because the training jobs of a tuning job are numbered by creation.
    const files = fs.readdirSync(this.folder).sort();
    for (const file of files) {
      if (file.endsWith('.json') && !this.own.has(path.basename(file, '.json'))) {
        this.load(path.join(this.folder, file));
      }
    }
    const there = new Set(files);
    for (const key of this.records.keys()) {
      if (!this.own.has(key) && !there.has(`${key}.json`)) this.forget(key);
    }
  }

  /** Adds a job. Returns false when this or another process has taken the name. */
  public create(record: R): boolean {
    if (!createRecord(this.fileOf(record.name), render(record))) return false;
    this.own.add(record.name.toLowerCase());
    this.remember(record);
    return true;
  }

  /** Takes over a job of an earlier run, to resume it with this record. */
  public takeOver(record: R): void {
    this.own.add(record.name.toLowerCase());
    this.update(record.name, () => record);
  }

  /** Finds a job by name. Jobs of other processes are read from disk. */
  public get(name: string): R | undefined {
    if (this.isOwn(name) || !/^[\w.-]+$/.test(name)) {
      return this.known(name);
    }
    const file = this.fileOf(name);
    return fs.existsSync(file) ? this.load(file) : undefined;
  }

  /** Finds a job by name without reading its file again. Use only members that never change. */
  public known(name: string): R | undefined {
    return this.records.get(name.toLowerCase());
  }

  /** All jobs: first the jobs of earlier runs, ordered by name, then the jobs of this run, ordered by creation. */
  public list(): R[] {
    return [...this.records.values()];
  }

  /** The jobs of a group, in the order of `list`. Does not read the other jobs, of which there can be many. */
  public listGroup(group: string): R[] {
    return [...(this.groups.get(group) ?? [])].flatMap((key) => this.records.get(key) ?? []);
  }

  /** The jobs of this run, ordered by creation. */
  public listOwn(): R[] {
    return this.list().filter(({ name }) => this.isOwn(name));
  }

  /** Whether a job belongs to this run. Process IDs are not enough: in containers, every run can have the same ID. */
  public isOwn(name: string): boolean {
    return this.own.has(name.toLowerCase());
  }

  /** Changes and stores a job's record. */
  public update(name: string, change: (record: R) => R): R {
    return this.write(name, change, writeRecord);
  }

  /** Like `update`, for changes that can be lost without harm: the next change repeats them, or the job is resumed. */
  public updateProgress(name: string, change: (record: R) => R): R {
    return this.write(name, change, writeRecordSoon);
  }

  /** Deletes a job and frees its name. */
  public delete(name: string): void {
    deleteRecord(this.fileOf(name));
    this.forget(name.toLowerCase());
    this.own.delete(name.toLowerCase());
  }

  /** Subscribes to changes of jobs. @returns a function that unsubscribes */
  public onChange(listener: JobListener<R>): () => void {
    this.events.on('change', listener);
    return () => this.events.off('change', listener);
  }

  private write(name: string, change: (record: R) => R, writeTo: (file: string, content: string) => void): R {
    const record = this.get(name);
    if (record === undefined) {
      throw new Error(`there is no job "${name}" in ${this.folder}`);
    }
    const changed = change(record);
    writeTo(this.fileOf(name), render(changed));
    this.remember(changed);
    return changed;
  }

  private remember(record: R): void {
    this.keep(record);
    this.events.emit('change', record);
  }

  private load(file: string): R | undefined {
    const record = readRecord<R>(file, this.onNotice);
    if (record) this.keep(record);
    return record;
  }

  private keep(record: R): void {
    const key = record.name.toLowerCase();
    this.records.set(key, record);
    const group = this.groupOf(record);
    if (group === undefined) return;
    const members = this.groups.get(group);
    if (members) members.add(key);
    else this.groups.set(group, new Set([key]));
  }

  private forget(key: string): void {
    const record = this.records.get(key);
    const group = record && this.groupOf(record);
    if (group !== undefined) this.groups.get(group)?.delete(key);
    this.records.delete(key);
  }

  private fileOf(name: string): string {
    return joinInside(this.folder, `${name.toLowerCase()}.json`);
  }
}

function render(record: JobRecord): string {
  return JSON.stringify(record, undefined, 2);
}
