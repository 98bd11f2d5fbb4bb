import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditLines } from '../support/audit-stage.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 300);

const text = fc.string({ unit: 'binary', maxLength: 20 });
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
/** A body of any shape, now and then with the keys and kinds that rules look for. */
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { maxDepth: 4 },
    json,
    fc.array(tie('body'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom('kind', 'data', 'stringData', 'token', 'metadata', 'items', 'op', 'path', 'value'),
        text,
      ),
      fc.oneof(fc.constantFrom('Secret', 'SecretList', 'TokenReview', '/data/a', ''), tie('body')),
      { maxKeys: 5 },
    ),
  ),
}));
const event = fc
  .record(
    {
      level: fc.constantFrom('Metadata', 'Request', 'RequestResponse'),
      auditID: text,
      stage: fc.constantFrom('RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic', 'New'),
      requestURI: fc.oneof(text, fc.webUrl({ withQueryParameters: true })),
      verb: fc.oneof(fc.constantFrom('get', 'list', 'watch', 'create'), text),
      user: fc.record({ username: text, groups: fc.array(text) }, { requiredKeys: [] }),
      sourceIPs: fc.oneof(fc.array(text), fc.constant(null)),
      userAgent: text,
      objectRef: fc.record(
        { resource: fc.constantFrom('pods', 'configmaps'), name: text },
        { requiredKeys: [] },
      ),
      responseStatus: fc.record(
        { code: fc.oneof(fc.integer(), fc.constantFrom(200, 403)), message: text },
        { requiredKeys: [] },
      ),
      requestObject: body,
      responseObject: body,
      requestReceivedTimestamp: fc.oneof(fc.constant('2026-03-02T08:15:04.120300Z'), text, fc.constant(null)),
      stageTimestamp: fc.oneof(fc.constant('2026-03-02T08:15:04.220300Z'), text),
      annotations: fc.oneof(fc.dictionary(text, text), json),
    },
    { requiredKeys: ['auditID', 'stage', 'verb'] },
  )
  .map((parts) => auditEvent(parts));

/** A line with bytes changed, taken out or doubled. */
const damaged = fc
  .tuple(
    fc.oneof(event, fc.constantFrom(...auditLines)),
    fc.nat(),
    fc.nat(60),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  .map(([line, at, length, put]) => {
    const start = at % (line.length + 1);
    return (line.slice(0, start) + put + line.slice(start + length)).replaceAll('\n', ' ');
  });

const options = fc.constantFrom<object>(
  {},
  { max_line_size: '1KB' },
  { labels: 'lean', max_streams: 3, redact: { secret_keys: true } },
  { drop_stages: ['RequestReceived', 'ResponseStarted'], max_line_size: '2KB' },
);

/** The shape of a value: all of it but what its texts and numbers say. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

it('ships events as they are, byte for byte, or as JSON of the same shape', () => {
  fc.assert(
    fc.property(event, (line) => {
      const [entry] = new AuditPipeline().push([line]).out;
      const shipped = entry!.line.text;
      const names = (entry!.metadata?.pairs() ?? []).map(([name]) => name);
      if (names.includes('redacted')) expect(shapeOf(JSON.parse(shipped))).toEqual(shapeOf(JSON.parse(line)));
      else expect(shipped).toBe(line);
    }),
    { numRuns },
  );
});

it('leaves nothing of what stands under data and stringData of secrets', () => {
  const marked = fc.dictionary(
    text,
    fc.oneof(
      fc.constant('hunter2'),
      fc.array(fc.constant('hunter2')),
      fc.dictionary(text, fc.constant('hunter2')),
    ),
  );
  const secret = fc.record(
    { metadata: json, data: marked, stringData: marked, kind: fc.constantFrom('Secret', 'Other') },
    { requiredKeys: [] },
  );
  const anySecret = fc.oneof(
    secret,
    fc.record({ items: fc.array(secret) }),
    fc.array(secret.map((value) => ({ op: 'add', path: '', value }))),
  );
  fc.assert(
    fc.property(anySecret, anySecret, (requestObject, responseObject) => {
      const line = auditEvent({ objectRef: { resource: 'secrets' }, requestObject, responseObject });
      const [entry] = new AuditPipeline().push([line]).out;
      const keys = JSON.stringify(entry!.line.text).includes('hunter2');
      expect(keys).toBe(false);
      expect(shapeOf(JSON.parse(entry!.line.text))).toEqual(shapeOf(JSON.parse(line)));
    }),
    { numRuns },
  );
});

it('makes an entry of every line, or drops and counts it; never throws, never ships a line over the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(event, damaged, fc.string({ unit: 'binary' })), { maxLength: 6 }),
      options,
      (lines, stage) => {
        const pipeline = new AuditPipeline(stage);
        const oneLine = lines.map((line) => line.replaceAll('\n', ' '));
        const { out, settled } = pipeline.push(oneLine);
        const all = [...out, ...pipeline.flush(Number.POSITIVE_INFINITY)];
        for (const entry of all) {
          const limit =
            { '1KB': 1024, '2KB': 2048 }[(stage as { max_line_size?: string }).max_line_size ?? ''] ??
            262_144;
          expect(entry.line.byteLength).toBeLessThanOrEqual(limit);
          for (const [name, value] of entry.metadata?.pairs() ?? []) {
            expect(value.isWellFormed() && name !== '').toBe(true);
            expect(Buffer.byteLength(value)).toBeLessThanOrEqual(256);
          }
          entry.ack.done(entry.lines);
        }
        // Of a torn line come two entries, each of which stands for it; all else comes out once.
        expect(settled()).toBeGreaterThanOrEqual(oneLine.length);
        expect(all.length + pipeline.dropped).toBeGreaterThanOrEqual(oneLine.length);
      },
    ),
    { numRuns },
  );
});
