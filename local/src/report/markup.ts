const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML or SVG shows it, in elements and in attributes in quotes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Colours of lines, on a light and on a dark page: Okabe and Ito's, which people with color blindness tell apart. */
export const LINE_COLOURS: readonly (readonly [light: string, dark: string])[] = [
  ['#0072b2', '#56b4e9'],
  ['#b34700', '#e69f00'],
  ['#007a59', '#2ec99a'],
  ['#a8447b', '#e39cc0'],
  ['#5b6068', '#c0c4ca'],
];

/**
 * A table that scrolls by itself where the window is narrow.
 *
 * @param name for people who do not see it
 * @param head markup of the cells
 * @param rows markup of the cells
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
