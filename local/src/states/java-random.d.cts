/** The generator of java.util.Random. Plain JavaScript, since the evaluator's process has no compiler. */
export class JavaRandom {
  constructor(seed: number);
  /** A number in [0, 1). */
  nextDouble(): number;
}
