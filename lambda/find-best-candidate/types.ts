import type { InferenceContainer } from '../shared/automl-candidate';

/** Event that the state machine passes to the function. `parseEvent` checks it. */
export interface FindBestCandidateEvent {
  /** Name of the AutoML job, in this account and region. */
  readonly autoMlJobName: string;
  /** Maximum number of candidates in the leaderboard: 1 to 50, default 10. */
  readonly leaderboardSize?: number;
}

/** Result of the function, which is also the output of the state machine. */
export interface FindBestCandidateResult {
  readonly autoMlJob: AutoMlJobResult;
  readonly bestCandidate: BestCandidateResult;
  /**
   * Candidates with an objective value, best first. Limited by `leaderboardSize` and by the size of the whole result
   * (`RESULT_BUDGET_BYTES`).
   */
  readonly leaderboard: readonly LeaderboardEntry[];
}

export interface AutoMlJobResult {
  readonly name: string;
  readonly arn: string;
  /** Status in SageMaker: `Completed`, `Stopped`, `Failed`, … */
  readonly status: string;
  /** `Regression`, `BinaryClassification` or `MulticlassClassification`, given by the user or inferred by SageMaker. */
  readonly problemType: string | null;
  readonly candidates: CandidateCounts;
}

export interface CandidateCounts {
  readonly completed: number;
  readonly stopped: number;
  readonly failed: number;
}

export interface BestCandidateResult {
  readonly name: string;
  readonly objective: {
    readonly metric: string;
    readonly type: ObjectiveType;
    readonly value: number;
  };
  /** Metrics by data set and name, such as `validation:F1`. Values that are not numbers are left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Containers of a SageMaker model, in this order: preprocessing, model, and conversion of predictions to labels. */
  readonly inferenceContainers: readonly InferenceContainer[];
  /** Model artifacts of the inference container that has the model; `null` if there are no inference containers. */
  readonly modelArtifacts: string | null;
  /** The jobs that created the candidate, in order. */
  readonly steps: readonly CandidateStep[];
}

export interface CandidateStep {
  /** `TrainingJob`, `ProcessingJob` or `TransformJob`. */
  readonly type: string;
  readonly name: string;
  readonly arn: string;
}

export interface LeaderboardEntry {
  readonly name: string;
  readonly status: string;
  readonly objectiveValue: number;
  /** Model artifacts, as for the best candidate. */
  readonly modelArtifacts: string | null;
}

export type ObjectiveType = 'Minimize' | 'Maximize';
