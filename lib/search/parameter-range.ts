import { Token } from 'aws-cdk-lib';
import { numberText } from '../private/number-text';
import { list, number, oneOf, optional, requireShape, struct, text } from '../private/shape';

/**
 * How a tuning job walks through a range.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
 */
export enum ScalingType {
  /** SageMaker chooses. */
  AUTO = 'Auto',
  /** Evenly over the values. */
  LINEAR = 'Linear',
  /** Evenly over the orders of magnitude; all values must be greater than 0. */
  LOGARITHMIC = 'Logarithmic',
  /** Finest near 1; continuous ranges within 0 <= value < 1 only. */
  REVERSE_LOGARITHMIC = 'ReverseLogarithmic',
}

/** Bounds of a numeric range. */
export interface NumericRangeOptions {
  /** The smallest value to try. */
  readonly min: number;
  /** The largest value to try; greater than `min`. */
  readonly max: number;
  /**
   * How the tuning job walks through the range.
   *
   * @default ScalingType.AUTO
   */
  readonly scaling?: ScalingType;
}

const NUMERIC_RANGE = struct({
  name: text,
  options: struct<NumericRangeOptions>({
    min: number,
    max: number,
    scaling: optional(oneOf(ScalingType)),
  }),
});

const CATEGORICAL_RANGE = struct({ name: text, values: list(text) });

/** A hyperparameter and the values that a tuning job may try for it. */
export class ParameterRange {
  /** Whole numbers, both ends included. */
  static integer(name: string, options: NumericRangeOptions): ParameterRange {
    requireShape('ParameterRange.integer', NUMERIC_RANGE, { name, options });
    return new ParameterRange(name, 'integer', options, undefined);
  }

  /** Real numbers, both ends included. */
  static continuous(name: string, options: NumericRangeOptions): ParameterRange {
    requireShape('ParameterRange.continuous', NUMERIC_RANGE, { name, options });
    return new ParameterRange(name, 'continuous', options, undefined);
  }

  /**
   * One of several values, whose order has no meaning.
   *
   * @param name the hyperparameter
   * @param values 2 to 30 different values of at most 256 characters
   */
  static categorical(name: string, values: string[]): ParameterRange {
    requireShape('ParameterRange.categorical', CATEGORICAL_RANGE, { name, values });
    return new ParameterRange(name, 'categorical', undefined, values);
  }

  private constructor(
    /** The hyperparameter that is searched. */
    readonly name: string,
    /** @internal */
    readonly _kind: 'integer' | 'continuous' | 'categorical',
    /** @internal */
    readonly _bounds: NumericRangeOptions | undefined,
    /** @internal */
    readonly _values: string[] | undefined,
  ) {}

  /**
   * The range as the SageMaker API takes it: numbers are strings there.
   *
   * @internal
   */
  _render(): Record<string, unknown> {
    if (!this._bounds) return { Name: this.name, Values: this._values };
    return {
      Name: this.name,
      MinValue: numberText(this._bounds.min),
      MaxValue: numberText(this._bounds.max),
      ScalingType: this._bounds.scaling ?? ScalingType.AUTO,
    };
  }

  /**
   * Number of values; undefined if it cannot be counted: continuous ranges, tokens, invalid bounds.
   *
   * @internal
   */
  _size(): number | undefined {
    if (this._values) return Token.isUnresolved(this._values) ? undefined : this._values.length;
    if (this._kind !== 'integer' || !this._bounds) return undefined;
    const { min, max } = this._bounds;
    if (Token.isUnresolved(min) || Token.isUnresolved(max)) return undefined;
    const size = max - min + 1;
    return Number.isInteger(size) && size > 0 ? size : undefined;
  }
}
