import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process runs. A zombie, which has ended but whose parent has not asked for its exit status, does not. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !stateOf(processId).startsWith('Z');
}

/** The state of a process as `ps` abbreviates it; an empty string where it cannot be read. */
function stateOf(processId: number): string {
  try {
    return process.platform === 'linux' ? (statOf(processId)[0] ?? '') : ps(processId, 'stat');
  } catch {
    return '';
  }
}

/** When a process was started: tells processes apart that had the same number. @returns undefined where nobody tells */
export function startOf(processId: number): string | undefined {
  try {
    if (process.platform !== 'linux') return ps(processId, 'lstart');
    // Field 22 of the file, in ticks since the machine was started.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${statOf(processId)[19]}`;
  } catch {
    return undefined;
  }
}

/** The fields of `/proc/<pid>/stat` from the third one, the state. The second one, a name, may contain anything. */
function statOf(processId: number): string[] {
  return readFileSync(`/proc/${processId}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
}

function ps(processId: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(processId)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
