import {
  AutoMlData,
  AutoMlFragment,
  type AutoMlFragmentProps,
  AutoMlWorkflow,
  type AutoMlWorkflowProps,
  DataLocation,
} from '../../lib';
import { stackOf } from '../fixtures';

/** CSV files in a folder of the bucket `data`. */
export const csv = (folder: string) => AutoMlData.csv(DataLocation.fromUri(`s3://data/${folder}/`));

export function autoMlWorkflow(
  props: Partial<AutoMlWorkflowProps> = {},
  stack = stackOf(),
  id = 'AutoMl',
): AutoMlWorkflow {
  return new AutoMlWorkflow(stack, id, { target: 'price', jobNamePrefix: 'houses', ...props });
}

export function autoMlFragment(
  props: Partial<AutoMlFragmentProps> = {},
  stack = stackOf(),
  id = 'AutoMl',
): AutoMlFragment {
  return new AutoMlFragment(stack, id, {
    target: 'price',
    train: csv('train'),
    output: DataLocation.fromUri('s3://models/houses/'),
    jobNamePrefix: 'houses',
    ...props,
  });
}
