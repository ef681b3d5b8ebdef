/** How far this clock is ahead of the system clock, in milliseconds. */
let ahead = 0;

/** The latest time returned. */
let latest = 0;

/**
 * The time in milliseconds since the epoch. It never goes back: if the system clock is set back, this clock
 * continues from its latest time. Otherwise, a job could end before it was created, or local mode could wait for
 * a time that has already passed.
 */
export function steadyNow(): number {
  const now = Date.now() + ahead;
  if (now < latest) ahead += latest - now;
  latest = Math.max(now, latest);
  return latest;
}

/**
 * From now on, the clock returns no time before `milliseconds`, which is the latest stored time of resumed work. If the
 * system clock was set back in the meantime, this stored time would otherwise be in the future.
 */
export function continueFrom(milliseconds: number): void {
  latest = Math.max(latest, milliseconds);
}
