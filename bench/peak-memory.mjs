// Measures the peak memory of this process's descendants on Linux. Shared pages are counted once.
import { readdirSync, readFileSync } from 'node:fs';

const POLL_MILLISECONDS = 1000;

export class PeakMemory {
  static start() {
    return new PeakMemory();
  }

  constructor() {
    this.bytes = 0;
    this.timer = setInterval(() => {
      this.bytes = Math.max(this.bytes, bytesOf(descendants(process.pid)));
    }, POLL_MILLISECONDS);
  }

  stop() {
    clearInterval(this.timer);
  }
}

/** Memory of a process and its descendants, by program. */
export function memoryOfTree(root) {
  const ids = [root, ...descendants(root)];
  const isPython = (id) => read(id, 'cmdline').split('\0')[0].includes('python');
  return {
    node: bytesOf(ids.filter((id) => !isPython(id))),
    python: bytesOf(ids.filter(isPython)),
  };
}

/**
 * Memory of one process in bytes, without its child processes. Counts shared pages in full, because a proportional
 * share would depend on the number of processes that share them.
 */
export function memoryOfProcess(id) {
  return bytesIn('Rss', id);
}

function descendants(root) {
  const parents = new Map(processes().map((id) => [id, parentOf(id)]));
  const isBelow = (id) => parents.get(id) === root || (parents.has(id) && isBelow(parents.get(id)));
  return [...parents.keys()].filter(isBelow);
}

function processes() {
  return process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : [];
}

/** The parent of a process; undefined if the process has ended. */
function parentOf(id) {
  return Number(
    read(id, 'stat')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0] || Number.NaN,
  );
}

function bytesOf(ids) {
  return ids.reduce((sum, id) => sum + bytesIn('Pss', id), 0);
}

function bytesIn(field, id) {
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(read(id, 'smaps_rollup'))?.[1] ?? 0);
}

function read(id, name) {
  try {
    return readFileSync(`/proc/${id}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
