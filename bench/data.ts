import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { AuditEvents } from '../demo/audit/audit-events.js';

/** What a row reads. */
export type DataKind = 'audit' | 'cri' | 'nginx' | 'logfmt' | 'multiline';

export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
}

const folder = join(import.meta.dirname, '..', '.bench');

/** A file of about `megabytes`, made once and kept: the same bytes on every machine. */
export function dataFile(kind: DataKind, megabytes: number): DataFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${kind}-${megabytes}.log`);
  const factsPath = `${path}.json`;
  if (!existsSync(factsPath)) {
    const facts = write(kind, megabytes * 1e6, `${path}.part`);
    renameSync(`${path}.part`, path);
    writeFileSync(factsPath, JSON.stringify(facts));
  }
  return { path, ...(JSON.parse(readFileSync(factsPath, 'utf8')) as { bytes: number; lines: number }) };
}

/** So many files with the same bytes each, of `megabytes` in all; of several, `path` is a pattern. */
export function dataFiles(kind: DataKind, megabytes: number, files: number): DataFile {
  const one = dataFile(kind, megabytes / files);
  if (files === 1) return one;
  const copies = join(folder, `${kind}-${megabytes}-in-${files}`);
  mkdirSync(copies, { recursive: true });
  for (let file = 0; file < files; file++) {
    const path = join(copies, `node-${String.fromCharCode(0x61 + file)}.log`);
    if (!existsSync(path)) copyFileSync(one.path, path);
  }
  return { path: join(copies, '*.log'), bytes: one.bytes * files, lines: one.lines * files };
}

function write(kind: DataKind, wantedBytes: number, path: string): { bytes: number; lines: number } {
  const events = new AuditEvents({ seed: 7, startMs: Date.UTC(2026, 0, 1), eventsPerSecond: 5000 });
  const file = openSync(path, 'w');
  let bytes = 0;
  let records = 0;
  while (bytes < wantedBytes) {
    let text = '';
    for (let i = 0; i < 1000; i++) text += forms[kind](events, records++);
    bytes += writeSync(file, text);
  }
  closeSync(file);
  return { bytes, lines: kind === 'multiline' ? records * 3 : records };
}

const forms: Record<DataKind, (events: AuditEvents, index: number) => string> = {
  audit: (events) => `${events.next()}\n`,
  cri: (events) => `2026-01-01T00:00:00.000000001Z stdout F ${events.next()}\n`,
  nginx: (_events, index) =>
    `10.0.${index % 250}.7 - - [01/Jan/2026:00:00:00 +0000] "GET /api/v1/pods?limit=${index % 500} HTTP/1.1" 200 ${index % 9000} "-" "kubectl/v1.34.1 (linux/amd64)"\n`,
  logfmt: (_events, index) =>
    `ts=2026-01-01T00:00:00Z level=info caller=main.go:${index % 500} msg="request done" method=GET path=/api/v1/pods status=200 duration=${index % 90}ms\n`,
  multiline: (_events, index) =>
    `2026-01-01T00:00:00Z ERROR request ${index} failed\n  at handler (server.go:42)\n  at main (main.go:7)\n`,
};
