/** How far this clock is ahead of the system clock, in milliseconds. */
let ahead = 0;

/** The latest time returned. */
let latest = 0;

/**
 * The time in milliseconds since the epoch. It never goes back: if the system clock is set back, this clock
 * continues from its latest time. Otherwise a job could end before it was created, or wait for a time that
 * has passed.
 */
export function steadyNow(): number {
  const now = Date.now() + ahead;
  if (now < latest) ahead += latest - now;
  latest = Math.max(now, latest);
  return latest;
}

/**
 * Makes the clock never return a time before this one. Otherwise, the stored times of resumed work could be in the
 * future.
 */
export function continueFrom(milliseconds: number): void {
  latest = Math.max(latest, milliseconds);
}
