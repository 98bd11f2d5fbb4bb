/**
 * How fast fields come out of audit lines: `npx tsx test/bench/json-fields.ts`. The lines are the ten events of
 * test/fixtures, with user and time varied.
 *
 * Node 24, one core of two, otherwise idle: scan 1,050 MB/s (1.0 µs a line), parseJson 235 MB/s (4.4 µs), JSON.parse
 * alone 330 MB/s (3.1 µs). The same scan in JavaScript ran at 710 MB/s.
 */
import { readFileSync } from 'node:fs';
import { JsonFieldScanner } from '../../src/go/json/field-scanner.js';
import { parseJson } from '../../src/go/json/parse.js';

const fields = [
  'level',
  'verb',
  'user.username',
  'objectRef.resource',
  'objectRef.namespace',
  'responseStatus.code',
  'stageTimestamp',
].map((path) => path.split('.'));

const lineCount = 10_000;
const chunk = Buffer.from(auditLines());
const ends = lineEnds(chunk);

measure('scan of the bytes', () => {
  const scanner = new JsonFieldScanner(fields);
  let start = 0;
  for (const end of ends) {
    if (!scanner.scan(chunk, start, end)) {
      throw new Error(`not scanned: ${chunk.toString('utf8', start, end)}`);
    }
    start = end + 1;
  }
});
measure('text and parseJson', () => {
  let start = 0;
  for (const end of ends) {
    if (parseJson(chunk.toString('utf8', start, end)) === undefined) {
      throw new Error('malformed');
    }
    start = end + 1;
  }
});
measure('text and JSON.parse', () => {
  let start = 0;
  for (const end of ends) {
    JSON.parse(chunk.toString('utf8', start, end));
    start = end + 1;
  }
});

function auditLines(): string {
  const events = readFileSync(new URL('../fixtures/audit-events.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  const lines: string[] = [];
  for (let index = 0; index < lineCount; index++) {
    const varied = events[index % events.length]!.replaceAll(
      'dana@example.org',
      `user-${index % 50}@example.org`,
    ).replace(/("stageTimestamp":"[^.]*)\.\d*/, `$1.${String(index).padStart(6, '0')}`);
    lines.push(varied);
  }
  return `${lines.join('\n')}\n`;
}

function lineEnds(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    found.push(at);
  }
  return found;
}

function measure(name: string, run: () => void): void {
  const times: number[] = [];
  for (let round = 0; round < 25; round++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1]!;
  const megabytes = chunk.length / 1e6;
  console.log(
    `${name}: ${(megabytes / (median / 1000)).toFixed(0)} MB/s, ${((median * 1000) / lineCount).toFixed(2)} µs a line of ${Math.round(chunk.length / lineCount)} bytes (best ${(megabytes / (times[0]! / 1000)).toFixed(0)} MB/s)`,
  );
}
