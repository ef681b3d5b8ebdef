import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { copyJson, type Json, jsonSize, PAYLOAD_LIMIT } from '../states';
import { UserError } from '../user-error';
import type { Stub, Stubs, StubTasks, TaskStub } from './stub-types';

/** The possible members of a {@link TaskStub}, each with a check of its value. A stub has exactly one of them. */
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  answer: () => true,
  file: isText,
  command: isText,
};

/**
 * Validates a stub that is not a function.
 *
 * @param place location of the stub in the user's options or files, for error messages
 * @throws UserError when the stub is invalid
 */
export function checkTaskStub(place: string, stub: unknown): TaskStub {
  const members = typeof stub === 'object' && stub !== null ? Object.entries(stub) : [];
  const [[kind = '', value] = []] = members;
  if (members.length === 1 && Object.hasOwn(KINDS, kind) && KINDS[kind]?.(value)) return stub as TaskStub;
  throw new UserError(
    `${place} must be {"answer": <JSON>}, {"file": "<path>"} or {"command": "<command>"}, got ${JSON.stringify(stub)}`,
  );
}

/**
 * Reads the files of stubs at the start, so that mistakes are reported before hours of training.
 *
 * @param stubs the stubs. Their file paths are relative to the current folder
 * @param commandFolder folder that commands run in
 * @throws UserError when a stub is invalid or its file cannot be read
 */
export function readyStubs(stubs: StubTasks, commandFolder: string): Stubs {
  return Object.fromEntries(
    Object.entries(stubs).map(([name, stub]) => [name, readyStub(`stubTasks: ${name}`, stub, commandFolder)]),
  );
}

function readyStub(place: string, given: StubTasks[string], cwd: string): Stub {
  if (typeof given === 'function') return given;
  const stub = checkTaskStub(place, given);
  if ('command' in stub) return { command: stub.command, cwd };
  const answer = 'file' in stub ? readAnswer(place, resolve(stub.file)) : copyJson(stub.answer);
  if (jsonSize(answer) <= PAYLOAD_LIMIT) return { answer };
  throw new UserError(
    `${place}: the answer has ${jsonSize(answer)} bytes; the maximum for a task result is ${PAYLOAD_LIMIT}`,
  );
}

function readAnswer(place: string, file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (error) {
    throw new UserError(`${place}: cannot read ${file} as JSON: ${(error as Error).message}`);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
