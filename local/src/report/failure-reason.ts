import type { TrainingJobSummary } from '../services';

/** What the framework containers write when the user's script fails: the script's output between two quotes. */
const SCRIPT_ERROR =
  /^(\w+Error): (\w+Error):\nExitCode \d+\nErrorMessage "([\s\S]*?)"\n(?:ExtraInfo "([^"]*)"\n)?Command "/;

/**
 * A failure reason in one line of so many characters. Of a script's error the last line stays, which names it; of
 * anything else that is too long its beginning and its end, where exit codes are.
 */
export function shortReason(reason: string, longest: number): string {
  const [, kind, error, output = '', extra] = SCRIPT_ERROR.exec(reason) ?? [];
  const exit = /, exit code: (?![\s\S]*, exit code: )[\s\S]*$/.exec(reason)?.[0] ?? '';
  const line = kind === undefined ? reason : `${kind}: ${error}: ${extra ?? lastLine(output)}${exit}`;
  return cutInTheMiddle(line.replace(/\s+/g, ' ').trim(), longest);
}

/** A reason that training jobs have in common. */
export interface CommonReason {
  readonly reason: string;
  /** The first of them. */
  readonly example: string;
  readonly count: number;
}

/** Why training jobs failed, the most common reason first: reasons that differ in numbers only are one. */
export function commonReasons(trainingJobs: readonly TrainingJobSummary[]): CommonReason[] {
  const groups = new Map<string, CommonReason>();
  for (const { FailureReason: reason, TrainingJobName: example } of trainingJobs) {
    if (reason === undefined) continue;
    const key = shortReason(reason, Number.POSITIVE_INFINITY)
      .replaceAll(example, '')
      .replace(/\d+(?:\.\d+)?/g, '#');
    const known = groups.get(key);
    groups.set(key, known ? { ...known, count: known.count + 1 } : { reason, example, count: 1 });
  }
  return [...groups.values()].sort((left, right) => right.count - left.count);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

function cutInTheMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest / 2);
  return `${text.slice(0, longest - end - 1)}…${text.slice(text.length - end)}`;
}
