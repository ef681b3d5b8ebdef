/** The fields of a fleet's items, as the fleet passes them to the function that lists the items. */
export const ITEM_FIELDS = [
  'maxTrainingJobs',
  'maxParallelTrainingJobs',
  'train',
  'validation',
  'hyperparameters',
  'warmStartFrom',
];
