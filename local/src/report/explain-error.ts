import { inspect, types } from 'node:util';
import { UserError } from '../user-error';

/** How the user can fix an operating system error. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'change the permissions, or choose another folder with --root <folder>',
  EPERM: 'change the permissions, or choose another folder with --root <folder>',
  EROFS: 'choose a writable folder with --root <folder>',
  ENOSPC: 'free disk space, or choose a folder on another disk with --root <folder>',
  EDQUOT: 'free space in your quota, or choose another folder with --root <folder>',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENOTDIR: 'choose a folder, not a file',
  EEXIST:
    'a file exists where a folder is needed: move or rename it, or choose another folder with --root <folder>',
  EADDRINUSE:
    'another program uses the port: choose another one with --port, or omit --port to use any free port',
  ENOMEM: 'out of memory: close other programs',
};

/**
 * The message for an error that ends a command. An error that the user can fix is shown without a stack
 * trace.
 */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (!types.isNativeError(error) || !('syscall' in error)) return inspect(error);
  const { code, message } = error as NodeJS.ErrnoException;
  const advice = code === undefined ? undefined : ADVICE[code];
  return advice === undefined ? message : `${message}: ${advice}`;
}
