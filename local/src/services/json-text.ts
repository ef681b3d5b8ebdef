import { type Json, parseExact } from '../states';

/** Maximum nesting depth of JSON: the limit of Jackson, which AWS's services use. */
const MAX_DEPTH = 1000;

/**
 * Parses JSON from a client. Refuses deeper nesting than AWS accepts, which would overflow the stack of
 * recursive functions.
 *
 * @throws SyntaxError for invalid JSON or nesting that is too deep
 */
export function parseJson(text: string): unknown {
  checkDepth(text);
  return JSON.parse(text);
}

/** Parses the data of executions, like `parseJson`, but preserves numbers as they are written. */
export function parseData(text: string): Json {
  checkDepth(text);
  return parseExact(text);
}

function checkDepth(text: string): void {
  if (depthExceeds(text, MAX_DEPTH)) {
    throw new SyntaxError(`Document nesting depth exceeds the maximum allowed (${MAX_DEPTH})`);
  }
}

function depthExceeds(text: string, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (character === '"') {
      i = endOfString(text, i);
    } else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > max) {
        return true;
      }
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return false;
}

/** The index of a string's closing quote. @param start the index of the string's opening quote */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}
