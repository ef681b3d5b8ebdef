/** Defaults of jobs that several parts of the library use. The docstrings of the properties name the same values. */
export const DEFAULTS = {
  /** Instance type for algorithms without a recommended type, and for transform jobs. */
  instanceType: 'ml.m5.xlarge',
  volumeGibibytes: 30,
  /** Maximum run time of a training job. */
  runtimeSeconds: 3600,
  trainingJobs: 20,
  parallelTrainingJobs: 2,
} as const;
