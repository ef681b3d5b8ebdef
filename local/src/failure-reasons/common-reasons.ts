// The Lambda functions bundle this folder, so it must not import anything.

/**
 * Matches a script error as framework containers report it. Containers that capture the error message put it
 * in quotes.
 */
const SCRIPT_ERROR =
  /^(\w+Error): (\w+Error):\s+(ExitCode -?\d+)\s+ErrorMessage "([\s\S]*?)"\s+(?:ExtraInfo "([^"]*)"\s+)?Command "/;

/** A failed job and its failure reason. */
export interface FailedJob {
  readonly name: string;
  readonly reason: string;
}

/** A failure reason that several jobs share. */
export interface CommonReason {
  /** The failure reason of the job `example`, unchanged. */
  readonly reason: string;
  /** Name of the first job that failed for this reason. */
  readonly example: string;
  /** Number of jobs that failed for this reason. */
  readonly count: number;
}

/**
 * Groups failures by reason, with the most common reason first. Equally common reasons are in the order of their first
 * jobs.
 */
export function commonReasons(jobs: Iterable<FailedJob>): CommonReason[] {
  const groups = new Map<string, CommonReason>();
  for (const { name, reason } of jobs) {
    const key = withoutJobSpecifics(reason, name);
    const known = groups.get(key) ?? { reason, example: name, count: 0 };
    groups.set(key, { ...known, count: known.count + 1 });
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
}

/**
 * Strips a script's output from a failure reason. The last line, which names the error, and the exit code
 * remain.
 */
export function withoutScriptOutput(reason: string): string {
  const [, kind, error, exitCode, output = '', extra] = SCRIPT_ERROR.exec(reason) ?? [];
  if (kind === undefined) return reason;
  const exit = /, exit code: (?![\s\S]*, exit code: )[\s\S]*$/.exec(reason)?.[0] ?? '';
  return `${kind}: ${error}: ${extra ?? (lastLine(output) || exitCode)}${exit}`;
}

/**
 * Whether a script failed in a container that does not capture its errors. In that case, only the log contains the
 * error.
 */
export function isErrorInLog(reason: string): boolean {
  const [, kind, , , output = '', extra] = SCRIPT_ERROR.exec(reason) ?? [];
  return kind !== undefined && extra === undefined && output === '';
}

/**
 * Strips from a failure reason the parts that differ between jobs, so that failures with the same cause
 * compare equal. Numbers that distinguish causes remain: exit code 1 is not exit code 137.
 */
function withoutJobSpecifics(reason: string, jobName: string): string {
  return withoutScriptOutput(reason)
    .replaceAll(jobName, '<name>')
    .replace(/\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?/g, '<time>')
    .replace(/\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?/g, '<time>')
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b(?:0x[0-9a-f]+|(?=[0-9a-f]*\d)[0-9a-f]{8,})\b/gi, '<id>')
    .replace(/[-+]?\b\d+\.\d+(?:e[-+]?\d+)?\b/gi, '<number>')
    .replace(/(?<!(?:code|signal|status|errno|error|http)\W{0,3})[-+]?\b\d+\b/gi, '<number>')
    .replace(/\s+/g, ' ')
    .trim();
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
