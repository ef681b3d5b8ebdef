import type { StepFunctionsFailure } from './types';

/** Maximum length of a cause. A cause can be the JSON of a whole job, and begins with the reason. */
const MAX_CAUSE_CHARACTERS = 2000;

/** The error that Step Functions reported, as text. */
export function describeFailure({ Error: error, Cause: cause }: StepFunctionsFailure): string {
  const text = cause ? `${error}: ${cause}` : error;
  return `Step Functions reported ${text.slice(0, MAX_CAUSE_CHARACTERS)}`;
}
