import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TuningOptions } from '../tuning-options';
import { jsonata } from './jsonata';
import { LIMITS } from './limits';
import { failAgain } from './poll-job';
import { HAS_EARLIER_TUNING_JOBS } from './tuning-chain';

const SETTINGS = '$states.input.settings';

/** JSONata for the remaining seconds of the maximum run time, after the tuning jobs so far. */
const SECONDS_LEFT = `${SETTINGS}.secondsLeft - $ceil(($toMillis($states.context.State.EnteredTime) - $toMillis(${SETTINGS}.startedAt)) / 1000)`;

/**
 * JSONata for the settings while a tuning job runs. They include the job's start time only if there is a maximum run
 * time.
 */
export function startedSettings({ maxTuningRuntime }: TuningOptions): string {
  return maxTuningRuntime
    ? `$merge([${SETTINGS}, {'startedAt': $states.context.State.EnteredTime}])`
    : SETTINGS;
}

/**
 * The states that run several tuning jobs one after the other. The state `Configure` writes the list `tuningJobSizes`
 * into the settings: the number of training jobs of each tuning job. The first entry belongs to the next tuning job.
 */
export class TuningChainStates {
  /** State that the execution enters when a tuning job has ended. */
  readonly afterTuningJob: sfn.Choice;
  /**
   * State that follows if a tuning job could not start, or can no longer be described. If earlier tuning jobs ran, the
   * execution continues with their results.
   */
  readonly notStarted: sfn.State;

  constructor(
    scope: Construct,
    private readonly tuning: TuningOptions,
    /** State that follows the last tuning job. */
    private readonly findBest: sfn.State,
  ) {
    this.afterTuningJob = sfn.Choice.jsonata(scope, 'AreTrainingJobsLeft');
    this.notStarted = sfn.Choice.jsonata(scope, 'HasEarlierTuningJob')
      .when(sfn.Condition.jsonata(jsonata(HAS_EARLIER_TUNING_JOBS)), findBest, {
        outputs: jsonata(LAST_STARTED),
      })
      .otherwise(failAgain(scope, 'TuningJobNotStarted'));
  }

  /**
   * Connects the end of each tuning job with the state that starts the next tuning job. After a stopped tuning job, no
   * further tuning job starts.
   */
  continueWith(tuneWithWarmStart: sfn.State): void {
    const { maxTuningRuntime } = this.tuning;
    const hasTime = maxTuningRuntime && ` and ${SECONDS_LEFT} >= ${LIMITS.tuningRuntimeSeconds.min}`;
    this.afterTuningJob
      .when(
        sfn.Condition.jsonata(
          jsonata(
            `$count(${SETTINGS}.tuningJobSizes) > 1 and $states.input.status = 'Completed'${hasTime ?? ''}`,
          ),
        ),
        tuneWithWarmStart,
        { outputs: jsonata(nextTuningJob(maxTuningRuntime !== undefined)) },
      )
      .otherwise(this.findBest);
  }
}

/**
 * JSONata for the input of the state that starts the next tuning job. The input includes `polls` (AWS SDK integration
 * only), so that the intervals between polls keep growing.
 */
function nextTuningJob(hasMaxRuntime: boolean): string {
  return `(
  $names := $append(${SETTINGS}.earlierTuningJobNames, $states.input.tuningJobName);
  $merge([{'settings': $merge([${SETTINGS}, {
    'tuningJobSizes': [$filter(${SETTINGS}.tuningJobSizes, function($size, $index) { $index > 0 })],
    'earlierTuningJobNames': [$names],
    'warmStartFrom': [$filter($names, function($name, $index) { $index >= $count($names) - ${LIMITS.parentTuningJobs} })]${hasMaxRuntime ? `,\n    'secondsLeft': ${SECONDS_LEFT}` : ''}
  }])}, $exists($states.input.polls) ? {'polls': $states.input.polls} : {}])
)`;
}

/** JSONata that replaces the last tuning job, which did not run to its end, with the tuning job before it. */
const LAST_STARTED = `(
  $names := ${SETTINGS}.earlierTuningJobNames;
  {
    'settings': $merge([${SETTINGS}, {'earlierTuningJobNames': [$filter($names, function($name) { $name != $names[-1] })]}]),
    'tuningJobName': $names[-1],
    'failure': $states.input.failure
  }
)`;
