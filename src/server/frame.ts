import { createHash } from 'node:crypto';
import type { AgentView } from './agent-view.js';
import { Html, html } from './html.js';
import { liveScript } from './live-script.js';
import { style } from './style.js';

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but our own style sheet and script runs, whatever a label value may hold. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(liveScript)}`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const links = [
  ['/', 'Overview'],
  ['/targets', 'Targets'],
  ['/service-discovery', 'Discovery'],
  ['/config', 'Config'],
] as const;

export type PagePath = (typeof links)[number][0];

/** The whole document around a page's body. `base` is what links begin with. */
export function frame(agent: AgentView, base: string, path: PagePath, body: Html): string {
  const title = links.find(([link]) => link === path)![1];
  const current = html` aria-current="page"`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} &middot; auditail</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
<noscript><meta http-equiv="refresh" content="10"></noscript>
</head>
<body>
<header><div class="bar"><a class="brand" href="${base}/">auditail</a>
<nav>${links.map(
    ([link, name]) => html`<a href="${base}${link}"${link === path ? current : ''}>${name}</a>`,
  )}<a href="${base}/metrics">Metrics</a></nav>
<button id="live" type="button" aria-pressed="false" hidden>Live</button></div></header>
<main>
<h1>${title}</h1>
${body}
</main>
<footer>auditail ${agent.version} &middot; <a href="${base}/ready">${agent.isReady ? 'ready' : 'not ready'}</a> &middot; log level ${agent.logLevel} &middot; the same as JSON with <code>Accept: application/json</code></footer>
<script>${new Html(liveScript)}</script>
</body>
</html>
`.source;
}
