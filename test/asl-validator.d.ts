/** The part of asl-validator 4.0.0 that the tests use: the package has no declarations of its own. */
declare module 'asl-validator' {
  function validate(definition: object): { isValid: boolean; errors: { Message: string }[] };
  export = validate;
}
