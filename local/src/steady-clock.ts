/** How far this clock is ahead of the machine's. */
let ahead = 0;

/** The latest time that was told. */
let latest = 0;

/**
 * The time, in milliseconds since the epoch. It goes on where it was when the machine's clock is set back, so that no job
 * ends before it was created, and none waits for a time that has been.
 */
export function steadyNow(): number {
  const now = Date.now() + ahead;
  if (now < latest) ahead += latest - now;
  latest = Math.max(now, latest);
  return latest;
}

/** From now on it is not before a time: that of work of an earlier process, which goes on. */
export function continueFrom(milliseconds: number): void {
  latest = Math.max(latest, milliseconds);
}
