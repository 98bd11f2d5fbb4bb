import type { JobView, StreamView } from './agent-view.js';
import { type Html, html } from './html.js';
import { labelList } from './label-list.js';
import { countText } from './units.js';

const maxStreamsShown = 12;
const maxValuesShown = 6;

/** Which streams the jobs make, and which values their labels have: the place to see a label that has too many. */
export function streamsSection(jobs: readonly JobView[]): Html {
  const streams = jobs.flatMap((job) => job.activity.streams);
  if (streams.length === 0) return html`<h2>Streams</h2><p class="soft">No line has come through yet.</p>`;
  const others = jobs.reduce((sum, { activity }) => sum + activity.otherLines, 0);
  return html`<h2>Streams <small>${countText(streams.length)} so far, the largest first</small></h2>
<div class="card"><div class="scroll"><table class="stack">
<thead><tr><th>Labels</th><th class="num">Lines</th></tr></thead>
<tbody>${topStreams(jobs).map(streamRow)}</tbody></table></div>
${others > 0 ? html`<p class="soft">And ${countText(others)} lines of streams that came when there were too many to count each.</p>` : ''}</div>
<h2>Top label values</h2>
<div class="columns">${valueCounts(streams).map(valueCard)}</div>
`;
}

/** The streams with the most lines. */
export function topStreams(jobs: readonly JobView[]): StreamView[] {
  return jobs
    .flatMap((job) => job.activity.streams)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, maxStreamsShown);
}

function streamRow({ labels, lines }: StreamView): Html {
  return html`<tr><td class="text">${labelList(labels.pairs())}</td><td class="num" data-name="Lines">${countText(lines)}</td></tr>`;
}

type ValueCounts = readonly [name: string, byValue: ReadonlyMap<string, number>];

/** Lines by the values of each label; labels with the most values first. */
function valueCounts(streams: readonly StreamView[]): ValueCounts[] {
  const byName = new Map<string, Map<string, number>>();
  for (const { labels, lines } of streams) {
    for (const [name, value] of labels.pairs()) {
      const byValue = byName.get(name) ?? new Map<string, number>();
      byValue.set(value, (byValue.get(value) ?? 0) + lines);
      byName.set(name, byValue);
    }
  }
  return [...byName].sort(([, a], [, b]) => b.size - a.size);
}

function valueCard([name, byValue]: ValueCounts): Html {
  const top = [...byValue].sort(([, a], [, b]) => b - a).slice(0, maxValuesShown);
  const most = top[0]![1];
  return html`<article class="card"><header><h3>${name}</h3><span class="soft">${countText(byValue.size)} ${byValue.size === 1 ? 'value' : 'values'}</span></header>
<table>${top.map(
    ([value, lines]) =>
      html`<tr><td class="text"><code>${value === '' ? '""' : value}</code><progress value="${lines}" max="${most || 1}"></progress></td><td class="num">${countText(lines)}</td></tr>`,
  )}</table></article>`;
}
