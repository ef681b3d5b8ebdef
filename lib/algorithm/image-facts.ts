/** Registry accounts by region. Several images can use the same table of accounts. */
export interface ImageRegistry {
  /** Logical ID of the mapping that looks up the account when a stack is deployed. */
  readonly mappingId: string;
  readonly accounts: Readonly<Record<string, string>>;
}

/** The source of facts. */
export interface FactSource {
  /** Kind of facts, such as `images`. */
  readonly of: string;
  /** Page of the documentation. */
  readonly page?: string;
  /** GitHub repository, or released package, that contains the file. */
  readonly repository?: string;
  readonly path?: string;
  /** Commit or released version of the file. */
  readonly at?: string;
}
