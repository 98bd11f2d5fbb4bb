import { type Argument, compileCall, compileShortCircuit, failing } from './call.js';
import { callField, fieldOf } from './fields.js';
import type { Eval, Frame } from './frame.js';
import type { FunctionTable } from './functions.js';
import type { Operand, Pipe, VariableSlot } from './nodes.js';
import { acceptLiteral, acceptorOf, type Literal, literalValue } from './params.js';
import type { Value } from './values.js';

/** The value of a pipeline; the variables it declares are set with it. */
export function compilePipe(pipe: Pipe, functions: FunctionTable): Eval {
  let found: Eval = failing('missing value');
  for (const [index, command] of pipe.commands.entries()) {
    found = compileCommand(command, index === 0 ? undefined : withoutNil(found), functions);
  }
  if (pipe.declared.length === 0) return withoutNil(found);
  return (frame, dot) => {
    const value = found(frame, dot) ?? undefined;
    for (const variable of pipe.declared) setVariable(frame, variable, value);
    return value;
  };
}

export function setVariable(frame: Frame, { name, slot }: VariableSlot, value: Value): void {
  if (slot < 0) throw new Error(`undefined variable: ${name}`);
  frame.variables[slot] = value;
}

/** A nil that comes out of a command is no value at all. */
function withoutNil(evaluate: Eval): Eval {
  return (frame, dot) => evaluate(frame, dot) ?? undefined;
}

function compileCommand(
  operands: readonly Operand[],
  piped: Eval | undefined,
  functions: FunctionTable,
): Eval {
  const [first, ...others] = operands as [Operand, ...Operand[]];
  const args = others.map((operand) => compileArgument(operand, functions));
  if (first.kind === 'function') return compileFunction(first.name, args, piped, functions);
  const takesArguments = 'fields' in first && first.fields.length > 0;
  if (!takesArguments) {
    if (args.length > 0 || piped !== undefined) return failing(`can't give argument to ${first.kind}`);
    return compileOperand(first, functions);
  }
  if (args.length === 0 && piped === undefined) return compileOperand(first, functions);
  const base = compileOperand({ ...first, fields: first.fields.slice(0, -1) }, functions);
  const name = first.fields.at(-1)!;
  return (frame, dot) => callField(base(frame, dot), name, args, piped)(frame, dot);
}

function compileFunction(
  name: string,
  args: readonly Argument[],
  piped: Eval | undefined,
  functions: FunctionTable,
): Eval {
  if (name === 'and' || name === 'or') return compileShortCircuit(name, args, piped);
  return compileCall(name, functions[name]!, args, piped);
}

function compileArgument(operand: Operand, functions: FunctionTable): Argument {
  if (isLiteral(operand)) return (param) => constant(() => acceptLiteral(param, operand) as Value);
  const evaluate = compileOperand(operand, functions);
  return (param) => {
    const accept = acceptorOf(param);
    return (frame, dot) => accept(evaluate(frame, dot));
  };
}

/** The value of an operand that is given nothing. */
function compileOperand(operand: Operand, functions: FunctionTable): Eval {
  switch (operand.kind) {
    case 'dot':
      return (_, dot) => dot;
    case 'nil':
      return failing('nil is not a command');
    case 'bool':
    case 'string':
    case 'number':
      return constant(() => literalValue(operand));
    case 'function':
      return compileFunction(operand.name, [], undefined, functions);
    case 'pipe':
      return compilePipe(operand.pipe, functions);
    case 'field':
      return compileFields((_, dot) => dot, operand.fields);
    case 'variable':
      return compileFields(variable(operand.variable), operand.fields);
    case 'chain':
      return compileFields(compileOperand(operand.base, functions), operand.fields);
  }
}

function compileFields(base: Eval, fields: readonly string[]): Eval {
  let evaluate = base;
  for (const name of fields) {
    const receiver = evaluate;
    evaluate = (frame, dot) => fieldOf(receiver(frame, dot), name);
  }
  return evaluate;
}

function variable({ name, slot }: VariableSlot): Eval {
  if (slot < 0) return failing(`undefined variable: ${name}`);
  return (frame) => frame.variables[slot];
}

/** Works the value out once; an error it makes is one only when the template gets there. */
function constant(find: () => Value): Eval {
  try {
    const value = find();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function isLiteral(operand: Operand): operand is Literal {
  return ['nil', 'bool', 'string', 'number'].includes(operand.kind);
}
