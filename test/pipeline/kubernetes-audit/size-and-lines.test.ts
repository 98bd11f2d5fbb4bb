import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditLines, auditOne, metadataOf } from '../../support/audit-stage.js';

const limit = 262_144;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface CutEvent {
  readonly [key: string]: unknown;
  readonly requestURI: string;
  readonly auditID: string;
  readonly auditail: { readonly cut: string[]; readonly length: number; readonly sha256: string };
}

async function cut(parts: Record<string, unknown>, options: object = {}) {
  const line = auditEvent(parts);
  const { entry, metadata, series } = await auditOne(line, options);
  return { line, entry, metadata, series, event: JSON.parse(entry.line.text) as CutEvent };
}

describe('a line over the limit', () => {
  it('loses its response first, and tells so', async () => {
    const { line, event, entry, metadata, series } = await cut({
      requestObject: { kept: true },
      responseObject: { items: ['x'.repeat(limit)] },
    });
    expect(event).toMatchObject({ requestObject: { kept: true }, verb: 'list' });
    expect(event).not.toHaveProperty('responseObject');
    expect(event.auditail).toEqual({
      cut: ['responseObject'],
      length: Buffer.byteLength(line),
      sha256: sha256(line),
    });
    expect(entry.line.byteLength).toBeLessThanOrEqual(limit);
    expect(metadata.cut).toBe('responseObject');
    expect(series).toMatchObject({ 'clipped_total{part="responseObject"}': 1 });
  });

  it('stays as it is at the limit exactly', async () => {
    const empty = auditEvent({ userAgent: '' });
    const fits = auditEvent({ userAgent: 'x'.repeat(limit - empty.length) });
    expect(fits.length).toBe(limit);
    expect((await auditOne(fits)).entry.line.text).toBe(fits);
    const over = auditEvent({ userAgent: 'x'.repeat(limit - empty.length + 1) });
    expect((await auditOne(over)).entry.line.byteLength).toBeLessThanOrEqual(limit);
  });

  it('loses both bodies, then the end of the URL, the agent and the id', async () => {
    const { event, entry } = await cut({
      auditID: 'i'.repeat(limit),
      requestURI: `/api?${'ü'.repeat(limit)}`,
      userAgent: 'a'.repeat(limit),
      requestObject: { a: 'x'.repeat(limit) },
      responseObject: { a: 'x'.repeat(limit) },
    });
    expect(event.auditail.cut).toEqual([
      'responseObject',
      'requestObject',
      'requestURI',
      'userAgent',
      'auditID',
    ]);
    expect(entry.line.byteLength).toBeLessThanOrEqual(limit);
    expect(entry.line.byteLength).toBeGreaterThan(limit - 64);
    expect(event.requestURI).toMatch(/^\/api\?ü+$/);
    expect(event).toMatchObject({ verb: 'list', user: { username: 'dana@example.org' } });
  });

  it.each(['ü', '€', '😀', '\\', '"', '&', '\n', 'x'])('is cut between characters: %j', async (character) => {
    for (let pad = 0; pad < 7; pad++) {
      const requestURI = `/${'p'.repeat(pad)}${character.repeat(3000)}`;
      const { event, entry } = await cut({ requestURI }, { max_line_size: '2KB' });
      expect(requestURI.startsWith(event.requestURI)).toBe(true);
      expect(entry.line.byteLength).toBeLessThanOrEqual(2048);
    }
  });

  it('loses what is largest if that is not enough', async () => {
    const groups = Array.from({ length: 60_000 }, (_, index) => `group-${index}`);
    const { event, entry } = await cut({
      user: { username: 'dana', groups },
      annotations: { a: 'b'.repeat(limit) },
    });
    expect(event.auditail.cut).toEqual(['user', 'annotations']);
    expect(event).toMatchObject({ verb: 'list', stage: 'ResponseComplete' });
    expect(entry.line.byteLength).toBeLessThanOrEqual(limit);
  });

  it('is cut as much as it takes when somebody forges parts', async () => {
    const parts = Object.fromEntries(Array.from({ length: 40_000 }, (_, index) => [`part-${index}`, index]));
    const { event, entry } = await cut(parts, { max_line_size: '4KB' });
    expect(entry.line.byteLength).toBeLessThanOrEqual(4096);
    expect(event.auditail.cut.length).toBeLessThanOrEqual(16);
  });

  it('is redacted where it stays', async () => {
    const { entry } = await cut({
      objectRef: { resource: 'secrets' },
      requestObject: { data: { a: 'hunter2' } },
      responseObject: { data: { a: 'hunter2'.repeat(limit) } },
    });
    expect(entry.line.text).not.toContain('hunter2');
    expect(metadataOf(entry)).toMatchObject({ cut: 'responseObject', redacted: '1' });
  });

  it('is cut when redaction makes it too long', async () => {
    const data = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 'a']));
    const { entry } = await cut(
      { objectRef: { resource: 'secrets' }, requestObject: { data } },
      { max_line_size: '3KB' },
    );
    expect(metadataOf(entry)).toMatchObject({ cut: 'requestObject', redacted: '200' });
    expect(entry.line.byteLength).toBeLessThanOrEqual(3072);
  });
});

describe('a line that is no event', () => {
  it.each([
    ['not_json', 'I0302 08:15:04.1 main.go:1] started'],
    ['not_json', ''],
    ['not_event', '{"level":"info","msg":"started"}'],
    ['not_event', '[]'],
    [
      'legacy',
      '2026-03-02T08:15:04.120300000Z AUDIT: id="5b0a" stage="RequestReceived" ip="10.32.4.17" method="list" user="dana"',
    ],
    ['truncated', `${auditLines[0]!.slice(0, 500)}[Truncated...]`],
    ['torn', auditLines[4]!.slice(0, 300)],
  ])('%s is shipped as it is, and marked', async (reason, line) => {
    const { entry, metadata, series } = await auditOne(line);
    expect(entry.line.text).toBe(line);
    expect(metadata).toMatchObject({ unparsed: line === '[]' ? 'not_json' : reason, severity: 'warn' });
    expect(series).toMatchObject({ [`unparsed_total{reason="${line === '[]' ? 'not_json' : reason}"}`]: 1 });
  });

  it.each([
    [
      'secret',
      auditEvent({ objectRef: { resource: 'secrets' }, requestObject: { data: { a: 'hunter2' } } }).slice(
        0,
        -220,
      ),
    ],
    ['secret', '{"kind":"Secret","data":{"a":"hunter2"}}'],
    ['secret', 'Authorization: Bearer hunter2'],
    ['secret', '{"log":"{\\"objectRef\\":{\\"resource\\":\\"secrets\\"},\\"data\\":\\"hunter2\\"}"}'],
    ['secret', '{"log":"{\\"kind\\":\\"Secret\\",\\"data\\":{\\"a\\":\\"hunter2\\"}}"}'],
    ['secret', '{"resource":"oauthaccesstokens","metadata":{"name":"hunter2"'],
    ['secret', '{"kubectl.kubernetes.io/last-applied-configuration":"hunter2"'],
    ['secret', '{"patch.webhook.admission.k8s.io/round_0_index_0":"hunter2"'],
    ['secret', '{"requestURI":"/api?sig=hunter2'],
    ['secret', '{"requestURI":"/api?X-Amz-Credential=hunter2'],
    ['secret', '{"requestURI":"/api?t%6fken=hunter2'],
    ['secret', '{"kubectl.kubernetes.io/last\\u002dapplied\\u002dconfiguration":"hunter2"'],
    ['too_big', `hunter2${'x'.repeat(limit)}`],
    ['too_big', `{"a":"hunter2${'x'.repeat(limit)}"}`],
  ])('stays on the host when it may do harm: %s', async (danger, line) => {
    const { entry, metadata, series } = await auditOne(line);
    expect(JSON.parse(entry.line.text)).toEqual({
      kind: 'Quarantined',
      apiVersion: 'auditail.io/v1',
      reason: danger,
      length: line.length,
      sha256: sha256(line),
    });
    expect(metadata.quarantined).toBe(danger);
    expect(series).toMatchObject({ [`quarantined_total{reason="${danger}"}`]: 1 });
  });

  it('is shipped with what looks like a secret once no rule looks for secrets', async () => {
    const off = { objects: false, urls: false, patterns: false };
    const line = 'Authorization: Bearer hunter2';
    const { metadata } = await auditOne(line, { redact: off });
    expect(metadata.quarantined).toBe('secret');
    const { entry } = await auditOne(line, { redact: { ...off, copies: false } });
    expect(entry.line.text).toBe(line);
  });

  it('takes the time of the event before it', () => {
    const { out } = new AuditPipeline().push([auditLines[0]!, 'no event']);
    expect([out[1]!.seconds, out[1]!.nanos]).toEqual([out[0]!.seconds, out[0]!.nanos]);
  });

  it('is kept in a file for those who may read it, up to a size', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'audit-')), 'quarantine.jsonl');
    const pipeline = new AuditPipeline({ quarantine: { file, max_size: '200B' } });
    pipeline.push(['password 1', 'password 2', 'password 3']);
    const kept = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(kept).toEqual([{ reason: 'secret', sha256: sha256('password 1'), line: 'password 1' }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is not dropped when the file cannot be written', async () => {
    const { entry } = await auditOne('password', { quarantine: { file: '/nonexistent/directory/file' } });
    expect(entry.line.text).toContain('Quarantined');
  });
});

describe('an event behind a piece of another', () => {
  const piece = auditLines[0]!.slice(0, 400);
  const { out, settled } = new AuditPipeline().push([piece + auditLines[1]!]);

  it('is found, and the piece is an entry of its own', () => {
    expect(out.map(({ line }) => line.text)).toEqual([piece, auditLines[1]]);
    expect(out[1]!.labels.get('user')).toBe('dana@example.org');
    expect(metadataOf(out[0]!).unparsed).toBe('torn');
  });

  it('settles the line once both are settled', () => {
    out[0]!.ack.done(out[0]!.lines);
    expect(settled()).toBe(0);
    out[1]!.ack.done(out[1]!.lines);
    expect(settled()).toBe(2);
  });

  it('is not looked for within a text or a body', async () => {
    const line = auditEvent({
      requestObject: { spec: JSON.parse(auditLines[0]!) as object, text: auditLines[0] },
    });
    expect((await auditOne(line)).entry.line.text).toBe(line);
  });
});

describe('what could hide a part from the rules', () => {
  const body = '"requestObject":{"data":{"a":"hunter2"}}';
  it.each([
    [
      'a key twice',
      auditEvent({ objectRef: { resource: 'secrets' } }).replace(
        '"annotations"',
        `${body},${body},"annotations"`,
      ),
    ],
    [
      'a key within with escapes',
      auditEvent({ objectRef: { resource: 'secrets' }, requestObject: { data: { a: 'hunter2' } } }).replace(
        '"resource"',
        '"r\\u0065source"',
      ),
    ],
    [
      'a key with escapes',
      auditEvent({ objectRef: { resource: 'secrets' } }).replace(
        '"annotations"',
        `${body.replace('request', '\\u0072equest')},"annotations"`,
      ),
    ],
  ])('%s makes the line no event', async (_name, line) => {
    const { entry, metadata } = await auditOne(line);
    expect(entry.line.text).not.toContain('hunter2');
    expect(metadata.quarantined).toBe('secret');
  });
});
