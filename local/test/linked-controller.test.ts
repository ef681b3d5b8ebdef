import { getEventListeners } from 'node:events';
import { linkedController } from '../src/linked-controller';

test('a controller aborts with its parent, whether the parent aborts before or after linking', () => {
  const parent = new AbortController();
  const { controller } = linkedController(parent.signal);
  parent.abort(new Error('stop'));
  expect(controller.signal.reason).toBe(parent.signal.reason);
  expect(linkedController(parent.signal).controller.signal.reason).toBe(parent.signal.reason);
});

test('a released controller is independent of its parent, which keeps no listener for it', () => {
  const parent = new AbortController();
  const linked = Array.from({ length: 20 }, () => linkedController(parent.signal));
  for (const { release } of linked) release();
  expect(getEventListeners(parent.signal, 'abort')).toEqual([]);
  parent.abort();
  expect(linked.some(({ controller }) => controller.signal.aborted)).toBe(false);
});
