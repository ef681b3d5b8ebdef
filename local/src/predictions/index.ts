export { type PredictOptions, predictRows } from './predict-rows';
export type { TrainedData, TrainedModel } from './trained-model';
