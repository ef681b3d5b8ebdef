import { withoutScriptOutput } from '../failure-reasons/common-reasons';
import { cutInTheMiddle } from './format';

/**
 * A failure reason in one line of so many characters. Of a script's error the last line stays, which names it; of
 * anything else that is too long its beginning and its end, where exit codes are.
 */
export function shortReason(reason: string, longest: number): string {
  return cutInTheMiddle(withoutScriptOutput(reason).replace(/\s+/g, ' ').trim(), longest);
}
