// Functions shared by the benchmarks: medians, tables, and lines that compare a result with its target.
import { cpus } from 'node:os';

export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function printHead(title) {
  console.log(`\n${title}`);
  console.log(`Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
}

/** Prints a table. All columns except the first contain numbers. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}

/** Prints whether a result meets its target. With `--check`, a missed target sets the exit status to 1. */
export function printTarget(name, value, limit, digits = 2) {
  const isMet = value <= limit;
  console.log(`${name}: ${value.toFixed(digits)}, target at most ${limit}: ${isMet ? 'met' : 'missed'}`);
  if (!isMet && process.argv.includes('--check')) process.exitCode = 1;
}
