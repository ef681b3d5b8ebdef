/** One step of a JSONPath. */
export type Segment =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'indexes'; readonly indexes: readonly number[] }
  | { readonly kind: 'slice'; readonly start?: number; readonly end?: number; readonly step: number }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'descendants' }
  /** Functions such as `length()`, which AWS accepts but which never match anything. */
  | { readonly kind: 'function' }
  | { readonly kind: 'filter'; readonly filter: Filter };

/** The condition of `[?(...)]`. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly left: Filter; readonly right: Filter }
  | { readonly kind: 'not'; readonly filter: Filter }
  | { readonly kind: 'exists'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Operand; readonly right: Operand };

/** A side of a comparison. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  | { readonly kind: 'item'; readonly path: JsonPath };

/** A parsed JSONPath. */
export interface JsonPath {
  readonly segments: readonly Segment[];
  /** Whether the path matches at most one value. Otherwise, the path evaluates to an array, which may be empty. */
  readonly definite: boolean;
}

/** A path and its root: the data, the context object or a variable. */
export interface RootedPath extends JsonPath {
  readonly text: string;
  readonly root: 'data' | 'context' | { readonly variable: string };
}

/**
 * Whether a path matches at most one value. Several names at the end of a path evaluate to a single
 * object, as in Jayway, the library that produces AWS's messages.
 */
export function isDefinite(segments: readonly Segment[]): boolean {
  return segments.every(
    (s, i) =>
      (s.kind === 'names' && (s.names.length === 1 || i === segments.length - 1)) ||
      (s.kind === 'indexes' && s.indexes.length === 1) ||
      s.kind === 'function',
  );
}
