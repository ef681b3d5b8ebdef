import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { algorithmError } from '../failure-reason';
import { JobError } from '../job-folder';

/** The kinds of entry points in SageMaker's containers. */
export type EntryPointKind = 'program' | 'module' | 'command';

/**
 * The kind of a job's entry point.
 *
 * @throws JobError, with the wording of SageMaker's training toolkit, when the entry point is not the path of a file
 * in the code folder
 */
export async function entryPointKind(program: string, codeFolder: string): Promise<EntryPointKind> {
  const refusal = entryPointRefusal(program);
  if (refusal !== undefined) throw new JobError(algorithmError(refusal, 1));
  if (program.endsWith('.sh')) return 'command';
  if ((await readdir(codeFolder)).includes('setup.py')) return 'module';
  return program.endsWith('.py') ? 'program' : 'command';
}

/** A plain relative path, without special meaning for a shell or Python. */
const ENTRY_POINT = /^[A-Za-z0-9._][A-Za-z0-9._+-]*(\/[A-Za-z0-9._+-]+)*$/;

function entryPointRefusal(program: string): string | undefined {
  if (program === '') {
    return (
      "The training entry point name is empty. Set the 'sagemaker_program' hyperparameter (or ContainerEntrypoint) to " +
      "the name of the script to run, relative to your source directory -- for example 'train.py' or 'train.sh'."
    );
  }
  const start = `The training entry point ${pythonText(program)} cannot be used because it contains`;
  if (!ENTRY_POINT.test(program)) {
    return (
      `${start} ${whatIsWrong(program)}. Rename the script so its name contains only letters, digits, '.', '_', '+', ` +
      "'-' and '/', and does not start with '-' or '/', then set the 'sagemaker_program' hyperparameter (or " +
      "ContainerEntrypoint) to the new name -- for example 'train.py' or 'bin/train.sh'."
    );
  }
  if (program.split('/').some((part) => part === '.' || part === '..')) {
    return (
      `${start} '.' or '..' path segments. The entry point must be a path inside your source directory. Set the ` +
      "'sagemaker_program' hyperparameter (or ContainerEntrypoint) to a path relative to that directory -- for example " +
      "'train.py' or 'bin/train.sh'."
    );
  }
  return undefined;
}

function whatIsWrong(program: string): string {
  const characters = [...new Set(program)].filter((each) => !/[A-Za-z0-9._+/-]/.test(each)).sort();
  if (characters.length > 0) return `the character(s) ${characters.map(pythonText).join(', ')}`;
  if (program.startsWith('-')) return "a leading '-', which is read as a command-line option";
  if (program.startsWith('/')) return "a leading '/', which makes it an absolute path";
  return 'an unsupported character at the start of the name';
}

/** A string as Python's `repr` prints it. Supports only the characters of file names. */
function pythonText(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** The error for a program that is not in the code folder; undefined if the program is in the folder. */
export async function missingProgram(
  program: string,
  kind: EntryPointKind,
  codeFolder: string,
): Promise<string | undefined> {
  const names = kind === 'module' ? [program, `${program}.py`, join(program, '__main__.py')] : [program];
  for (const name of names) {
    if ((await stat(join(codeFolder, name)).catch(() => undefined))?.isFile()) return undefined;
  }
  const there = (await readdir(codeFolder)).sort().join(', ') || 'nothing';
  return (
    `sagemaker_program is "${program}", but the source directory has no such file, only ${there}. The program must ` +
    'be at the root of the archive, not in a folder of it'
  );
}
