/** A problem that the user can put right: its message says how. */
export class UserError extends Error {
  /** Always `UserError`. */
  override readonly name: string = 'UserError';
}
