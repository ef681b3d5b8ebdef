import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { TuningOptions } from '../tuning-options';
import { jsonata } from './jsonata';
import { LIMITS } from './limits';
import { failAgain } from './poll-job';
import { HAS_EARLIER_TUNING_JOBS } from './tuning-chain';

const SETTINGS = '$states.input.settings';

/** JSONata for the seconds of the maximum run time that the tuning jobs so far have left. */
const SECONDS_LEFT = `${SETTINGS}.secondsLeft - $ceil(($toMillis($states.context.State.EnteredTime) - $toMillis(${SETTINGS}.startedAt)) / 1000)`;

/** JSONata for the settings while a tuning job runs. The time of its start is needed only with a maximum run time. */
export function startedSettings({ maxTuningRuntime }: TuningOptions): string {
  return maxTuningRuntime
    ? `$merge([${SETTINGS}, {'startedAt': $states.context.State.EnteredTime}])`
    : SETTINGS;
}

/**
 * The states around the tuning jobs of a chain. `Configure` writes a list into the settings (`tuningJobSizes`): for each
 * tuning job, the number of its training jobs. The first entry belongs to the next tuning job.
 */
export class TuningChainStates {
  /** Follows each tuning job that has ended. */
  readonly afterTuningJob: sfn.Choice;
  /** Follows the error of a tuning job that never started. What earlier tuning jobs have found is used. */
  readonly notStarted: sfn.State;

  constructor(
    scope: Construct,
    private readonly tuning: TuningOptions,
    /** Follows the last tuning job. */
    private readonly findBest: sfn.State,
  ) {
    this.afterTuningJob = sfn.Choice.jsonata(scope, 'AreTrainingJobsLeft');
    this.notStarted = sfn.Choice.jsonata(scope, 'HasEarlierTuningJob')
      .when(sfn.Condition.jsonata(jsonata(HAS_EARLIER_TUNING_JOBS)), findBest, {
        outputs: jsonata(LAST_STARTED),
      })
      .otherwise(failAgain(scope, 'TuningJobNotStarted'));
  }

  /** Connects the states with the state of the next tuning job. A tuning job that was stopped is the last one. */
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

/** The input of the next tuning job. With the AWS SDK integration, the intervals between polls keep growing. */
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

/** The last tuning job that ran, instead of the one that did not start. */
const LAST_STARTED = `(
  $names := ${SETTINGS}.earlierTuningJobNames;
  {
    'settings': $merge([${SETTINGS}, {'earlierTuningJobNames': [$filter($names, function($name) { $name != $names[-1] })]}]),
    'tuningJobName': $names[-1],
    'failure': $states.input.failure
  }
)`;
