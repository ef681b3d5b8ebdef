import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, readPage } from './pages';

test('the README shows headings that local mode prints', () => {
  const [, output = ''] = /^```\n(Best training job\n.*?)^```/ms.exec(readPage('README.md')) ?? [];
  const headings = output.split('\n').flatMap((line) => {
    const heading = /^(?: {2})?([A-Z][a-z]+(?: [a-z]+)*)(?: {2,}|:|$)/.exec(line)?.[1];
    return heading === undefined ? [] : [heading];
  });
  const folder = join(PROJECT, 'local/src/report');
  const code = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  expect(headings).toEqual(expect.arrayContaining(['Best training job', 'Tuned hyperparameters', 'Report']));
  expect(headings.filter((heading) => !code.includes(heading))).toEqual([]);
});
