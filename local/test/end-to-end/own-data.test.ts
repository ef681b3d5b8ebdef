import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sampleTable } from '../sample-tables';
import { SETUP_TIMEOUT } from '../training/support';
import { onlyExecutionIn, runLocalMode, temporaryFolder } from './support';

jest.setTimeout(SETUP_TIMEOUT);

/** The labels in the uploaded validation data, and the uploaded manifest. */
function uploadedIn(root: string): { labels: number[]; manifest: { label: { classes?: string[] } } } {
  const buckets = join(root, 's3');
  const inputs = readdirSync(buckets)
    .map((bucket) => join(buckets, bucket, 'input'))
    .filter((folder) => existsSync(folder));
  const [input = ''] = inputs.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const lines = readFileSync(join(input, 'validation', 'validation.csv'), 'utf8')
    .trimEnd()
    .split('\n');
  return {
    labels: lines.map((line) => Number.parseFloat(line)),
    manifest: JSON.parse(readFileSync(join(input, 'columns.json'), 'utf8')),
  };
}

/** The RMSE of always predicting the mean. */
function errorOfMean(labels: readonly number[]): number {
  const mean = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  return Math.sqrt(labels.reduce((sum, label) => sum + (label - mean) ** 2, 0) / labels.length);
}

/** The log loss of always predicting the class shares. No other constant prediction has a lower log loss. */
function lossOfShares(labels: readonly number[]): number {
  const shares = [...new Set(labels)].map(
    (code) => labels.filter((label) => label === code).length / labels.length,
  );
  return -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
}

test.each([
  [
    'penguins.csv',
    'species',
    'validation:mlogloss',
    lossOfShares,
    ['Adelie', 'Chinstrap', 'Gentoo'],
    'multi:softprob, num_class 3',
  ],
  ['Default.csv', 'default', 'validation:logloss', lossOfShares, ['No', 'Yes'], 'binary:logistic'],
  ['Hitters.csv', 'Salary', 'validation:rmse', errorOfMean, undefined, 'reg:squarederror'],
] as const)(
  '%s, without any changes, gives a model that is better than a constant prediction',
  async (file, label, metric, baseline, classes, told) => {
    const root = temporaryFolder();
    const settings = [`tuning:data=${sampleTable(file)}`, `tuning:label=${label}`];
    const context = settings.flatMap((setting) => ['--context', setting]);
    const { exitCode, output } = await runLocalMode(
      undefined,
      root,
      ...context,
      '--input',
      '{"maxTrainingJobs": 3}',
    );
    expect(output).toContain(`training: ${told}`);
    expect(exitCode).toBe(0);
    const { labels, manifest } = uploadedIn(root);
    expect(manifest.label.classes).toEqual(classes);
    const { finalTrainingJob } = onlyExecutionIn(root).output as {
      finalTrainingJob: { metrics: Record<string, number>; modelArtifacts: string };
    };
    expect(existsSync(finalTrainingJob.modelArtifacts.replace('s3:/', join(root, 's3')))).toBe(true);
    expect(finalTrainingJob.metrics[metric]).toBeLessThan(baseline(labels));
  },
);

test('a missing label is refused with one message', async () => {
  const { exitCode, output } = await runLocalMode(
    undefined,
    temporaryFolder(),
    '--context',
    `tuning:data=${sampleTable('penguins.csv')}`,
  );
  expect(output).toMatch(
    /^tuning:label: name the column of .*penguins.csv to predict; its columns are species, island,/m,
  );
  expect(output).not.toMatch(/^ {4}at /m);
  expect(exitCode).toBe(1);
});
