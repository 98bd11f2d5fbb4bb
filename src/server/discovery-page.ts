import type { JobView } from './agent-view.js';
import { type Html, html } from './html.js';
import { labelList } from './label-list.js';
import { maxShown, type Page } from './page.js';
import { targetJson } from './target-json.js';

/** More dropped targets than this of one job are only counted, as in Promtail. */
const maxDroppedShown = 100;

/** What was found: labels before and after relabelling, and why something is not read. */
export const discoveryPage: Page = {
  html: (agent) => html`${agent.jobs.map(jobSection)}`,
  json: (agent) =>
    agent.jobs.map(({ name, targets, droppedTargets, discoveryErrors }) => ({
      job: name,
      errors: discoveryErrors,
      targets: targets.map(targetJson),
      dropped: droppedTargets.slice(0, maxDroppedShown).map(({ discoveredLabels, reason }) => ({
        discovered_labels: Object.fromEntries(discoveredLabels),
        reason,
      })),
      dropped_total: droppedTargets.length,
    })),
};

function jobSection({ name, targets, droppedTargets, discoveryErrors }: JobView): Html {
  const total = targets.length + droppedTargets.length;
  return html`<section>
<h2>${name} <small>${targets.length}/${total} active targets</small></h2>
${discoveryErrors.map((error) => html`<p class="error">${error}</p>`)}
${targets
  .slice(0, maxShown)
  .map(({ discoveredLabels, labels }) => card(discoveredLabels, html`<h4>Labels</h4>${labelList(labels)}`))}
${more(targets.length - maxShown, 'active')}
${droppedTargets
  .slice(0, maxDroppedShown)
  .map(({ discoveredLabels, reason }) =>
    card(discoveredLabels, html`<span class="pill warn">dropped</span><p>${reason}</p>`),
  )}
${more(droppedTargets.length - maxDroppedShown, 'dropped')}
</section>
`;
}

function card(discoveredLabels: ReadonlyMap<string, string>, after: Html): Html {
  return html`<article class="card pair"><div><h4>Discovered labels</h4>${labelList(discoveredLabels)}</div><div>${after}</div></article>
`;
}

function more(count: number, which: string): Html {
  return count > 0 ? html`<p class="soft">And ${count} more ${which}.</p>` : html``;
}
