const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML and SVG, in elements and in quoted attributes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Line colors on a light and a dark page: the Okabe-Ito palette, which is safe for color-blind readers. */
export const LINE_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'],
  ['#b34700', '#e69f00'],
  ['#007a59', '#2ec99a'],
  ['#a8447b', '#e39cc0'],
  ['#5b6068', '#c0c4ca'],
];

/**
 * Renders a table that scrolls by itself in a narrow window.
 *
 * @param name label for screen readers
 * @param head cells as HTML
 * @param rows cells as HTML
 */
export function htmlTable(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const row = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td>${cell}</td>`)).join('');
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>`,
    `<thead><tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map((cells) => `<tr>${row(cells)}</tr>`).join('\n')}</tbody>`,
    '</table></div>',
  ].join('\n');
}
