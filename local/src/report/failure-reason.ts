import { withoutScriptOutput } from '../failure-reasons/common-reasons';

/**
 * A failure reason in one line of so many characters. Of a script's error the last line stays, which names it; of
 * anything else that is too long its beginning and its end, where exit codes are.
 */
export function shortReason(reason: string, longest: number): string {
  return cutInTheMiddle(withoutScriptOutput(reason).replace(/\s+/g, ' ').trim(), longest);
}

function cutInTheMiddle(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest / 2);
  return `${text.slice(0, longest - end - 1)}…${text.slice(text.length - end)}`;
}
