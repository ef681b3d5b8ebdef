import { appendFileSync, existsSync, statSync } from 'node:fs';
import { linesOf } from '../local-folder/lines-of';
import { replaceFile } from '../local-folder/replace-file';
import {
  applyChange,
  changesTo,
  jsonText,
  type KeepString,
  type PositionChange,
  parseExact,
  type ResumePoint,
  withKeptData,
} from '../states';

/** The beginning of each line that records a change of the outermost state. */
const OUTERMOST = '{"at":[],';

const COMPACT_BYTES = 32 * 1024 * 1024;

/**
 * The changes of an execution's position since it reached its current state, one per line. A Map with thousands of
 * items makes many changes, but most of them soon become obsolete. So the file is compacted whenever its size has
 * doubled.
 */
export class PositionFile {
  private compactAt: number;
  private size: number;

  /** @param compactBytes size at which the file is compacted for the first time */
  constructor(
    private readonly file: string,
    private readonly compactBytes = COMPACT_BYTES,
  ) {
    this.compactAt = compactBytes;
    this.size = existsSync(file) ? statSync(file).size : 0;
  }

  add(change: PositionChange): void {
    const line = lineOf(change);
    // Earlier positions do not matter once the state machine is in its next state.
    if (change.type === 'reached' && change.at.length === 0) {
      replaceFile(this.file, line);
      this.size = line.length;
      this.compactAt = this.compactBytes;
      return;
    }
    appendFileSync(this.file, line);
    this.size += line.length;
    if (this.size > this.compactAt) this.compact();
  }

  /** Replaces the position. */
  replace(point: ResumePoint): void {
    this.write(linesTo(point));
  }

  private compact(): void {
    this.write(relevantLines(this.file));
  }

  private write(lines: Iterable<string>): void {
    replaceFile(this.file, { lines });
    this.size = statSync(this.file).size;
    this.compactAt = Math.max(this.compactBytes, 2 * this.size);
  }
}

/**
 * The position that a file describes.
 *
 * @param keepString stores the large data of the position. @default - the data is in memory
 * @returns undefined if there is no such file
 */
export function readPosition(file: string, keepString?: KeepString): ResumePoint | undefined {
  let point: ResumePoint | undefined;
  for (const line of linesOf(file)) {
    const change = changeIn(line);
    if (change) point = applyChange(point, keepString ? withKeptData(change, keepString) : change);
  }
  return point;
}

function* linesTo(point: ResumePoint): Generator<string> {
  for (const change of changesTo(point)) yield lineOf(change);
}

function lineOf(change: PositionChange): string {
  return `${jsonText(change)}\n`;
}

/** The lines that are still needed. A later change of a child can make earlier changes of that child obsolete. */
function* relevantLines(file: string): Generator<string> {
  const children = new Map<number, { hasSucceeded: boolean; reachedAt: number }>();
  let number = 0;
  for (const line of linesOf(file)) {
    number += 1;
    const change = outlineOf(line);
    const index = change?.at[0];
    if (change === undefined || index === undefined) continue;
    const known = children.get(index) ?? { hasSucceeded: false, reachedAt: 0 };
    const isOwn = change.at.length === 1;
    children.set(index, {
      hasSucceeded: isOwn && change.type === 'child' && change.child?.output !== undefined,
      reachedAt: isOwn && change.type === 'reached' ? number : known.reachedAt,
    });
  }
  number = 0;
  for (const line of linesOf(file)) {
    number += 1;
    const change = outlineOf(line);
    if (change === undefined) continue;
    const child = children.get(change.at[0] ?? -1);
    const isResult = change.at.length === 1 && change.type === 'child';
    if (child === undefined || isResult || (!child.hasSucceeded && number >= child.reachedAt))
      yield `${line}\n`;
  }
}

/** The parts of a change that decide whether the change is still needed. */
interface Outline {
  readonly at: readonly number[];
  readonly type?: string;
  readonly child?: { readonly output?: unknown };
}

/**
 * The outline of the change that a line contains. A change of the outermost state is not parsed, because its list of
 * jobs can be very long.
 */
function outlineOf(line: string): Outline | undefined {
  if (line.startsWith(OUTERMOST)) return { at: [] };
  return changeIn(line, JSON.parse);
}

/** Parses a line, which contains one change. @returns undefined if the process was killed while it wrote the line */
function changeIn(line: string, parse: (text: string) => unknown = parseExact): PositionChange | undefined {
  try {
    return line === '' ? undefined : (parse(line) as PositionChange);
  } catch {
    return undefined;
  }
}
