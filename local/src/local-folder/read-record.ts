import { readFileSync, renameSync } from 'node:fs';

/** Receives notices for the user. */
export type OnNotice = (text: string) => void;

/**
 * Reads a record: a JSON file that local mode stores. A file that cannot be parsed (full disk, power loss) is
 * renamed to `<file>.unreadable`, with a notice. Everything else can still be listed, run and resumed.
 *
 * @returns undefined when the file cannot be parsed
 */
export function readRecord<Content>(file: string, onNotice: OnNotice): Content | undefined {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text) as Content;
  } catch (error) {
    const aside = `${file}.unreadable`;
    renameSync(file, aside);
    onNotice(
      `The record ${file} cannot be read (${(error as Error).message}). It was renamed to ${aside}; the execution or job can no longer be listed or resumed.`,
    );
    return undefined;
  }
}
