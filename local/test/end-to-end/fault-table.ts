/** The result of a fault. */
interface Row {
  readonly fault: string;
  readonly result: string;
}

/**
 * Whether to test all faults, as in `FAULTS=all npx jest faults kill-and-resume --maxWorkers=1`, which takes about ten
 * minutes.
 */
export const TRIES_ALL = process.env['FAULTS'] === 'all';

const rows: Row[] = [];

/**
 * Defines a test of a fault. After all tests of a file, the file's faults and their results are printed as a table.
 *
 * @param outcome causes the fault and returns a short description of the result. Throws if work is lost or runs twice,
 * or if no message tells the user what to do next.
 */
export function testFault(fault: string, outcome: () => Promise<string>): void {
  test(fault, async () => {
    rows.push({ fault, result: 'FAILED' });
    const result = await outcome();
    rows.splice(rows.length - 1, 1, { fault, result });
  });
}

/** Defines a test of a fault that takes too long for the regular suite. */
export function testFaultIfAll(fault: string, outcome: () => Promise<string>): void {
  if (TRIES_ALL) testFault(fault, outcome);
}

afterAll(() => {
  const width = Math.max(0, ...rows.map(({ fault }) => fault.length));
  const lines = rows.map(({ fault, result }) => `  ${fault.padEnd(width)}  ${result}`);
  process.stderr.write(`\nFaults and their results:\n${lines.join('\n')}\n`);
});
