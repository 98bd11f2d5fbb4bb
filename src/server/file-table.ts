import type { JobView } from './agent-view.js';
import { type Html, html } from './html.js';
import { maxShown } from './page.js';
import type { ReadRates } from './read-rates.js';
import { bytesText } from './units.js';

/** What a file target tells of one of its files. */
export interface FileState {
  readonly path: string;
  readonly state: string;
  readonly offset: number;
  readonly acknowledged: number;
  readonly size: number;
  readonly lagBytes: number;
  readonly backlogFiles: number;
  readonly prunedInSeconds?: number | undefined;
  readonly lastError?: string | undefined;
}

export function isFileState(value: unknown): value is FileState {
  const { path, state, offset, size, lagBytes } = (value ?? {}) as Partial<FileState>;
  return (
    typeof path === 'string' &&
    typeof state === 'string' &&
    [offset, size, lagBytes].every((each) => typeof each === 'number')
  );
}

/** What the targets of a job tell of their files. */
export function filesOf({ targets }: JobView): FileState[] {
  return targets.flatMap((target) => Object.values(target.details()).flat().filter(isFileState));
}

const tones: Readonly<Record<string, string>> = {
  reading: 'good',
  waiting: 'good',
  failing: 'bad',
  gone: 'warn',
};

/** How far each file is read. */
export function fileTable(files: readonly FileState[], rates: ReadRates): Html {
  if (files.length === 0) return html`<p class="soft">No file matches yet.</p>`;
  return html`<div class="scroll"><table class="stack">
<thead><tr><th>File</th><th>State</th><th class="num">Read / size</th><th class="num">Lag</th><th class="num">Rate</th><th class="num">Not accepted yet</th></tr></thead>
<tbody>${shown(files).map((file) => fileRow(file, rates))}</tbody></table></div>
${files.length > maxShown ? html`<p class="soft">And ${files.length - maxShown} more, which the JSON has.</p>` : ''}`;
}

/** Where there are too many, those that failed and those with the most to read. */
function shown(files: readonly FileState[]): readonly FileState[] {
  if (files.length <= maxShown) return files;
  const urgency = ({ lastError, lagBytes }: FileState) => (lastError === undefined ? lagBytes : Infinity);
  return files.toSorted((a, b) => Math.sign(urgency(b) - urgency(a)) || 0).slice(0, maxShown);
}

function fileRow(file: FileState, rates: ReadRates): Html {
  const { path, state, offset, acknowledged, size, lagBytes, backlogFiles, lastError } = file;
  const rate = rates.look(path, offset);
  const rotated = backlogFiles === 0 ? '' : ` in ${backlogFiles} rotated`;
  return html`<tr>
<td class="text"><code>${path}</code>${lastError === undefined ? '' : html`<p class="error">${lastError}</p>`}</td>
<td data-name="State"><span class="pill ${tones[state] ?? ''}">${state}</span></td>
<td class="num" data-name="Read / size"><span>${bytesText(offset)} / ${bytesText(size)}<progress value="${size === 0 ? 1 : Math.min(offset, size)}" max="${size || 1}"></progress></span></td>
<td class="num" data-name="Lag">${bytesText(lagBytes)}${rotated}</td>
<td class="num" data-name="Rate">${rate === undefined ? '–' : `${bytesText(rate)}/s`}</td>
<td class="num" data-name="Not accepted yet">${bytesText(Math.max(0, offset - acknowledged))}</td>
</tr>`;
}
