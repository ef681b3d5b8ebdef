/** A trainer or a server: runs jobs of some kinds. */
interface Acceptor<Subject> {
  accepts(subject: Subject): boolean;
  /** Why local mode cannot run this job; undefined if there is no such reason. */
  refusal?(subject: Subject): string | undefined;
}

/**
 * The first one that accepts a job, unless an earlier one explains why local mode cannot run the job.
 *
 * @param unknown the reason if none accepts the job and none explains why
 */
export function firstAcceptor<Subject, Each extends Acceptor<Subject>>(
  acceptors: readonly Each[],
  subject: Subject,
  unknown: string,
): { readonly acceptor?: Each; readonly refusal?: string } {
  for (const acceptor of acceptors) {
    if (acceptor.accepts(subject)) return { acceptor };
    const refusal = acceptor.refusal?.(subject);
    if (refusal !== undefined) return { refusal };
  }
  return { refusal: unknown };
}
