import {
  DataLocation,
  type FinalTrainingOptions,
  InputData,
  ModelRegistry,
  QualityGate,
  type TuningFragmentProps,
} from '../../lib';

export const at = (uri: string) => InputData.csv(DataLocation.fromUri(uri));
export const EVALUATED: Partial<TuningFragmentProps> = { evaluation: {}, test: at('s3://data/test/') };
export const ALL: Partial<TuningFragmentProps> = {
  ...EVALUATED,
  qualityGate: QualityGate.betterThanBaseline(),
  registry: ModelRegistry.existingGroup('churn'),
};
export const REUSE: FinalTrainingOptions = { reuseBest: true };
export const ONLY_SEARCH: FinalTrainingOptions = { enabled: false };

export const EVALUATION = ['CreateModel', 'TransformTestData', 'EvaluateModel'];
