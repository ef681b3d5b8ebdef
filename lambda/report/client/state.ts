import type { Job, Report } from '../report-data';

/** An interval on an axis of a chart. */
export interface Interval {
  /** Ends of the interval from top to bottom, as shares of the axis. */
  readonly shares: readonly [number, number];
  /** Numbers of the jobs in the interval. */
  readonly jobs: ReadonlySet<number>;
}

/** Filter for the rows of the job table. An empty string matches all rows. */
export interface Filter {
  readonly status: string;
  readonly words: string;
}

export const UNFILTERED: Filter = { status: '', words: '' };

/** Order of the job table. */
export interface Sorting {
  /** Title of the column. */
  readonly column: string;
  readonly isDescending: boolean;
}

/** The user's choices, and the listeners to notify of changes. */
export class State {
  /** The job at the pointer. */
  pointed: number | undefined;
  readonly selected = new Set<number>();
  /** The chosen intervals, indexed by chart and axis. */
  readonly intervals = new Map<string, Interval>();
  filter = UNFILTERED;
  /** Order of the table; undefined for the order of creation. */
  sorting: Sorting | undefined;
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(readonly report: Report) {}

  job(number: number): Job | undefined {
    return this.report.jobs[number - 1];
  }

  isShown(number: number): boolean {
    return [...this.intervals.values()].every(({ jobs }) => jobs.has(number));
  }

  onChange(listener: (change: Change) => void): void {
    this.listeners.push(listener);
  }

  point(job: number | undefined): void {
    if (this.pointed === job) return;
    this.pointed = job;
    this.tell('pointed');
  }

  toggle(job: number): void {
    if (!this.selected.delete(job)) this.selected.add(job);
    this.tell('selected');
  }

  clearSelection(): void {
    this.selected.clear();
    this.tell('selected');
  }

  choose(axis: string, interval: Interval | undefined): void {
    if (interval) this.intervals.set(axis, interval);
    else this.intervals.delete(axis);
    this.tell('intervals');
  }

  clearIntervals(): void {
    this.intervals.clear();
    this.tell('intervals');
  }

  filterBy(filter: Filter): void {
    this.filter = filter;
    this.tell('filter');
  }

  sortBy(sorting: Sorting): void {
    this.sorting = sorting;
    this.tell('sorting');
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}

export type Change = 'pointed' | 'selected' | 'intervals' | 'filter' | 'sorting';
