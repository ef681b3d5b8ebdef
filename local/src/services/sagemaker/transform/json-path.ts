import type { PathStep } from '../../../training/model-server';
import { validationError } from '../../aws-error';

/** One step of a filter's path, after the `$`. */
const STEP = /\.?\[([^\]]*)\]|\.(\*|[^.[\]]+)/y;
type Item = number | readonly [start: number | null, end: number | null];

const NAME = /^(?:'([^']*)'|"([^"]*)")$/;
const SLICE = /^(-?\d*)?\s*:\s*(-?\d*)?$/;

/**
 * Parses a filter of a transform job. Accepts the JSONPath operators that SageMaker supports.
 *
 * @param member the filter's name, for errors
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html#data-processing-operators
 * @throws AwsError ValidationException for any other operator
 */
export function parseJsonPath(path: string, member: string): PathStep[] {
  const steps: PathStep[] = [];
  let at = path.startsWith('$') ? 1 : -1;
  while (at >= 0 && at < path.length) {
    STEP.lastIndex = at;
    const [text, bracket, name] = STEP.exec(path) ?? [];
    const step =
      bracket !== undefined ? parseBracket(bracket) : name !== undefined ? dotted(name) : undefined;
    if (text === undefined || step === undefined) at = -1;
    else {
      steps.push(step);
      at += text.length;
    }
  }
  if (at >= 0) return steps;
  throw validationError(
    `DataProcessing.${member}: "${path}" is not a JSONPath that SageMaker supports. It supports $, .name, ['name','name'], [0,-1], [1:5] and *`,
  );
}

function dotted(name: string): PathStep {
  return name === '*' ? { every: true } : { names: [name] };
}

function parseBracket(text: string): PathStep | undefined {
  if (text.trim() === '*') return { every: true };
  const parts = text.split(',').map((part) => part.trim());
  const names = parts.flatMap((part) => {
    const [, single, double] = NAME.exec(part) ?? [];
    return single ?? double ?? [];
  });
  if (names.length === parts.length) return { names };
  const items = parts.flatMap((part): readonly Item[] => {
    if (/^-?\d+$/.test(part)) return [Number(part)];
    const slice = SLICE.exec(part);
    return slice ? [[boundary(slice[1]), boundary(slice[2])]] : [];
  });
  return items.length === parts.length ? { items } : undefined;
}

function boundary(text = ''): number | null {
  return text === '' || text === '-' ? null : Number(text);
}
