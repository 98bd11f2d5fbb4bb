import type { AgentView } from './agent-view.js';
import type { Html } from './html.js';
import type { ReadRates } from './read-rates.js';

/** What a page is made from, besides the agent. */
export interface PageDeps {
  readonly rates: ReadRates;
  readonly now: () => number;
}

/** The same for people and for programs; only what is asked for is made. */
export interface Page {
  html(agent: AgentView, deps: PageDeps): Html;
  json(agent: AgentView): unknown;
}

/** So many of a list are shown, in a job; the JSON has more. */
export const maxShown = 200;
