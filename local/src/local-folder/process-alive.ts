import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process is running. A zombie (ended, but not yet reaped by its parent) does not count as running. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !stateOf(processId).startsWith('Z');
}

/** The process state as `ps` abbreviates it; an empty string if the state cannot be read. */
function stateOf(processId: number): string {
  try {
    return process.platform === 'linux' ? (statOf(processId)[0] ?? '') : ps(processId, 'stat');
  } catch {
    return '';
  }
}

/**
 * Start time of a process, which distinguishes it from other processes with the same ID. @returns undefined
 * if it cannot be read
 */
export function startOf(processId: number): string | undefined {
  try {
    if (process.platform !== 'linux') return ps(processId, 'lstart');
    // Field 22 of `/proc/<pid>/stat` is the start time, in clock ticks since boot.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${statOf(processId)[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * The fields of `/proc/<pid>/stat` from the third one (the state). The second field, the name, can contain any
 * character.
 */
function statOf(processId: number): string[] {
  return readFileSync(`/proc/${processId}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
}

function ps(processId: number, column: string): string {
  return execFileSync('ps', ['-o', `${column}=`, '-p', String(processId)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
