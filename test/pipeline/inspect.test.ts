import { expect, it } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { buildStages } from '../../src/pipeline/build-stages.js';
import { inspectStages } from '../../src/pipeline/inspect.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { entriesOf } from '../support/entries.js';
import { recordedLog } from '../support/recorded-log.js';
import { decodeStages } from '../support/stages.js';

/** What is written about one line, block by block. */
async function inspected(yaml: string, line: string, labels: Record<string, string> = {}): Promise<string[]> {
  const { configs, problems } = decodeStages(yaml);
  problems.throwIfAny();
  const blocks: string[] = [];
  const observe = inspectStages(
    (text) => blocks.push(text),
    (_, text) => text,
  );
  const { log } = recordedLog();
  const deps = {
    log,
    metrics: undefined as never,
    now: () => 0,
    signal: new AbortController().signal,
    isTrial: false,
    sendersWait: false,
  };
  const out: Entry[] = [];
  const pipeline = new Pipeline(
    buildStages(configs, deps, observe),
    { push: (entries) => void out.push(...entries) },
    () => 0,
  );
  const { entries } = entriesOf([line], labels);
  for (const entry of entries) Object.assign(entry, { seconds: 1_700_000_000, nanos: 120_000_000 });
  await pipeline.push(entries);
  await pipeline.close();
  return blocks;
}

const stages = `
- regex: {expression: '^(?P<first>\\w+) (?P<rest>.*)$'}
- template: {source: new, template: '{{ .first | ToUpper }}'}
- labels: {first: , nn: new}
- labeldrop: [a]
- replace: {expression: '(\\d+)', replace: 'N'}
- timestamp: {source: first, format: Unix}
- static_labels: {s: t, first: over}
- tenant: {value: ten}
- match:
    selector: '{s="t"}'
    stages:
    - output: {source: rest}
    - labelallow: [s]
- logfmt: {mapping: {k: , zz: }}
- output: {source: nope}
`;

/** As Promtail wrote it for the same stages and line. */
it('tells what each stage changed, in Promtail’s form', async () => {
  const blocks = await inspected(stages, '123 é "q" k="a b"', { __path__: '/x', a: 'b', empty: '' });
  expect(blocks).toEqual([
    `[inspect: regex stage]: 
{stages.Entry}.Extracted["first"]:
\t+: 123
{stages.Entry}.Extracted["rest"]:
\t+: é "q" k="a b"
`,
    `[inspect: template stage]: 
{stages.Entry}.Extracted["new"]:
\t+: 123
`,
    `[inspect: labels stage]: 
{stages.Entry}.Entry.Labels:
\t-: {__path__="/x", a="b", empty=""}
\t+: {__path__="/x", a="b", empty="", first="123", nn="123"}
`,
    `[inspect: labeldrop stage]: 
{stages.Entry}.Entry.Labels:
\t-: {__path__="/x", a="b", empty="", first="123", nn="123"}
\t+: {__path__="/x", empty="", first="123", nn="123"}
`,
    `[inspect: replace stage]: 
{stages.Entry}.Entry.Entry.Line:
\t-: 123 é "q" k="a b"
\t+: N é "q" k="a b"
`,
    `[inspect: timestamp stage]: 
{stages.Entry}.Entry.Entry.Timestamp:
\t-: 2023-11-14 22:13:20.12 +0000 UTC
\t+: 1970-01-01 00:02:03 +0000 UTC
`,
    `[inspect: static_labels stage]: 
{stages.Entry}.Entry.Labels:
\t-: {__path__="/x", empty="", first="123", nn="123"}
\t+: {__path__="/x", empty="", first="over", nn="123", s="t"}
`,
    `[inspect: tenant stage]: 
{stages.Entry}.Entry.Labels:
\t-: {__path__="/x", empty="", first="over", nn="123", s="t"}
\t+: {__path__="/x", __tenant_id__="ten", empty="", first="over", nn="123", s="t"}
`,
    `[inspect: output stage]: 
{stages.Entry}.Entry.Entry.Line:
\t-: N é "q" k="a b"
\t+: é "q" k="a b"
`,
    `[inspect: labelallow stage]: 
{stages.Entry}.Entry.Labels:
\t-: {__path__="/x", __tenant_id__="ten", empty="", first="over", nn="123", s="t"}
\t+: {s="t"}
`,
    '[inspect: logfmt stage]: none\n',
    '[inspect: output stage]: none\n',
  ]);
});

it('is silent about stages that Promtail does not inspect', async () => {
  expect(
    await inspected('- multiline: {firstline: nope}\n- decolorize:\n- pack: {labels: [a]}\n', 'x'),
  ).toEqual([]);
});
