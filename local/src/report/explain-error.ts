import { inspect } from 'node:util';
import { UserError } from '../user-error';

/** What a person can do about an error of the operating system. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'change the permissions, or name another folder with --root <folder>',
  EPERM: 'change the permissions, or name another folder with --root <folder>',
  EROFS: 'name a folder that can be written to with --root <folder>',
  ENOSPC:
    'make room on the disk ("clean" removes all that local mode has kept), or name a folder on another with --root',
  EDQUOT: 'make room ("clean" removes all that local mode has kept), or name a folder elsewhere with --root',
  EMFILE: 'raise the limit of open files (ulimit -n)',
  ENOTDIR: 'name a folder, not a file',
  EEXIST: 'a file is where a folder has to be: move it away, or name another folder with --root <folder>',
  EADDRINUSE: 'another program has the port: name another with --port, or leave --port out for any free one',
  ENOMEM: 'end other programs: there is no memory left',
};

/** The text for an error that ends a command. What a person can put right needs no stack trace. */
export function explainError(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (!(error instanceof Error) || !('syscall' in error)) return inspect(error);
  const { code, message } = error as NodeJS.ErrnoException;
  const advice = code === undefined ? undefined : ADVICE[code];
  return advice === undefined ? message : `${message}: ${advice}`;
}
