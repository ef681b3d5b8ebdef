import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, runCase } from './run-case';

/** Each file covers one subject. Each case is named after the rule that it tests. */
const folder = join(__dirname, 'cases');

for (const file of readdirSync(folder).sort()) {
  const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case[];
  describe(file.replace('.json', ''), () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
      const actual = await runCase(one);
      expect(actual).toEqual(one.expect);
    });
  });
}
