import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEnvironment, SETUP_TIMEOUT, temporaryFolder } from './support';

test(
  'the adapter for the recorded XGBoost jobs runs cases and writes their results',
  async () => {
    const { python } = await defaultEnvironment();
    const folder = temporaryFolder();
    const [cases, results] = [join(folder, 'cases.json'), join(folder, 'results.json')];
    const common = { contentType: 'text/csv', train: 'rows', validation: null };
    const rows = Array.from({ length: 30 }, (_, i) => `${i % 5},${i},${i % 7}`).join('\n');
    writeFileSync(
      cases,
      JSON.stringify({
        files: { rows },
        cases: [
          { ...common, id: 'good', hyperparameters: { num_round: '14', objective: 'reg:squarederror' } },
          { ...common, id: 'linear', hyperparameters: { num_round: '2', booster: 'gblinear' } },
          { ...common, id: 'bad', hyperparameters: { num_round: '0' } },
        ],
      }),
    );
    execFileSync(python, [join(__dirname, '../conformance-xgboost.py'), cases, results], { timeout: 60_000 });
    const { good, linear, bad } = JSON.parse(readFileSync(results, 'utf8'));
    expect(good).toMatchObject({ outcome: 'Completed', rounds: 14, trees: 14 });
    expect(good.series['train-rmse']).toHaveLength(6);
    expect(good.predictions).toHaveLength(4);
    expect(linear).toMatchObject({ outcome: 'Completed', rounds: 2, trees: null });
    expect(bad).toMatchObject({ outcome: 'Failed', kind: 'ClientError' });
  },
  SETUP_TIMEOUT,
);
