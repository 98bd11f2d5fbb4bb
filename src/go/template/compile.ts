import { compareBytes } from '../compare-bytes.js';
import { compilePipe, setVariable } from './evaluate.js';
import type { Eval, Frame } from './frame.js';
import type { FunctionTable } from './functions.js';
import type { Node, ParsedTemplate, Pipe } from './nodes.js';
import { printValue } from './print/print.js';
import { isTrue } from './truth.js';
import { Int, int, List, typeName, type Value } from './values.js';

/** Writes a template for some data. */
export type Run = (output: { text: string }, data: Value) => void;

/** Turns the templates of a text into closures, so that carrying one out looks at no tree. */
export function compileTemplates(
  templates: ReadonlyMap<string, ParsedTemplate>,
  functions: FunctionTable,
): Map<string, Run> {
  const runs = new Map<string, Run>();
  for (const [name, { nodes, slots }] of templates) {
    const walk = compileNodes(nodes, { functions, runs });
    runs.set(name, (output, data) => {
      const variables: Value[] = slots === 1 ? [data] : new Array(slots);
      variables[0] = data;
      walk({ output, variables }, data);
    });
  }
  return runs;
}

interface Context {
  readonly functions: FunctionTable;
  /** Filled while compiling: templates may call those that come later, and themselves. */
  readonly runs: ReadonlyMap<string, Run>;
}

/** Carries out a part of a template; what it returns stops those around it up to the next `range`. */
type Walk = (frame: Frame, dot: Value) => 'break' | 'continue' | undefined;

function compileNodes(nodes: readonly Node[], context: Context): Walk {
  const walks = nodes.map((node) => compileNode(node, context));
  const [only] = walks;
  if (walks.length === 1) return only!;
  return (frame, dot) => {
    for (const walk of walks) {
      const stop = walk(frame, dot);
      if (stop !== undefined) return stop;
    }
    return undefined;
  };
}

function compileNode(node: Node, context: Context): Walk {
  switch (node.kind) {
    case 'text':
      return writing(() => node.text);
    case 'action':
      return compileAction(node.pipe, context);
    case 'if':
    case 'with':
      return compileCondition(node, context);
    case 'range':
      return compileRange(node, context);
    case 'template':
      return compileTemplateCall(node.name, node.pipe, context);
    case 'break':
    case 'continue':
      return () => node.kind;
  }
}

function writing(find: (frame: Frame, dot: Value) => string): Walk {
  return (frame, dot) => {
    frame.output.text += find(frame, dot);
    return undefined;
  };
}

function compileAction(pipe: Pipe, { functions }: Context): Walk {
  const evaluate = compilePipe(pipe, functions);
  if (pipe.declared.length === 0) return writing((frame, dot) => printValue(evaluate(frame, dot)));
  return (frame, dot) => {
    evaluate(frame, dot);
    return undefined;
  };
}

type Control = Extract<Node, { kind: 'if' | 'with' | 'range' }>;

function compileCondition(node: Control, context: Context): Walk {
  const evaluate = compilePipe(node.pipe, context.functions);
  const body = compileNodes(node.body, context);
  const orElse = compileNodes(node.orElse, context);
  if (node.kind === 'if') {
    return (frame, dot) => (isTrue(evaluate(frame, dot)) ? body(frame, dot) : orElse(frame, dot));
  }
  return (frame, dot) => {
    const value = evaluate(frame, dot);
    return isTrue(value) ? body(frame, value) : orElse(frame, dot);
  };
}

function compileTemplateCall(name: string, pipe: Pipe | undefined, { functions, runs }: Context): Walk {
  const evaluate: Eval = pipe === undefined ? () => undefined : compilePipe(pipe, functions);
  return (frame, dot) => {
    const run = runs.get(name);
    if (run === undefined) throw new Error(`template ${JSON.stringify(name)} not defined`);
    run(frame.output, evaluate(frame, dot));
    return undefined;
  };
}

function compileRange(node: Control, context: Context): Walk {
  const evaluate = compilePipe(node.pipe, context.functions);
  const body = compileNodes(node.body, context);
  const orElse = compileNodes(node.orElse, context);
  const { declared } = node.pipe;
  const [first, second] = declared;
  const indexVariable = second === undefined ? undefined : first;
  const valueVariable = second ?? first;
  return (frame, dot) => {
    let isEmpty = true;
    for (const [index, value] of elements(evaluate(frame, dot), declared.length)) {
      isEmpty = false;
      if (valueVariable !== undefined) setVariable(frame, valueVariable, value);
      if (indexVariable !== undefined) setVariable(frame, indexVariable, index);
      if (body(frame, value) === 'break') break;
    }
    return isEmpty ? orElse(frame, dot) : undefined;
  };
}

/** What a range goes over: a list, a map in the order of its keys, or the numbers below one. */
function* elements(value: Value, variables: number): Generator<[Value, Value]> {
  if (value === undefined || value === null) return;
  if (value instanceof List) {
    for (const [index, item] of value.items.entries()) yield [int(index), item];
  } else if (value instanceof Map) {
    for (const key of [...value.keys()].sort(compareBytes)) yield [key, value.get(key)];
  } else if (value instanceof Int) {
    if (variables > 1) throw new Error(`can't use ${value} to iterate over more than one variable`);
    for (let count = 0n; count < value.value; count++) yield [undefined, new Int(count, value.type)];
  } else {
    throw new Error(`range can't iterate over a ${typeName(value)}`);
  }
}
