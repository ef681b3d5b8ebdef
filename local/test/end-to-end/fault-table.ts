/** What a fault came to. */
interface Row {
  readonly fault: string;
  readonly result: string;
}

/** Whether all faults are tried: `FAULTS=all npx jest faults kill-and-resume --maxWorkers=1` takes some ten minutes. */
export const TRIES_ALL = process.env['FAULTS'] === 'all';

const rows: Row[] = [];

/**
 * A test of a fault: it says in a few words what came of it. The table of all of a file is printed at its end.
 *
 * @param outcome throws where something is lost, runs twice, or no message says what to do next
 */
export function testFault(fault: string, outcome: () => Promise<string>): void {
  test(fault, async () => {
    rows.push({ fault, result: 'FAILED' });
    const result = await outcome();
    rows.splice(rows.length - 1, 1, { fault, result });
  });
}

/** A test of a fault that the suite has no time for. */
export function testFaultIfAll(fault: string, outcome: () => Promise<string>): void {
  if (TRIES_ALL) testFault(fault, outcome);
}

afterAll(() => {
  const width = Math.max(0, ...rows.map(({ fault }) => fault.length));
  const lines = rows.map(({ fault, result }) => `  ${fault.padEnd(width)}  ${result}`);
  process.stderr.write(`\nFaults and what came of them:\n${lines.join('\n')}\n`);
});
