import { compileTemplates, type Run } from './compile.js';
import { TemplateExecError } from './errors.js';
import type { FunctionTable } from './functions.js';
import { mainTemplate, parseTemplates } from './parser.js';
import { templateFunctions } from './template-functions.js';
import type { Value } from './values.js';

/** A parsed Go template, ready to be carried out any number of times. */
export class Template {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** The text for `data`, which is what `.` stands for. Throws a TemplateExecError. */
  execute(data: Value): string {
    const output = { text: '' };
    try {
      this.#run(output, data);
    } catch (error) {
      // As in Go, whatever goes wrong in a function, or too deep a recursion, ends this run only.
      throw new TemplateExecError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    return output.text;
  }
}

/** Reads a template with Go's builtins, sprig's functions and the agent's own. Throws a TemplateSyntaxError. */
export function parseTemplate(text: string, functions: FunctionTable = machineFunctions()): Template {
  const templates = parseTemplates(text, (name) => Object.hasOwn(functions, name));
  return new Template(compileTemplates(templates, functions).get(mainTemplate)!);
}

function machineFunctions(): FunctionTable {
  return templateFunctions({ environment: process.env, now: Date.now });
}
