import { Objective } from '../../lib';

test.each<[Objective, string]>([
  [Objective.minimize('validation:rmse'), 'Minimize'],
  [Objective.maximize('validation:rmse'), 'Maximize'],
])('%s is rendered in the format of the API', (objective, type) => {
  expect(objective._render()).toEqual({ Type: type, MetricName: 'validation:rmse' });
  expect(objective).toMatchObject({ type, metric: 'validation:rmse' });
});
