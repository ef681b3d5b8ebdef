import type { Job, Report } from '../report-data';

/** Jobs of the same color: the jobs of one definition or of one earlier tuning job. */
export interface Group {
  readonly label: string;
  /** CSS class of the color. The colors repeat after eight groups. */
  readonly className: string;
  has(job: Job): boolean;
}

const COLORS = 8;

/** The groups of a report's jobs: a single group, unless there are several definitions or a warm start. */
export function groupsOf({ definitions, jobs, search }: Report): Group[] {
  const groups = definitions
    .map(({ search: owner, name }) => ({
      label: [owner === search.name ? undefined : owner, name].filter(Boolean).join(', ') || search.name,
      has: (job: Job) => job.search === owner && (name === undefined || job.definition === name),
    }))
    .filter(({ has }) => jobs.some(has));
  return groups.map((group, index) => ({ ...group, className: `g${index % COLORS}` }));
}
