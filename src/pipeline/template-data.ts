import type { Extracted } from '../entry/extracted.js';
import { TemplateExecError } from '../go/template/errors.js';
import type { Template } from '../go/template/template.js';
import type { Value } from '../go/template/values.js';
import { toText } from './extracted-text.js';

/** Puts everything extracted into a template's data, as text; what is nil stays out. */
export function addExtracted(data: Map<string, Value> | Map<string, string>, extracted: Extracted): void {
  for (const [name, value] of extracted.entries()) {
    const text = toText(value);
    if (text !== undefined) data.set(name, text);
  }
}

/** What the template makes of the data; undefined when it fails, which leaves a stage without effect. */
export function fillTemplate(template: Template, data: Value): string | undefined {
  try {
    return template.execute(data);
  } catch (error) {
    if (error instanceof TemplateExecError) return undefined;
    throw error;
  }
}
