import { setMaxListeners } from 'node:events';

/** A controller that aborts when its parent aborts. */
export interface LinkedController {
  readonly controller: AbortController;
  /**
   * Ends the link to the parent. Call this function when the work is done, so that the parent no longer refers to the
   * controller.
   */
  readonly release: () => void;
}

/**
 * Creates a controller that aborts with the parent's reason. Use it instead of `AbortSignal.any` if the parent is
 * long-lived: in Node.js 20, a signal keeps a reference for each signal that `any` derived from it.
 */
export function linkedController(parent: AbortSignal): LinkedController {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent.reason);
  // Disables Node.js's warning about too many listeners: many controllers can be linked to one parent.
  setMaxListeners(0, parent);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return { controller, release: () => parent.removeEventListener('abort', abort) };
}
