import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProjectFile } from '../src/library/project-file';

const project = mkdtempSync(join(tmpdir(), 'project-'));

afterAll(() => rmSync(project, { recursive: true }));

test('a project needs no file', () => {
  expect(readProjectFile(project)).toEqual({ imageCommands: {}, fileSystems: {}, stubTasks: {} });
});

test('commands are kept as they are, and paths become relative to the project', () => {
  const imageCommands = { 'my-image': 'node train.mjs' };
  const stubTasks = {
    'sns:publish': { answer: { MessageId: '1' } },
    Nothing: { answer: null },
    Notify: { file: 'stubs/notify.json' },
    Deploy: { command: './deploy' },
  };
  write(JSON.stringify({ imageCommands, fileSystems: { 'fs-0123456789': 'shared/data' }, stubTasks }));
  expect(readProjectFile(project)).toEqual({
    imageCommands,
    fileSystems: { 'fs-0123456789': join(project, 'shared/data') },
    stubTasks: { ...stubTasks, Notify: { file: join(project, 'stubs/notify.json') } },
  });
});

test.each([
  ['{"imageCommand": {}}', 'unknown key imageCommand; allowed are imageCommands, fileSystems, stubTasks'],
  ['{"imageCommands": {"a": 1}}', 'imageCommands must be a map of strings, got {"a":1}'],
  ['{"fileSystems": null}', 'fileSystems must be a map of strings, got null'],
  ['{"stubTasks": ["sns:publish"]}', 'stubTasks must be an object, got ["sns:publish"]'],
  ['{"stubTasks": {"Notify": "ok"}}', 'stubTasks: Notify must be {"answer": <JSON>}, {"file": "<path>"} or '],
  ['{"stubTasks": {"Notify": {}}}', 'or {"command": "<command>"}, got {}'],
  ['{"stubTasks": {"Notify": {"answers": 1}}}', 'got {"answers":1}'],
  ['{"stubTasks": {"Notify": {"answer": 1, "file": "a"}}}', 'got {"answer":1,"file":"a"}'],
  ['{"stubTasks": {"Notify": {"file": 1}}}', 'got {"file":1}'],
  ['{"stubTasks": {"Notify": {"command": " "}}}', 'got {"command":" "}'],
  ['[]', 'must be an object, got []'],
  ['{', 'JSON'],
])('%s is refused, and the error names the project file', (content, message) => {
  write(content);
  expect(() => readProjectFile(project)).toThrow(join(project, 'local-mode.json'));
  expect(() => readProjectFile(project)).toThrow(message);
});

function write(content: string): void {
  writeFileSync(join(project, 'local-mode.json'), content);
}
