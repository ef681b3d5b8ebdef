/** The part of asl-validator 4.0.0 that the tests use. The package has no type declarations. */
declare module 'asl-validator' {
  function validate(definition: object): { isValid: boolean; errors: { Message: string }[] };
  export = validate;
}
