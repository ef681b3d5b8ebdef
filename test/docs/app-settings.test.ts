import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT, readPage } from './pages';

test('docs/app-settings.md has exactly one row for each setting of the app', () => {
  const source = readFileSync(join(PROJECT, 'bin/settings.ts'), 'utf8');
  const [, schema = ''] = /const schema = z\.strictObject\(\{\n(.*?)^\}\);/ms.exec(source) ?? [];
  const settings = [...schema.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => String(name));
  const rows = [...readPage('docs/app-settings.md').matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)];
  const documented = rows.flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => String(name)),
  );
  expect(settings.length).toBeGreaterThan(15);
  expect(documented.sort()).toEqual(settings.sort());
});
