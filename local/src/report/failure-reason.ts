import { withoutScriptOutput } from '../failure-reasons/common-reasons';
import { cutInTheMiddle } from './format';

/**
 * Shortens a failure reason to one line of limited length. For a script's error, keeps the last line, which
 * names the error. Cuts other reasons in the middle, because the exit code is at the end.
 */
export function shortReason(reason: string, longest: number): string {
  return cutInTheMiddle(withoutScriptOutput(reason).replace(/\s+/g, ' ').trim(), longest);
}
