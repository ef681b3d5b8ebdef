import { Token } from 'aws-cdk-lib';
import { numberText } from '../private/number-text';
import { list, number, oneOf, optional, requireShape, struct, text } from '../private/shape';

/**
 * The scale that a tuning job uses to search a range.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
 */
export enum ScalingType {
  /** SageMaker chooses the scale. */
  AUTO = 'Auto',
  /** A linear scale. */
  LINEAR = 'Linear',
  /** A logarithmic scale. All values must be greater than 0. */
  LOGARITHMIC = 'Logarithmic',
  /** A reverse logarithmic scale, finest near 1. Only for continuous ranges within 0 <= value < 1. */
  REVERSE_LOGARITHMIC = 'ReverseLogarithmic',
}

/** Bounds and scale of a numeric range. */
export interface NumericRangeOptions {
  /** Minimum value, inclusive. */
  readonly min: number;
  /** Maximum value, inclusive. Must be greater than `min`. */
  readonly max: number;
  /**
   * The scale that the tuning job uses to search the range.
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

/** A hyperparameter to tune, and the range of its values. */
export class ParameterRange {
  /**
   * A range of integers.
   *
   * @param name the hyperparameter, such as `max_depth`
   * @param options the bounds and the scale
   */
  static integer(name: string, options: NumericRangeOptions): ParameterRange {
    requireShape('ParameterRange.integer', NUMERIC_RANGE, { name, options });
    return new ParameterRange(name, 'integer', options, undefined);
  }

  /**
   * A range of real numbers.
   *
   * @param name the hyperparameter, such as `eta`
   * @param options the bounds and the scale
   */
  static continuous(name: string, options: NumericRangeOptions): ParameterRange {
    requireShape('ParameterRange.continuous', NUMERIC_RANGE, { name, options });
    return new ParameterRange(name, 'continuous', options, undefined);
  }

  /**
   * A list of values without an order.
   *
   * @param name the hyperparameter, such as `booster`
   * @param values 2 to 30 different values of at most 256 characters
   */
  static categorical(name: string, values: string[]): ParameterRange {
    requireShape('ParameterRange.categorical', CATEGORICAL_RANGE, { name, values });
    return new ParameterRange(name, 'categorical', undefined, values);
  }

  private constructor(
    /** Name of the hyperparameter. */
    readonly name: string,
    /** @internal */
    readonly _kind: 'integer' | 'continuous' | 'categorical',
    /** @internal */
    readonly _bounds: NumericRangeOptions | undefined,
    /** @internal */
    readonly _values: string[] | undefined,
  ) {}

  /**
   * The range in the form of the SageMaker API, where numbers are strings.
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
   * Number of values; undefined for ranges whose values cannot be counted (continuous ranges, tokens, invalid bounds).
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
