import { type Html, html } from './html.js';

/** Labels as they stand in a stream selector, in the order of their names. */
export function labelList(labels: Iterable<readonly [string, string]>): Html {
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length === 0) return html`<span class="soft">none</span>`;
  return html`${sorted.map(([name, value]) => html`<code class="label"><b>${name}=</b>"${value}"</code>`)}`;
}
