import type { AgentView, ClientView, JobView } from './agent-view.js';
import { errorsIn } from './detail-list.js';
import { filesOf } from './file-table.js';
import { type Html, html } from './html.js';
import type { Page } from './page.js';
import { streamsSection, topStreams } from './streams-section.js';
import { agoText, bytesText, countText, rateText } from './units.js';

/** How the agent is doing: the flow in numbers, each client, each job, the streams. */
export const overviewPage: Page = {
  html(agent, { now }) {
    return html`${reloadError(agent)}${tiles(agent)}
<h2>Clients</h2>
${agent.clients.length === 0 ? html`<p class="soft">None: entries are printed, not pushed.</p>` : agent.clients.map((client) => clientCard(client, now()))}
<h2>Jobs</h2>
${jobTable(agent.jobs)}
${streamsSection(agent.jobs)}`;
  },
  json(agent) {
    return {
      version: agent.version,
      ready: agent.isReady,
      reload_error: agent.reloadError,
      clients: agent.clients.map(clientJson),
      jobs: agent.jobs.map((job) => ({
        job: job.name,
        targets: job.targets.length,
        ready: job.targets.filter(({ isReady }) => isReady).length,
        dropped: job.droppedTargets.length,
        lag_bytes: lagOf(job),
        lines: job.activity.lines,
        lines_per_second: job.activity.linesPerSecond,
        streams: job.activity.streams.length,
      })),
      streams: topStreams(agent.jobs).map(({ labels, lines }) => ({
        labels: Object.fromEntries(labels.pairs()),
        lines,
      })),
    };
  },
};

function clientJson(client: ClientView) {
  return {
    name: client.name,
    url: client.url,
    pending_entries: client.pendingEntries,
    pending_bytes: client.pendingBytes,
    pending_batches: client.pendingBatches,
    sent_entries: client.sentEntries,
    dropped_entries: client.droppedEntries,
    last_status: client.lastStatus,
    last_latency_ms: client.lastLatencyMs,
    answers: client.answers.map(({ status, pushes, meanLatencyMs }) => ({
      status,
      pushes,
      mean_latency_ms: meanLatencyMs,
    })),
    last_sent_at_ms: client.lastSentAtMs,
    last_error: client.lastError,
    last_error_at_ms: client.lastErrorAtMs,
  };
}

function reloadError({ reloadError }: AgentView): Html | string {
  if (reloadError === undefined) return '';
  return html`<div class="card"><span class="pill bad">not reloaded</span> The config of before is in effect.<pre class="error">${reloadError}</pre></div>`;
}

function tiles({ jobs, clients }: AgentView): Html {
  const targets = jobs.flatMap((job) => job.targets);
  const ready = targets.filter(({ isReady }) => isReady).length;
  const dropped = sum(clients.map(({ droppedEntries }) => droppedEntries));
  return html`<dl class="tiles">
${tile('Targets ready', `${ready} / ${targets.length}`)}
${tile('Lines a second', rateText(sum(jobs.map(({ activity }) => activity.linesPerSecond))))}
${tile('Behind', bytesText(sum(jobs.map(lagOf))))}
${tile('Waiting', countText(sum(clients.map(({ pendingEntries }) => pendingEntries))))}
${tile('Accepted', countText(sum(clients.map(({ sentEntries }) => sentEntries))))}
${tile('Given up', countText(dropped), dropped > 0)}
</dl>
`;
}

function tile(name: string, value: string, isBad = false): Html {
  return html`<div${isBad ? html` class="bad"` : ''}><dt>${name}</dt><dd>${value}</dd></div>`;
}

function clientCard(client: ClientView, nowMs: number): Html {
  const { name, url, lastStatus, lastLatencyMs, lastSentAtMs, lastError, lastErrorAtMs } = client;
  return html`<article class="card">
<header>${statusPill(client)}<h3>${name}</h3><span class="soft">${url}</span></header>
<div class="scroll"><table class="stack">
<thead><tr><th>Last answer</th><th class="num">Latency</th><th class="num">Last accepted</th><th class="num">Accepted</th><th class="num">Given up</th><th class="num">Waiting</th></tr></thead>
<tbody><tr>
<td data-name="Last answer">${statusText(lastStatus)}</td>
<td class="num" data-name="Latency">${lastLatencyMs === undefined ? '–' : `${countText(lastLatencyMs)} ms`}</td>
<td class="num" data-name="Last accepted">${lastSentAtMs === undefined ? 'never' : agoText(nowMs - lastSentAtMs)}</td>
<td class="num" data-name="Accepted">${countText(client.sentEntries)}</td>
<td class="num" data-name="Given up">${countText(client.droppedEntries)}</td>
<td class="num" data-name="Waiting">${countText(client.pendingEntries)} in ${client.pendingBatches} ${client.pendingBatches === 1 ? 'batch' : 'batches'}, ${bytesText(client.pendingBytes)}</td>
</tr></tbody></table></div>
${client.answers.length === 0 ? '' : html`<p class="soft">Pushes by answer: ${client.answers.map(answerText)}</p>`}
${lastError === undefined ? '' : html`<p class="error">${lastErrorAtMs === undefined ? '' : `${agoText(nowMs - lastErrorAtMs)}: `}${lastError}</p>`}
</article>
`;
}

function answerText({ status, pushes, meanLatencyMs }: ClientView['answers'][number]): Html {
  const isGood = status >= 200 && status < 300;
  return html`<span class="pill ${isGood ? 'good' : 'bad'}">${statusText(status)} &times; ${countText(pushes)}</span> ${countText(meanLatencyMs)} ms on average `;
}

function statusPill({ lastStatus, lastError }: ClientView): Html {
  if (lastError !== undefined) return html`<span class="pill bad">failing</span>`;
  if (lastStatus === undefined) return html`<span class="pill">nothing sent yet</span>`;
  return html`<span class="pill good">ok</span>`;
}

function statusText(status: number | undefined): string {
  if (status === undefined) return '–';
  return status === -1 ? 'none' : String(status);
}

function jobTable(jobs: readonly JobView[]): Html {
  if (jobs.length === 0) return html`<p class="soft">The config has no scrape_configs.</p>`;
  return html`<div class="card"><div class="scroll"><table class="stack">
<thead><tr><th>Job</th><th class="num">Ready</th><th class="num">Not read</th><th class="num">Lag</th><th class="num">Lines/s</th><th class="num">Lines</th><th class="num">Streams</th></tr></thead>
<tbody>${jobs.map(jobRow)}</tbody></table></div></div>`;
}

function jobRow(job: JobView): Html {
  const { name, targets, droppedTargets, activity } = job;
  const errors = [...job.discoveryErrors, ...targets.flatMap((target) => errorsIn(target.details()))];
  const ready = targets.filter(({ isReady }) => isReady).length;
  return html`<tr>
<td class="text"><strong>${name}</strong>${errors.slice(0, 1).map((error) => html`<p class="error">${error}</p>`)}</td>
<td class="num" data-name="Ready">${ready} / ${targets.length}</td>
<td class="num" data-name="Not read">${countText(droppedTargets.length)}</td>
<td class="num" data-name="Lag">${bytesText(lagOf(job))}</td>
<td class="num" data-name="Lines/s">${rateText(activity.linesPerSecond)}</td>
<td class="num" data-name="Lines">${countText(activity.lines)}</td>
<td class="num" data-name="Streams">${countText(activity.streams.length)}${activity.otherLines > 0 ? '+' : ''}</td>
</tr>`;
}

/** What is not read of its files, or not accepted of what was sent to it. */
function lagOf(job: JobView): number {
  return sum(filesOf(job).map(({ lagBytes }) => lagBytes)) + job.waitingBytes;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
