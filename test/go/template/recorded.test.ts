import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { TemplateExecError } from '../../../src/go/template/errors.js';
import { parseTemplate } from '../../../src/go/template/template.js';

/** One line through template stages, as Promtail took it: what it then found under `source` became the line. */
interface Recorded {
  readonly name: string;
  readonly data: Record<string, string>;
  readonly line: string;
  readonly steps: { readonly source: string; readonly template: string }[];
  readonly source: string;
  readonly expected: string;
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('../fixtures/templates.json', import.meta.url), 'utf8'),
);

beforeAll(() => {
  process.env.TZ = 'UTC';
});

it.each(recorded)('$name: $line', ({ data, line, steps, source, expected }) => {
  const extracted = new Map(Object.entries(data));
  for (const step of steps) runStage(extracted, line, step);
  expect(extracted.get(source) ?? line).toBe(expected);
});

function runStage(extracted: Map<string, string>, line: string, step: Recorded['steps'][number]): void {
  const template = parseTemplate(step.template);
  const data = new Map(extracted);
  if (data.has(step.source)) data.set('Value', data.get(step.source)!);
  data.set('Entry', line);
  try {
    const text = template.execute(data);
    if (text === '') extracted.delete(step.source);
    else extracted.set(step.source, text);
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateExecError);
  }
}
