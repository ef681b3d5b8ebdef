/** Joins sentences. Adds a period to those without one. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.map((sentence) => sentence.trim().replace(/\.$/, '')).join('. ');
}
