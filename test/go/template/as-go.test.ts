import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { encodeText } from '../../../src/entry/text.js';
import { TemplateExecError, TemplateSyntaxError } from '../../../src/go/template/errors.js';
import { parseTemplate } from '../../../src/go/template/template.js';
import { List, type Value } from '../../../src/go/template/values.js';

type Outcome = { text: string } | { base64: string } | { error: 'parse' | 'exec' };

/** Templates and what Go 1.26 with sprig 3.3 made of them, all with the same data. */
const recorded: { data: unknown; templates: [string, Outcome][] } = JSON.parse(
  readFileSync(new URL('../fixtures/go-templates.json', import.meta.url), 'utf8'),
);
const data = toValue(recorded.data);

beforeAll(() => {
  process.env.TZ = 'UTC';
});

it.each(recorded.templates)('%s', (template, outcome) => {
  expect(outcomeOf(template)).toEqual('text' in outcome ? toBase64(outcome.text) : outcome);
});

function outcomeOf(template: string): Outcome {
  try {
    return toBase64(parseTemplate(template).execute(data));
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return { error: 'parse' };
    expect(error).toBeInstanceOf(TemplateExecError);
    return { error: 'exec' };
  }
}

function toBase64(text: string): { base64: string } {
  return { base64: encodeText(text).toString('base64') };
}

function toValue(json: unknown): Value {
  if (Array.isArray(json)) return new List(json.map(toValue));
  if (typeof json !== 'object' || json === null) return json as Value;
  return new Map(Object.entries(json).map(([key, value]) => [key, toValue(value)]));
}
