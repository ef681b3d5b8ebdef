import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { adviseMetricRegex, checkMetricRegex, NUMBER_GROUP } from '../../lib/private/metric-regex';

describe('the recommended regular expression', () => {
  const read = (line: string) => new RegExp(`loss: ${NUMBER_GROUP}`).exec(line)?.[1];

  test.each([
    ['loss: 0.25', '0.25'],
    ['loss: 1.44e-05', '1.44e-05'],
    ['loss: -0.5,', '-0.5'],
    ['loss: +3E+2 (end)', '+3E+2'],
    ['loss: .5', '.5'],
    ['loss: 7.', '7'],
    ['loss: nan', undefined],
    ['loss: inf', undefined],
    ['loss: -inf', undefined],
  ])('reads %j as %j', (line, value) => {
    expect(read(line)).toBe(value);
  });

  test('is used everywhere: no file of the repository has a regular expression that loses signs or exponents', () => {
    const root = join(__dirname, '..', '..');
    const folders = ['bin', 'data', 'docs', 'examples', 'lib', 'local', 'test'];
    const files = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    );
    // Files that contain wrong regular expressions on purpose: this test, explanations, SageMaker's responses, and
    // tests of parsing.
    const about = [
      'docs/decisions/',
      'lib/algorithm/tabular/',
      'lib/tasks/training-job-definition.ts',
      'local/test/end-to-end/hostile-expressions.test.ts',
      'local/test/hostile-expressions',
      'local/test/training/metrics.test.ts',
      'test/algorithm/fixtures/',
      'test/lambda/report-support.ts',
      'test/private/metric-regex.test.ts',
      'test/warnings.test.ts',
    ];
    const wrong = /\((\[(0-9|\\+d)\\*\.\]|\[\\*\.(0-9|\\+d)\])[+*]\)/;
    const found = ['README.md', ...files]
      .filter((file) => /\.(ts|md|json|py|mjs)$/.test(file) && !/node_modules|\.d\.ts$/.test(file))
      .filter((file) => !about.some((each) => file.startsWith(each)))
      .filter((file) => wrong.test(readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
    for (const each of ['([0-9.]+)', '([0-9\\\\.]+)', '([\\d.]+)', '([.0-9]*)']) {
      expect(each).toMatch(wrong);
    }
  });
});

test.each([
  ['rmse=([0-9.]+)', undefined],
  ['rmse=(?P<value>.*);', undefined],
  ['(?i)rmse=(.*)\\Z', undefined],
  ['(?P<name>a)(?P=name)', undefined],
  ['rmse=((?>[0-9]+)', undefined],
  ['rmse=([0-9]++', undefined],
  ['rmse=([0-9.]+', /^must be a regular expression, got "rmse=\(\[0-9\.\]\+": Unterminated group$/],
  ['rmse=([0-9.+)', /^must be a regular expression, got .*Unterminated character class$/],
  ['rmse=(*)', /^must be a regular expression, got .*Nothing to repeat$/],
  ['rmse=[0-9.]+', /^needs a group, \( … \), around the value, got "rmse=\[0-9\.\]\+"$/],
  ['rmse=\\(x\\)', /^needs a group/],
  ['rmse=[(]x[)]', /^needs a group/],
  ['rmse=(?:x)', /^needs a group/],
])('%s is checked: %s', (regex, problem) => {
  if (problem) expect(checkMetricRegex(regex)).toMatch(problem);
  else expect(checkMetricRegex(regex)).toBeUndefined();
});

test.each([
  [`rmse=${NUMBER_GROUP}`, undefined],
  ['rmse=(.*)', undefined],
  ['rmse=(.*?);', undefined],
  ['rmse=(\\S+)', undefined],
  ['rmse=(?P<value>[-+.eE0-9]+)', undefined],
  ['rmse=(((-?)[0-9.e-]+))', undefined],
  ['rmse=([0-9.]+)', `reads 1.2e-05 as 1.2: use rmse=${NUMBER_GROUP}`],
  ['rmse=([0-9\\.]+);', `reads 1.2e-05 as 1.2: use rmse=${NUMBER_GROUP};`],
  ['rmse=(\\d+\\.\\d+)', `reads 1.2e-05 as 1.2: use rmse=${NUMBER_GROUP}`],
  ['[(]a=(?P<v>[0-9.e-]+) b=(.)', undefined],
  ['(?:a|b)=([0-9.]+(e-[0-9]+)?)', `reads -0.5 as 0.5: use (?:a|b)=${NUMBER_GROUP}`],
  ['rmse=([a-z]+)', `reads 1.2e-05 as e: use rmse=${NUMBER_GROUP}`],
  ['rmse=(x)', `reads 1.2e-05 not at all: use rmse=${NUMBER_GROUP}`],
  ['rmse=([0-9.]+', undefined],
  ['rmse=([0-9]++)', undefined],
])('%s is advised: %s', (regex, advice) => {
  expect(adviseMetricRegex(regex)).toBe(advice);
});
