import type { StatesError } from '../errors';
import { executionIn, type Frame } from './frame';

/** Waits after a failure. Reports that the Map item or the execution waits and why, and later that the wait is over. */
export async function sleepAfterFailure(
  milliseconds: number,
  { error, cause }: StatesError,
  frame: Frame,
): Promise<void> {
  const { clock, onFailureWait } = frame.services;
  const { executionArn, path } = frame.place ?? { executionArn: executionIn(frame), path: [] };
  const end = onFailureWait?.({ executionArn, path, failure: { error, cause } });
  try {
    await clock.sleep(milliseconds, frame.signal);
  } finally {
    end?.();
  }
}
