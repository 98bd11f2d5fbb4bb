import type { AgentView, JobView, TargetView } from './agent-view.js';
import { type Html, html } from './html.js';

/** A page for people, and the same for programs. */
export interface Page {
  readonly html: string;
  readonly json: unknown;
}

/** More dropped targets than this of one job are only counted, as in Promtail. */
const maxDroppedShown = 100;

/** What is being read: each job with its targets. */
export function targetsPage(agent: AgentView, base: string): Page {
  return {
    html: frame(agent, base, 'Targets', agent.jobs.map(targetTable)),
    json: agent.jobs.map(({ name, targets }) => ({ job: name, targets: targets.map(targetJson) })),
  };
}

/** What was found: labels before and after relabelling, and why something is not read. */
export function discoveryPage(agent: AgentView, base: string): Page {
  return {
    html: frame(agent, base, 'Service Discovery', agent.jobs.map(discoveryTable)),
    json: agent.jobs.map(({ name, targets, droppedTargets }) => ({
      job: name,
      targets: targets.map(targetJson),
      dropped: droppedTargets.slice(0, maxDroppedShown).map(({ discoveredLabels, reason }) => ({
        discovered_labels: Object.fromEntries(discoveredLabels),
        reason,
      })),
      dropped_total: droppedTargets.length,
    })),
  };
}

/** The effective config. */
export function configPage(agent: AgentView, base: string): Page {
  const { configText } = agent;
  return {
    html: frame(agent, base, 'Config', [html`<pre>${configText}</pre>`]),
    json: { config: configText },
  };
}

function targetJson(target: TargetView) {
  return {
    type: target.type,
    ready: target.isReady,
    discovered_labels: Object.fromEntries(target.discoveredLabels),
    labels: Object.fromEntries(target.labels),
    details: target.details(),
  };
}

function targetTable({ name, targets }: JobView): Html {
  const ready = targets.filter(({ isReady }) => isReady).length;
  return html`<h2>${name} (${ready}/${targets.length} ready)</h2>
<table><tr><th>Type</th><th>Ready</th><th>Labels</th><th>Details</th></tr>
${targets.map(
  (target) =>
    html`<tr><td>${target.type}</td><td>${target.isReady}</td><td>${labelList(target.labels)}</td><td>${detailList(target)}</td></tr>
`,
)}</table>
`;
}

function discoveryTable({ name, targets, droppedTargets }: JobView): Html {
  const total = targets.length + droppedTargets.length;
  return html`<h2>${name} (${targets.length}/${total} active targets)</h2>
<table><tr><th>Discovered Labels</th><th>Target Labels</th></tr>
${targets.map(
  ({ discoveredLabels, labels }) =>
    html`<tr><td>${labelList(discoveredLabels)}</td><td>${labelList(labels)}</td></tr>
`,
)}${droppedTargets.slice(0, maxDroppedShown).map(
  ({ discoveredLabels, reason }) =>
    html`<tr><td>${labelList(discoveredLabels)}</td><td>Dropped: ${reason}</td></tr>
`,
)}</table>
`;
}

function labelList(labels: ReadonlyMap<string, string>): Html[] {
  return [...labels].sort().map(([name, value]) => html`<code>${name}="${value}"</code> `);
}

function detailList(target: TargetView): Html[] {
  return Object.entries(target.details()).map(
    ([name, value]) => html`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}<br>`,
  );
}

function frame(agent: AgentView, base: string, title: string, body: readonly Html[]): string {
  return html`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${title} - auditail</title>
<style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}</style></head>
<body><nav><a href="${base}/targets">Targets</a> <a href="${base}/service-discovery">Service Discovery</a> <a href="${base}/config">Config</a> <a href="${base}/metrics">Metrics</a></nav>
<h1>${title}</h1>
${body}<footer>auditail ${agent.version}</footer></body></html>
`.source;
}
