import { TuningStrategy } from '../../lib';

test.each<[TuningStrategy, object]>([
  [TuningStrategy.bayesian(), { Strategy: 'Bayesian' }],
  [TuningStrategy.grid(), { Strategy: 'Grid' }],
  [TuningStrategy.random(), { Strategy: 'Random' }],
  [TuningStrategy.random({ seed: 0 }), { Strategy: 'Random', RandomSeed: 0 }],
  [TuningStrategy.hyperband(), { Strategy: 'Hyperband', StrategyConfig: { HyperbandStrategyConfig: {} } }],
  [
    TuningStrategy.hyperband({ minResource: 1, maxResource: 81, seed: 7 }),
    {
      Strategy: 'Hyperband',
      StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 81 } },
      RandomSeed: 7,
    },
  ],
])('$name is rendered in the format of the API', (strategy, expected) => {
  expect(strategy._render()).toEqual(expected);
});
