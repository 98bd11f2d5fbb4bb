import { describe, expect, it } from 'vitest';
import { TemplateExecError, TemplateSyntaxError } from '../../../src/go/template/errors.js';
import { parseTemplate } from '../../../src/go/template/template.js';
import type { Value } from '../../../src/go/template/values.js';

function render(template: string, data: Record<string, Value> = {}): string {
  return parseTemplate(template).execute(new Map(Object.entries(data)));
}

describe('parseTemplate refuses', () => {
  it.each([
    ['{{ nosuch .Value }}', 'line 1: function "nosuch" is not defined'],
    ['{{ tolower .Value }}', 'line 1: function "tolower" is not defined'],
    ['a\n{{ .Value ', 'line 2: unclosed action'],
    ['{{ if .Value }}x', 'line 1: if without end'],
    ['x{{ end }}', 'line 1: unexpected end'],
    ['x{{ else }}', 'line 1: unexpected else'],
    ['{{ $x }}', 'line 1: undefined variable $x'],
    ['{{ .a-b }}', 'line 1: unexpected "-" after .a'],
    ['{{ }}', 'line 1: missing value for command'],
    ['{{ break }}', 'line 1: break outside range'],
    ['{{ "x }}', 'line 1: unterminated string'],
    ['{{ `x }}', 'line 1: unterminated raw string'],
    ["{{ 'ab' }}", "line 1: bad number 'ab'"],
    ['{{ "\\q" }}', 'line 1: bad string "\\q"'],
    ['{{ (print 1 }}', 'line 1: unclosed parenthesis'],
    ['{{ print 1) }}', 'line 1: unexpected )'],
    ['{{ 1 | 2 }}', 'line 1: only the first command of a pipeline may be a value'],
    ['{{/* a }}', 'line 1: unclosed comment'],
    ['{{/* a */ 1 }}', 'line 1: a comment has to be the whole action'],
    ['{{ template x }}', 'line 1: unexpected "x" in template clause'],
    ['{{ define "a" }}1{{ end }}{{ define "a" }}2{{ end }}', 'line 1: template "a" is defined twice'],
    ['{{ range $a, 1 }}{{ end }}', 'line 1: unexpected "1" in declaration'],
    ['{{ if 1 }}{{ else with 1 }}{{ end }}', 'line 1: unexpected "with" in else of if'],
    ['{{ 1.x }}', 'line 1: bad number 1.x'],
    ['{{ true.x }}', 'line 1: unexpected .x after a value'],
    ['{{ 99999999999999999999 }}', 'line 1: bad number 99999999999999999999'],
  ])('%s', (template, problem) => {
    expect(() => parseTemplate(template)).toThrow(new TemplateSyntaxError(problem));
  });
});

describe('execute', () => {
  it('leaves nothing of a run that failed', () => {
    const template = parseTemplate('{{ .a }}{{ index .a 9 }}');
    expect(() => template.execute(new Map([['a', 'x']]))).toThrow(TemplateExecError);
    expect(() => template.execute(new Map([['a', 'x']]))).toThrow('index out of range: 9');
  });

  it('keeps variables apart between runs', () => {
    const template = parseTemplate('{{ $n := .a }}{{ range 2 }}{{ $n = print $n "!" }}{{ end }}{{ $n }}');
    expect(template.execute(new Map([['a', 'x']]))).toBe('x!!');
    expect(template.execute(new Map([['a', 'y']]))).toBe('y!!');
  });

  it('ends too deep a recursion with an error', () => {
    expect(() => render('{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}')).toThrow(
      TemplateExecError,
    );
  });

  it('keeps bytes that are not valid UTF-8', () => {
    expect(render('{{ .a }}{{ ToUpper .a }}{{ len .a }}', { a: 'é\udcc3x' })).toBe('é\udcc3xÉ\ufffdX4');
    expect(render('{{ "\\xc3" }}{{ printf "%q" "\\xff" }}')).toBe('\udcc3"\\xff"');
  });

  it('takes a name of an object of JavaScript for nothing special', () => {
    expect(render('{{ .constructor }} {{ .__proto__ }}', { constructor: 'a' })).toBe('a <no value>');
    expect(() => parseTemplate('{{ constructor }}')).toThrow(TemplateSyntaxError);
    expect(() => parseTemplate('{{ hasOwnProperty "a" }}')).toThrow(TemplateSyntaxError);
  });
});
