import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { joinInside } from '../../assembly/safe-path';

/** What every job keeps. */
export interface JobRecord {
  readonly name: string;
  /** The process that runs, or ran, the job. */
  readonly processId: number;
}

/** Takes each new state of a job, right after it was written. */
export type JobListener<R> = (record: R) => void;

/**
 * Jobs of one kind, each in a JSON file of its own. Names are compared without regard to case, as
 * SageMaker does, and a name that was used once stays taken.
 */
export class JobStore<R extends JobRecord> {
  private readonly records = new Map<string, R>();
  private readonly events = new EventEmitter();

  constructor(private readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true });
    // Sorted: the training jobs of a tuning job are numbered in the order of their creation.
    const files = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
    for (const file of files.sort()) {
      this.load(path.join(folder, file));
    }
  }

  /** Adds a job; false when the name is taken, by this process or by another. */
  public create(record: R): boolean {
    const file = this.fileOf(record.name);
    const temporary = this.writeTemporary(record);
    try {
      // A link fails when the file exists, so that two processes cannot both take a name.
      fs.linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
        return false;
      }
      throw error;
    } finally {
      fs.rmSync(temporary);
    }
    this.remember(record);
    return true;
  }

  /** A job by name; those of other processes as they are on disk now. */
  public get(name: string): R | undefined {
    const known = this.records.get(name.toLowerCase());
    if (known?.processId === process.pid || !/^[\w.-]+$/.test(name)) {
      return known;
    }
    const file = this.fileOf(name);
    return fs.existsSync(file) ? this.load(file) : undefined;
  }

  /** All jobs: those of earlier runs by name, then those of this one in the order of their creation. */
  public list(): R[] {
    return [...this.records.values()];
  }

  /** Changes a job's record. */
  public update(name: string, change: (record: R) => R): R {
    const record = this.get(name);
    if (record === undefined) {
      throw new Error(`there is no job "${name}" in ${this.folder}`);
    }
    const changed = change(record);
    fs.renameSync(this.writeTemporary(changed), this.fileOf(name));
    this.remember(changed);
    return changed;
  }

  /** Follows the jobs; returns the function that ends it. */
  public onChange(listener: JobListener<R>): () => void {
    this.events.on('change', listener);
    return () => this.events.off('change', listener);
  }

  private remember(record: R): void {
    this.records.set(record.name.toLowerCase(), record);
    this.events.emit('change', record);
  }

  private load(file: string): R {
    try {
      const record = JSON.parse(fs.readFileSync(file, 'utf8')) as R;
      this.records.set(record.name.toLowerCase(), record);
      return record;
    } catch (error) {
      throw new Error(
        `the job record ${file} cannot be read (${(error as Error).message}): repair or remove it`,
      );
    }
  }

  private writeTemporary(record: R): string {
    const file = path.join(this.folder, `.${randomUUID()}.tmp`);
    fs.writeFileSync(file, JSON.stringify(record, undefined, 2));
    return file;
  }

  private fileOf(name: string): string {
    return joinInside(this.folder, `${name.toLowerCase()}.json`);
  }
}
