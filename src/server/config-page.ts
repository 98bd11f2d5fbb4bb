import { html } from './html.js';
import type { Page } from './page.js';

/** The effective config, secrets masked. */
export const configPage: Page = {
  html: ({ configText }) =>
    html`<p class="soft">As it is in effect: defaults filled in, secrets masked.</p><div class="card"><pre>${configText}</pre></div>`,
  json: ({ configText }) => ({ config: configText }),
};
