import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { EvaluationStates, type EvaluationStatesProps } from '../evaluation/private/evaluation-states';
import { isUsed } from '../evaluation/private/final-model';
import { EVALUATED, qualityGateFailed } from '../evaluation/private/gate-states';
import { jsonata } from './jsonata';
import { failAgain } from './poll-job';
import { afterReport, failWithReport, HAS_FAILED, REPORT_SENTENCE } from './report-states';

/** Options that depend on whether the final model is from the final training or from the best training job. */
export interface ChainEndOptions {
  /** ID of the Choice state that checks whether there is a final model. */
  readonly id: string;
  /** JSONata condition: whether there is a final model. */
  readonly hasModel: string;
  /** JSONata for the final training job in the output; undefined if there is none. */
  readonly finalTrainingJob: string | undefined;
  /** JSONata for the reason why there is no final model. */
  readonly notCompleted: string;
}

/**
 * The states that follow once the final model is known: its evaluation and registration, the report, and the end
 * states of the chain.
 */
export class ChainEnd {
  /** State that follows once the final model is known. */
  readonly first: sfn.State;
  /** State that fails the execution if the final training did not complete. */
  readonly notCompleted: sfn.Fail;
  /** State that ends the chain. */
  readonly end: sfn.Pass;

  constructor(
    private readonly scope: Construct,
    private readonly props: EvaluationStatesProps,
    /** The state that writes the report; undefined if no report is written. */
    private readonly writeReport: tasks.LambdaInvoke | undefined,
    options: ChainEndOptions,
  ) {
    this.end = this.result(options.finalTrainingJob);
    this.notCompleted = this.modelMissing(options.notCompleted);
    const accepted = this.acceptedModel();
    const evaluation = isUsed(props) ? this.evaluation(accepted) : undefined;
    this.first = writeReport
      ? this.withReport(writeReport, options, accepted, evaluation)
      : this.choice(options.id, options.hasModel, evaluation ?? accepted);
  }

  /** Evaluates and registers the final model, and then writes the report, even after an error. */
  private evaluation(accepted: sfn.State): sfn.State {
    const next = this.writeReport ?? accepted;
    const failed = this.writeReport ?? failAgain(this.scope, 'SearchFailed');
    return new EvaluationStates(this.scope, this.props, { next, failed }).start;
  }

  /** Writes the report after the evaluation, or immediately if there is no final model. */
  private withReport(
    writeReport: tasks.LambdaInvoke,
    { id, hasModel }: ChainEndOptions,
    accepted: sfn.State,
    evaluation: sfn.State | undefined,
  ): sfn.State {
    const isAccepted = evaluation ? `${hasModel} and $not($exists($states.input.failure))` : hasModel;
    afterReport(writeReport, this.choice(id, isAccepted, accepted));
    if (evaluation === undefined) return writeReport;
    return sfn.Choice.jsonata(this.scope, 'HasFinalModel')
      .when(sfn.Condition.jsonata(jsonata(hasModel)), evaluation)
      .otherwise(writeReport);
  }

  /**
   * The state that follows once there is a final model. If the model did not pass the quality gate, this state fails
   * the execution, unless `failOnQualityGate` is false.
   */
  private acceptedModel(): sfn.State {
    const { scope, props, end } = this;
    if (!props.qualityGate || props.failOnQualityGate === false) return end;
    const failed = qualityGateFailed(scope, props, this.writeReport ? REPORT_SENTENCE : "''");
    return sfn.Choice.jsonata(scope, 'IsQualityGatePassed')
      .when(sfn.Condition.jsonata(jsonata('$states.input.gate.passed')), end)
      .otherwise(failed);
  }

  /** @param finalTrainingJob JSONata for the final training job in the output; undefined if there is none */
  private result(finalTrainingJob: string | undefined): sfn.Pass {
    const parts = [
      '$states.input.result',
      ...(finalTrainingJob ? [`{'finalTrainingJob': ${finalTrainingJob}}`] : []),
      ...(isUsed(this.props) ? [EVALUATED] : []),
      ...(this.writeReport ? ['$states.input.written'] : []),
    ];
    return sfn.Pass.jsonata(this.scope, 'Result', { outputs: jsonata(`$merge([${parts.join(', ')}])`) });
  }

  /** @param cause JSONata for the reason why there is no final model */
  private modelMissing(cause: string): sfn.Fail {
    return sfn.Fail.jsonata(this.scope, 'FinalTrainingJobNotCompleted', {
      error: 'FinalTrainingJobNotCompleted',
      cause: jsonata(`${cause}${this.writeReport ? ` & ${REPORT_SENTENCE}` : ''}`),
    });
  }

  private choice(id: string, condition: string, next: sfn.State): sfn.Choice {
    const choice = sfn.Choice.jsonata(this.scope, id).when(sfn.Condition.jsonata(jsonata(condition)), next);
    if (this.writeReport) choice.when(HAS_FAILED, failWithReport(this.scope));
    return choice.otherwise(this.notCompleted);
  }
}
