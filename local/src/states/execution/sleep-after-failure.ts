import type { StatesError } from '../errors';
import { executionIn, type Frame } from './frame';

/** Waits before another attempt. Reports that the Map item or the execution waits and why, and later that the wait is over. */
export async function sleepAfterFailure(
  milliseconds: number,
  { error, cause }: StatesError,
  frame: Frame,
): Promise<void> {
  const { clock, onRetryWait } = frame.services;
  const { executionArn, path } = frame.place ?? { executionArn: executionIn(frame), path: [] };
  onRetryWait?.({ executionArn, path, failure: { error, cause } });
  try {
    await clock.sleep(milliseconds, frame.signal);
  } finally {
    onRetryWait?.({ executionArn, path });
  }
}
