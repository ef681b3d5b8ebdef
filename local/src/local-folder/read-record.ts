import { readFileSync, renameSync } from 'node:fs';

/** Takes what a person should know. */
export type OnNotice = (text: string) => void;

/**
 * Reads a record, a JSON file that local mode keeps. One that cannot be parsed (a disk that was full, a power loss) is
 * renamed to `<file>.unreadable` with a notice: everything else can be listed, run and resumed.
 *
 * @returns undefined when it cannot be parsed
 */
export function readRecord<Content>(file: string, onNotice: OnNotice): Content | undefined {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as Content;
  } catch (error) {
    const aside = `${file}.unreadable`;
    renameSync(file, aside);
    onNotice(
      `The record ${file} cannot be read (${(error as Error).message}). It was renamed to ${aside}; what it describes can no longer be listed or resumed.`,
    );
    return undefined;
  }
}
