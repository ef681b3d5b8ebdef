import type { Markup } from '../../../local/src/markup/markup';

const SVG = 'http://www.w3.org/2000/svg';

export function svgElement(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Replaces the content of an element with markup. All strings in the markup are escaped. */
export function fill(element: Element, markup: Markup): void {
  element.innerHTML = markup.toString();
}

/** Announces a string to screen readers. */
export function announce(text: string): void {
  const element = document.getElementById('announcement');
  if (element) element.textContent = text;
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = label;
  element.addEventListener('click', onClick);
  return element;
}
