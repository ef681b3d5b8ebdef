/** A problem that the user can fix. The message says how. */
export class UserError extends Error {
  /** Always `UserError`. */
  override readonly name: string = 'UserError';
}
