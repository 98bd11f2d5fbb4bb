import type { NumberLiteral } from './number-literal.js';

/** What a template is made of: text, actions, and what controls them. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: Node[];
      readonly orElse: Node[];
    }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined }
  | { readonly kind: 'break' | 'continue' };

/** `$x := a b | c`: commands, each handed the value of the one before as its last argument. */
export interface Pipe {
  readonly declared: readonly VariableSlot[];
  /** `=` rather than `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly Operand[][];
}

/** Where a variable is kept while the template runs. A slot of −1 is one that nobody declared before. */
export interface VariableSlot {
  readonly name: string;
  readonly slot: number;
}

export type Operand =
  | { readonly kind: 'dot' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: NumberLiteral }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'variable'; readonly variable: VariableSlot; readonly fields: readonly string[] }
  /** `.a.b` */
  | { readonly kind: 'field'; readonly fields: readonly string[] }
  /** `(…).a.b` or `f.a.b` */
  | { readonly kind: 'chain'; readonly base: Operand; readonly fields: readonly string[] }
  | { readonly kind: 'pipe'; readonly pipe: Pipe };

/** One template of a text: the text itself, or what a `define` or `block` in it holds. */
export interface ParsedTemplate {
  readonly nodes: Node[];
  /** How many variables it keeps at most, `$` included. */
  readonly slots: number;
}
