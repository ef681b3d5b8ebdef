import { inspect, types } from 'node:util';
import { UserError } from '../user-error';

/** What a person can do about an error of the operating system. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'change the permissions, or name another folder with --root <folder>',
  EPERM: 'change the permissions, or name another folder with --root <folder>',
  EROFS: 'name a folder that can be written to with --root <folder>',
  ENOSPC: 'make room on the disk, or name a folder on another one with --root',
  EDQUOT: 'make room, or name a folder elsewhere with --root',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENOTDIR: 'name a folder, not a file',
  EEXIST:
    'a file exists where a folder is needed: move or rename it, or name another folder with --root <folder>',
  EADDRINUSE: 'another program has the port: name another with --port, or leave --port out for any free one',
  ENOMEM: 'end other programs: there is no memory left',
};

/** The text for an error that ends a command. What a person can put right needs no stack trace. */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (!types.isNativeError(error) || !('syscall' in error)) return inspect(error);
  const { code, message } = error as NodeJS.ErrnoException;
  const advice = code === undefined ? undefined : ADVICE[code];
  return advice === undefined ? message : `${message}: ${advice}`;
}
