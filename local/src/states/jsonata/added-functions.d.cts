/** Hash algorithms by the names that the States Language gives them. */
export const HASH_ALGORITHMS: ReadonlyMap<string, string>;

/** The code of jsonata's error for a sequence that is too long. */
export const TOO_LARGE: string;
