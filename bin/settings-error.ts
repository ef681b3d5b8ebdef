/** Something in the settings or the data that the user can put right: the message says how. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
