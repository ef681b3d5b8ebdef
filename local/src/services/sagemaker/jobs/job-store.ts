import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../../assembly/safe-path';
import { type OnNotice, readRecord } from '../../../local-folder/read-record';
import { createRecord, deleteRecord, writeRecord, writeRecordSoon } from '../../../local-folder/write-record';
import type { TaskIdentity } from '../../principal';

/** Where a job comes from. */
export interface JobOrigin {
  /** The process that runs, or ran, the job. */
  readonly processId: number;
  /** The deployment that it was created in. */
  readonly deploymentId?: string;
  /** The task that created it, if one did. */
  readonly createdBy?: TaskIdentity;
}

/** What every job keeps. */
export interface JobRecord extends JobOrigin {
  readonly name: string;
  /** Set when the job has ended only because local mode did: it can be resumed. */
  readonly isInterrupted?: boolean;
}

/** Takes each new state of a job, right after it was written or is about to be. */
export type JobListener<R> = (record: R) => void;

/**
 * Jobs of one kind, each in a JSON file of its own. Names are compared without regard to case, as
 * SageMaker does, and a name that was used once stays taken until the job is deleted.
 */
export class JobStore<R extends JobRecord> {
  private readonly records = new Map<string, R>();
  /** Keys of the jobs that were created here: nobody else changes them. */
  private readonly own = new Set<string>();
  private readonly events = new EventEmitter();

  /** @param onNotice told of a record that cannot be read, which is set aside */
  constructor(
    private readonly folder: string,
    private readonly onNotice: OnNotice,
  ) {
    fs.mkdirSync(folder, { recursive: true });
    this.refresh();
  }

  /** Reads what other processes have written meanwhile, and forgets what they have deleted. */
  public refresh(): void {
    // Sorted: the training jobs of a tuning job are numbered in the order of their creation.
    const files = fs.readdirSync(this.folder).sort();
    for (const file of files) {
      if (file.endsWith('.json') && !this.own.has(path.basename(file, '.json'))) {
        this.load(path.join(this.folder, file));
      }
    }
    const there = new Set(files);
    for (const key of this.records.keys()) {
      if (!this.own.has(key) && !there.has(`${key}.json`)) this.records.delete(key);
    }
  }

  /** Adds a job; false when the name is taken, by this process or by another. */
  public create(record: R): boolean {
    if (!createRecord(this.fileOf(record.name), render(record))) return false;
    this.own.add(record.name.toLowerCase());
    this.remember(record);
    return true;
  }

  /** Takes a job of an earlier run over, to run it on: with this record. */
  public takeOver(record: R): void {
    this.own.add(record.name.toLowerCase());
    this.update(record.name, () => record);
  }

  /** A job by name; those of other processes as they are on disk now. */
  public get(name: string): R | undefined {
    const known = this.records.get(name.toLowerCase());
    if (this.isOwn(name) || !/^[\w.-]+$/.test(name)) {
      return known;
    }
    const file = this.fileOf(name);
    return fs.existsSync(file) ? this.load(file) : undefined;
  }

  /** All jobs: those of earlier runs by name, then those of this one in the order of their creation. */
  public list(): R[] {
    return [...this.records.values()];
  }

  /** The jobs of this run alone, in the order of their creation. */
  public listOwn(): R[] {
    return this.list().filter(({ name }) => this.isOwn(name));
  }

  /** Whether a job is of this run. Process ids do not tell: in containers every run may have the same. */
  public isOwn(name: string): boolean {
    return this.own.has(name.toLowerCase());
  }

  /** Changes a job's record. */
  public update(name: string, change: (record: R) => R): R {
    return this.write(name, change, writeRecord);
  }

  /** Changes a job's record where nothing is lost if the change is: the next one says it again, or the job is resumed. */
  public updateProgress(name: string, change: (record: R) => R): R {
    return this.write(name, change, writeRecordSoon);
  }

  /** Removes a job; its name is free again. */
  public delete(name: string): void {
    deleteRecord(this.fileOf(name));
    this.records.delete(name.toLowerCase());
    this.own.delete(name.toLowerCase());
  }

  /** Follows the jobs; returns the function that ends it. */
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
    this.records.set(record.name.toLowerCase(), record);
    this.events.emit('change', record);
  }

  private load(file: string): R | undefined {
    const record = readRecord<R>(file, this.onNotice);
    if (record) this.records.set(record.name.toLowerCase(), record);
    return record;
  }

  private fileOf(name: string): string {
    return joinInside(this.folder, `${name.toLowerCase()}.json`);
  }
}

function render(record: JobRecord): string {
  return JSON.stringify(record, undefined, 2);
}
