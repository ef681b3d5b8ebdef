import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProjectFile } from '../src/project-file';

const project = mkdtempSync(join(tmpdir(), 'project-'));

afterAll(() => rmSync(project, { recursive: true }));

test('a project needs no file', () => {
  expect(readProjectFile(project)).toEqual({ imageCommands: {}, fileSystems: {} });
});

test('commands are taken as they are, folders from the project on', () => {
  const imageCommands = { 'my-image': 'node train.mjs' };
  write(JSON.stringify({ imageCommands, fileSystems: { 'fs-0123456789': 'shared/data' } }));
  expect(readProjectFile(project)).toEqual({
    imageCommands,
    fileSystems: { 'fs-0123456789': join(project, 'shared/data') },
  });
});

test.each([
  ['{"imageCommand": {}}', 'imageCommand is not known; known are imageCommands, fileSystems'],
  ['{"imageCommands": {"a": 1}}', 'imageCommands must be an object of texts, got {"a":1}'],
  ['[]', 'must be an object, got []'],
  ['{', 'JSON'],
])('%s is refused, with the name of the file', (content, message) => {
  write(content);
  expect(() => readProjectFile(project)).toThrow(join(project, 'local-mode.json'));
  expect(() => readProjectFile(project)).toThrow(message);
});

function write(content: string): void {
  writeFileSync(join(project, 'local-mode.json'), content);
}
