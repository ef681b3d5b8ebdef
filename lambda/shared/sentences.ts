/** Joins sentences and adds missing periods. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.map((sentence) => sentence.trim().replace(/\.$/, '')).join('. ');
}
