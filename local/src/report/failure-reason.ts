import { withoutScriptOutput } from '../failure-reasons/common-reasons';
import { cutInTheMiddle } from './format';

/**
 * Shortens a failure reason to one line of limited length. For a script's error, keeps the last line, which
 * names it. Otherwise, a reason that is too long keeps its beginning and its end, where the exit code is.
 */
export function shortReason(reason: string, longest: number): string {
  return cutInTheMiddle(withoutScriptOutput(reason).replace(/\s+/g, ' ').trim(), longest);
}
