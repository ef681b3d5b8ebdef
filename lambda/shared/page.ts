import { createHash } from 'node:crypto';
import { Markup } from '../../local/src/markup/markup';

/** The style sheet and the script that are embedded in a page. */
export interface PageAssets {
  readonly css: string;
  readonly js: string;
}

/** A content security policy that allows only the page's own script and style sheet, by their hashes. */
export function securityPolicy({ css, js }: PageAssets): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(js)}'`,
    `style-src '${hashOf(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Markup that must not be escaped: from our own files, or from JSON that is already escaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
