/** Moments at which a fleet's process kills itself, in chronological order. */
export const MOMENTS = [
  'items start',
  'jobs train',
  'resume starts',
  'the results are written',
  'the summary is written',
] as const;

export type Moment = (typeof MOMENTS)[number];

/** The items of the fleet, and the number of jobs of each. */
export const ITEMS = Array.from({ length: 6 }, (_, number) => ({ id: `i${number}` }));
export const JOBS_EACH = 3;
