import fc from 'fast-check';

/** Names that stages set and read, so that one often finds what another has left. */
const name = fc.constantFrom('a', 'b', 'msg', 'level', 'app', 'time', 'stream', 'content', 'tags', 'flags');
const regexp = fc.constantFrom(
  '^(?P<level>\\w+) (?P<msg>.*)$',
  '(?P<a>\\d+)(?:-(?P<b>\\d+))?',
  '^\\s',
  'a|b',
  '(.)(?P<msg>.?)',
  '^$',
);
const template = fc.constantFrom(
  '{{ .Value }}',
  '{{ .a }}/{{ .Entry }}',
  '{{ ToUpper .Value }}',
  '{{ if .b }}{{ .b }}{{ end }}',
  '{{ index .a 3 }}',
  '',
);
const labelsOf = fc.dictionary(name, fc.option(name), { minKeys: 1, maxKeys: 3 });
const selector = fc.constantFrom(
  '{app="web"}',
  '{app=~".+"} |= "a"',
  '{level!="x"} !~ "^\\\\{"',
  '{stream=""}',
);
const source = fc.option(name, { nil: undefined });

const stage = fc.letrec((tie) => ({
  stage: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ regex: record({ expression: regexp, source }) }),
    fc.record({
      json: record({
        expressions: fc.dictionary(name, fc.constantFrom('a', 'b.c', 'keys(b)', 'log', 'sum(a)', '@'), {
          minKeys: 1,
          maxKeys: 3,
        }),
        source,
        drop_malformed: fc.boolean(),
      }),
    }),
    fc.record({ logfmt: record({ mapping: labelsOf, source }) }),
    fc.record({ replace: record({ expression: regexp, replace: template, source }) }),
    fc.record({ template: record({ source: name, template }) }),
    fc.record({ cri: record({ max_partial_lines: fc.constantFrom(1, 2, 100) }) }),
    fc.record({ docker: fc.constant({}) }),
    fc.record({ decolorize: fc.constant({}) }),
    fc.record({
      multiline: record({
        firstline: regexp,
        max_lines: fc.constantFrom(0, 1, 3, 128),
        max_wait_time: fc.constant('1h'),
      }),
    }),
    fc.record({ eventlogmessage: record({ source: name, overwrite_existing: fc.boolean() }) }),
    fc.record({ pack: record({ labels: fc.array(name), ingest_timestamp: fc.constant(false) }) }),
    fc.record({
      timestamp: record({
        source: name,
        format: fc.constantFrom('RFC3339', 'Unix', '2006-01-02'),
        action_on_failure: fc.constantFrom('fudge', 'skip'),
      }),
    }),
    fc.record({ output: record({ source: name }) }),
    fc.record({ labels: labelsOf }),
    fc.record({ structured_metadata: labelsOf }),
    fc.record({ static_labels: fc.dictionary(name, fc.constantFrom('x', 'web', 'P', '')) }),
    fc.record({ labeldrop: fc.array(name, { minLength: 1 }) }),
    fc.record({ labelallow: fc.array(name, { minLength: 1 }) }),
    fc.record({ tenant: record({ source: name }) }),
    fc.record({
      metrics: fc.record({
        m: record({
          type: fc.constant('gauge'),
          source: name,
          config: fc.record({ action: fc.constantFrom('inc', 'add', 'sub') }),
        }),
      }),
    }),
    fc.record({ drop: record({ expression: regexp, source }) }),
    fc.record({ drop: record({ longer_than: fc.constantFrom('10', '1kb') }) }),
    fc.record({ sampling: record({ rate: fc.constantFrom(0, 1) }) }),
    fc.record({
      limit: record({ rate: fc.constant(1e-9), burst: fc.constantFrom(1, 5), drop: fc.constant(true) }),
    }),
    fc.record({ match: record({ selector, action: fc.constant('drop') }) }),
    fc.record({
      match: record({ selector, stages: fc.array(tie('stage'), { minLength: 1, maxLength: 3 }) }),
    }),
  ),
})).stage;

/** `pipeline_stages` of any kinds, in any order, without those that go by the clock or by chance. */
export const pipelineStages: fc.Arbitrary<unknown[]> = fc.array(stage, { minLength: 1, maxLength: 6 });

/** Lines of the kinds that stages read, and lines that are almost that. */
export const logLine: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .record({
      a: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
      b: fc.object({ maxDepth: 1 }),
      log: fc.string(),
    })
    .map((value) => Buffer.from(JSON.stringify(value))),
  fc
    .tuple(fc.constantFrom('P', 'F', 'P:x'), fc.constantFrom('stdout', 'stderr'), fc.string())
    .map(([flag, stream, text]) =>
      Buffer.from(`2024-05-01T10:00:00.1Z ${stream} ${flag} ${text.replaceAll('\n', '')}`),
    ),
  fc.tuple(name, fc.string()).map(([key, value]) => Buffer.from(`${key}=${JSON.stringify(value)} app=web`)),
  fc
    .constantFrom('INFO 12-34 started', 'a: 1\r\nb: 2', '\x1b[31mred\x1b[0m', '', ' at a.b(c)')
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
);

/** A map whose undefined values are left out. */
function record<T extends Record<string, fc.Arbitrary<unknown>>>(fields: T): fc.Arbitrary<object> {
  return fc.record(fields).map((value) => JSON.parse(JSON.stringify(value)) as object);
}
