import { Duration } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { EarlyStopping } from '../algorithm/algorithm-definition';
import type { DataLocation } from '../data-location';
import { allowFunction, bundledFunction } from './bundled-function';
import { manifestLocation, removedEarlyStopping, trainsTogether } from './final-training';
import { outputPrefix } from './fleet-item';
import { jsonata, literal } from './jsonata';
import { outputKey } from './output-key';
import { listStatement, readStatements, writeStatement } from './training-permissions';
import { isReplaceable, lookUpWinner, type TuningDefinition, type TuningInput } from './tuning-definitions';

/** Creates the function that lists the data of the final training and reads the best number of rounds. */
export function prepareFinalTrainingFunction(
  scope: Construct,
  id: string,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
  inputs: readonly DataLocation[],
): lambda.Function {
  const { output, encryptionKey } = tuning;
  const made = bundledFunction(scope, id, {
    name: 'prepare-final-training',
    description: 'Prepares the final training of a SageMaker tuning job',
    roleDescription: 'Lists training data, reads models of tuning jobs, writes manifests',
    memorySize: 512,
    timeout: Duration.minutes(5),
    encryptionKey,
  });
  const readsModels = definitions.some((each) => stoppingOf(tuning, each)?.rounds !== undefined);
  const lists = trainsTogether(tuning);
  outputKey(output, encryptionKey)?.grant(
    made,
    ...(lists ? ['kms:GenerateDataKey'] : []),
    ...(readsModels ? ['kms:Decrypt'] : []),
  );
  return allowFunction(
    made,
    [
      ...(readsModels ? readStatements([output._child('trials/')]) : []),
      ...(lists ? [...inputs.map(listStatement), writeStatement([manifestLocation(output)])] : []),
    ],
    'Objects below the locations of the input data and the output',
  );
}

/** The state before the final training. It adds its Lambda function's result to the state's input, as `prepared`. */
export function prepareFinalTraining(
  scope: Construct,
  tuning: TuningInput,
  definitions: readonly TuningDefinition[],
  lambdaFunction: lambda.IFunction,
): tasks.LambdaInvoke {
  const { output, encryptionKey } = tuning;
  const best = '$states.input.result.bestTrainingJob';
  const stopping = lookUpWinner(definitions, (each) => literal(stoppingOf(tuning, each) ?? null));
  return tasks.LambdaInvoke.jsonata(scope, 'PrepareFinalTraining', {
    comment: 'Lists the data and finds the number of rounds to train',
    lambdaFunction,
    payload: sfn.TaskInput.fromObject({
      hyperparameters: jsonata(`${best}.hyperparameters`),
      modelArtifacts: jsonata(`${best}.modelArtifacts`),
      earlyStopping: jsonata(stopping),
      ...(trainsTogether(tuning) && {
        data: jsonata(lookUpWinner(definitions, (each) => dataOf(tuning, each))),
        manifest: jsonata(
          `${outputPrefix(tuning, manifestLocation(output))} & $states.input.result.tuningJob.name & '.json'`,
        ),
        encryptionKey: outputKey(output, encryptionKey)?.keyArn,
      }),
    }),
    outputs: jsonata("$merge([$states.input, {'prepared': $states.result.Payload}])"),
  });
}

/**
 * The hyperparameters for early stopping, which the final training does not use. `rounds` is left out if the final
 * hyperparameters set the number of rounds.
 */
function stoppingOf(tuning: TuningInput, definition: TuningDefinition): Partial<EarlyStopping> | undefined {
  const stopping = removedEarlyStopping(tuning, definition);
  const isSet = stopping && stopping.rounds in definition.finalHyperparameters;
  return isSet ? { patience: stopping.patience } : stopping;
}

/** JSONata for the locations of a definition's training and validation data. */
function dataOf(tuning: TuningInput, { train, validation }: TuningDefinition): string {
  const uris = Object.entries({ train, validation }).map(([name, data]) =>
    data && isReplaceable(tuning, data) ? `$states.input.settings.${name}` : literal(data?.location?.uri),
  );
  return `[${uris.join(', ')}]`;
}
