import { formatNumber } from '../shared/format';
import type { Report, Sentence } from './report-data';

/** Compares the cross-validation with the best job. */
export function crossValidationSentence({
  crossValidation,
  objective,
  bestJob,
  jobs,
}: Omit<Report, 'reading'>): readonly [Sentence['kind'], string] | undefined {
  const mean = crossValidation?.metrics[objective.metric];
  const best = jobs.find(({ name }) => name === bestJob)?.value;
  if (!crossValidation || mean === undefined || best === undefined) return undefined;
  const { folds, rounds } = crossValidation;
  const times = rounds === 1 ? '' : `, repeated ${rounds} times`;
  const isWorse = objective.type === 'Minimize' ? mean > best : mean < best;
  return [
    'fact',
    `In a cross-validation with ${folds} folds${times}, the best hyperparameters have a mean ${objective.metric} of ${formatNumber(mean)}. The best job has ${formatNumber(best)}${isWorse ? '. This value is probably too good, because the search selected the job for it' : ''}.`,
  ];
}
