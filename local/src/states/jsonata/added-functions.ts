import { createHash, randomUUID } from 'node:crypto';
import type { Expression } from 'jsonata';
import { JavaRandom } from '../java-random';

/** Hash algorithms by the names that the States Language gives them. */
export const HASH_ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['MD5', 'md5'],
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** Adds the functions that Step Functions has and plain JSONata has not. */
export function registerAddedFunctions(expression: Expression): void {
  expression.registerFunction('partition', partition, '<an:a<a>>');
  expression.registerFunction('range', range, '<nnn:x>');
  expression.registerFunction('hash', hash, '<ss:s>');
  expression.registerFunction('uuid', () => randomUUID(), '<:s>');
  expression.registerFunction('parse', parse, '<s:x>');
}

/** `$random([seed])`: with a seed the first number of Java's generator, as on AWS. */
export function randomFunction(random: () => number): (seed?: unknown) => number {
  return (seed) => {
    if (seed === undefined) return random();
    if (typeof seed !== 'number') {
      // jsonata makes the text, out of these.
      throw Object.assign(failure('T0410', ''), { token: 'random', index: 1 });
    }
    return new JavaRandom(seed).nextDouble();
  };
}

function partition(items: readonly unknown[] | undefined, size: number): unknown[][] | undefined {
  if (items === undefined) return undefined;
  if (!Number.isInteger(size) || size < 1)
    throw failure('D3000', 'The size of $partition must be a positive integer');
  const parts: unknown[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

/** The end is part of the range, and a range of one number is that number, as a JSONata sequence. */
function range(first: number, last: number, step: number): unknown {
  if (step === 0) throw failure('D3000', 'The step of $range must not be zero');
  const numbers: number[] = [];
  for (let n = first; step > 0 ? n <= last : n >= last; n += step) {
    if (numbers.push(n) > 1_000_000)
      throw failure('D2014', 'The size of the sequence allocated by $range is too large');
  }
  return numbers.length > 1 ? numbers : numbers[0];
}

function hash(text: string | undefined, algorithm: string): string | undefined {
  if (text === undefined) return undefined;
  const name = HASH_ALGORITHMS.get(algorithm);
  if (!name) throw failure('D3000', `Unsupported hash algorithm: ${algorithm}`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure('D3000', `The argument of $parse is not valid JSON: ${(error as Error).message}`);
  }
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
