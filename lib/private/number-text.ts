import { Token, Tokenization } from 'aws-cdk-lib';

/** A number as a string, because SageMaker's API takes hyperparameters as strings. A token becomes its reference. */
export function numberText(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : String(value);
}
