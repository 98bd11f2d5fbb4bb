import type { JobView, TargetView } from './agent-view.js';
import { detailList, errorsIn } from './detail-list.js';
import { type Html, html } from './html.js';
import { labelList } from './label-list.js';
import { maxShown, type Page } from './page.js';
import type { ReadRates } from './read-rates.js';
import { targetJson } from './target-json.js';
import { bytesText, rateText } from './units.js';

/** What is being read: each job with its targets, their files and how far they are. */
export const targetsPage: Page = {
  html(agent, { rates }) {
    if (agent.jobs.length === 0) return html`<p class="soft">The config has no scrape_configs.</p>`;
    return html`${agent.jobs.map((job) => jobSection(job, rates))}`;
  },
  json(agent) {
    return agent.jobs.map(({ name, targets, discoveryErrors, activity, waitingBytes }) => ({
      job: name,
      discovery_errors: discoveryErrors,
      lines: activity.lines,
      lines_per_second: activity.linesPerSecond,
      waiting_bytes: waitingBytes,
      targets: targets.map(targetJson),
    }));
  },
};

function jobSection(job: JobView, rates: ReadRates): Html {
  const { name, targets, discoveryErrors, activity, waitingBytes } = job;
  const ready = targets.filter(({ isReady }) => isReady).length;
  const left = targets.length - maxShown;
  return html`<section>
<h2>${name} <small>${ready}/${targets.length} ready &middot; ${rateText(activity.linesPerSecond)} lines/s${waitingBytes > 0 ? html` &middot; ${bytesText(waitingBytes)} waiting` : ''}</small></h2>
${discoveryErrors.map((error) => html`<p class="error">${error}</p>`)}
${targets.length === 0 ? html`<p class="soft">No targets.</p>` : ''}
${targets.slice(0, maxShown).map((target, index) => targetCard(target, `${name} ${index}`, rates))}
${left > 0 ? html`<p class="soft">And ${left} more, which the JSON has.</p>` : ''}
</section>
`;
}

function targetCard(target: TargetView, key: string, rates: ReadRates): Html {
  const { type, isReady, discoveredLabels, labels } = target;
  const details = target.details();
  const { path, name = path, ...others } = details;
  return html`<article class="card">
<header>${statePill(isReady, errorsIn(details).length)}<span class="kind">${type}</span><h3>${typeof name === 'string' ? name : ''}</h3></header>
${labelList(labels)}
${detailList(others, rates)}
${discoveredLabels.size === 0 ? '' : html`<details data-key="${key}"><summary>Labels before relabeling</summary><div>${labelList(discoveredLabels)}</div></details>`}
</article>
`;
}

function statePill(isReady: boolean, errors: number): Html {
  if (errors > 0) return html`<span class="pill bad">${errors === 1 ? 'error' : `${errors} errors`}</span>`;
  return isReady
    ? html`<span class="pill good">ready</span>`
    : html`<span class="pill warn">not ready</span>`;
}
