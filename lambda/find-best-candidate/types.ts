import type { InferenceContainer } from '../shared/automl-candidate';

/** What the state machine passes to the function. `parseEvent` checks it. */
export interface FindBestCandidateEvent {
  /** The AutoML job, of this account and region. */
  readonly autoMlJobName: string;
  /** How many candidates the leaderboard has at the most: 1 to 50, default 10. */
  readonly leaderboardSize?: number;
}

/** What the function returns: the output contract of the state machine. */
export interface FindBestCandidateResult {
  readonly autoMlJob: AutoMlJobResult;
  readonly bestCandidate: BestCandidateResult;
  /**
   * Candidates that have an objective value, best first. Bounded by `leaderboardSize` and by the size of the
   * whole result: see `RESULT_BUDGET_BYTES`.
   */
  readonly leaderboard: readonly LeaderboardEntry[];
}

export interface AutoMlJobResult {
  readonly name: string;
  readonly arn: string;
  /** As SageMaker has it: `Completed`, `Stopped`, `Failed`, … */
  readonly status: string;
  /** `Regression`, `BinaryClassification` or `MulticlassClassification`, inferred where it was not given. */
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
  /** By data set and name, such as `validation:F1`; values that are no number are left out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** What a SageMaker model is made of, in this order: preprocessing, model, and what turns its answers into labels. */
  readonly inferenceContainers: readonly InferenceContainer[];
  /** The model among the inference containers; `null` where there are none. */
  readonly modelArtifacts: string | null;
  /** The jobs that made the candidate, in their order. */
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
  /** As for the best candidate. */
  readonly modelArtifacts: string | null;
}

export type ObjectiveType = 'Minimize' | 'Maximize';
