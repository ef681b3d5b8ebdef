/** A problem with the settings or the data that the user can correct. The message says how. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
