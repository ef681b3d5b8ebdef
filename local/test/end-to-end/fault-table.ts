/** The result of a fault. */
interface Row {
  readonly fault: string;
  readonly result: string;
}

/** Whether to try all faults: `FAULTS=all npx jest faults kill-and-resume --maxWorkers=1` takes about ten minutes. */
export const TRIES_ALL = process.env['FAULTS'] === 'all';

const rows: Row[] = [];

/**
 * A test of a fault, which returns a short description of the result. Prints a table of all faults of the
 * file at its end.
 *
 * @param outcome throws if something is lost or runs twice, or if no message says what to do next
 */
export function testFault(fault: string, outcome: () => Promise<string>): void {
  test(fault, async () => {
    rows.push({ fault, result: 'FAILED' });
    const result = await outcome();
    rows.splice(rows.length - 1, 1, { fault, result });
  });
}

/** A test of a fault that takes too long for the suite. */
export function testFaultIfAll(fault: string, outcome: () => Promise<string>): void {
  if (TRIES_ALL) testFault(fault, outcome);
}

afterAll(() => {
  const width = Math.max(0, ...rows.map(({ fault }) => fault.length));
  const lines = rows.map(({ fault, result }) => `  ${fault.padEnd(width)}  ${result}`);
  process.stderr.write(`\nFaults and what came of them:\n${lines.join('\n')}\n`);
});
