import type { Job, Report } from '../report-data';

/** What the user has chosen, and the listeners to notify. */
export class State {
  /** The job at the pointer. */
  pointed: number | undefined;
  readonly selected = new Set<number>();
  /** Jobs in the chosen intervals, by chart and axis. */
  readonly intervals = new Map<string, ReadonlySet<number>>();
  private readonly listeners: ((change: Change) => void)[] = [];

  constructor(readonly report: Report) {}

  job(number: number): Job | undefined {
    return this.report.jobs[number - 1];
  }

  isShown(number: number): boolean {
    return [...this.intervals.values()].every((jobs) => jobs.has(number));
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

  choose(axis: string, jobs: ReadonlySet<number> | undefined): void {
    if (jobs) this.intervals.set(axis, jobs);
    else this.intervals.delete(axis);
    this.tell('intervals');
  }

  clearIntervals(): void {
    this.intervals.clear();
    this.tell('intervals');
  }

  private tell(change: Change): void {
    for (const listener of this.listeners) listener(change);
  }
}

export type Change = 'pointed' | 'selected' | 'intervals';
