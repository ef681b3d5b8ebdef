/** A trainer or a model server, which runs certain kinds of jobs. */
interface Acceptor<Subject> {
  accepts(subject: Subject): boolean;
  /** Why local mode cannot run this job; undefined if there is no such reason. */
  refusal?(subject: Subject): string | undefined;
}

/**
 * Finds the first trainer or server that accepts a job. If an earlier one explains why local mode cannot run the
 * job, returns that reason instead.
 *
 * @param unknown the reason to return if no trainer or server accepts the job or gives a reason
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
