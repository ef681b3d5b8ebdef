import { Token, Tokenization } from 'aws-cdk-lib';

/** A number as a string, as SageMaker's API takes hyperparameters; a token becomes its reference. */
export function numberText(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : String(value);
}
