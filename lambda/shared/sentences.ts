/** Joins sentences, of which some may have their full stop already. */
export function joinSentences(sentences: readonly string[]): string {
  return sentences.map((sentence) => sentence.trim().replace(/\.$/, '')).join('. ');
}
