import { renderCost } from '../../src/report/cost-lines';

test.each<[string, unknown, string[]]>([
  ['no bound', { tuningJob: {}, instanceSeconds: 7 }, []],
  ['no output', undefined, []],
  [
    'a fleet',
    {
      fleet: {
        instanceSeconds: 75,
        cost: {
          bound: { instanceSeconds: 12_960, cost: 0.828 },
          used: { instanceSeconds: 75, cost: 0.0048 },
        },
      },
    },
    ['Instance time: 1 min of at most 3 h 36 min', 'Cost: less than 0.01 of at most 0.83'],
  ],
  [
    'a fleet in which the instance time of some items is unknown',
    { fleet: { unknownItems: 4, cost: { bound: { instanceSeconds: 3600 }, used: { instanceSeconds: 60 } } } },
    ['Instance time: 1 min of at most 1 h 0 min', 'Not included: 4 items whose instance time is unknown'],
  ],
  [
    'a fleet in which no item has reported its use',
    { fleet: { cost: { bound: { instanceSeconds: 3600 } } } },
    ['Instance time: at most 1 h 0 min'],
  ],
  [
    'a workflow, whose output has the instance time that was used but not its cost',
    { instanceSeconds: 600, cost: { bound: { instanceSeconds: 3600, cost: 2 } } },
    ['Instance time: 10 min of at most 1 h 0 min', 'Cost: at most 2.00'],
  ],
])('%s', (_case, output, expected) => {
  expect(renderCost({ output } as never)).toEqual(expected);
});
