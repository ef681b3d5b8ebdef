import { createHash } from 'node:crypto';
import { type Content, html, Markup } from './markup';

/** The style sheet and the script that are embedded in a page. */
export interface PageAssets {
  readonly css: string;
  /** @default - the page has no script */
  readonly js?: string;
}

export interface PageOptions extends PageAssets {
  readonly title: string;
  /** CSS class of the body. @default - none */
  readonly className?: string | undefined;
}

/**
 * Renders a self-contained page. Its content security policy allows only the page's own script and style sheet, by their
 * hashes.
 */
export function htmlPage({ title, css, js, className }: PageOptions, body: Content): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${securityPolicy(css, js)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(css)}</style>
</head>
<body${className !== undefined && html` class="${className}"`}>
${body}
${js !== undefined && html`<script>${new Markup(js)}</script>\n`}</body>
</html>
`.toString();
}

function securityPolicy(css: string, js: string | undefined): string {
  return [
    "default-src 'none'",
    ...(js === undefined ? [] : [`script-src '${hashOf(js)}'`]),
    `style-src '${hashOf(css)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
