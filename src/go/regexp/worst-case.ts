import { ALL_CHARS, type CharSet, NO_CHARS, overlap, union } from './char-set.js';
import { childrenOf, type RepeatNode, type SyntaxNode } from './syntax-tree.js';

/**
 * For patterns without Unicode classes: how long a text, in UTF-16 units, a backtracking engine may be given so that
 * it cannot take much longer than one that is linear by design; 0 for patterns that blow up at once.
 */
export function safeTextLength(root: SyntaxNode): number {
  const { degree, fixedSteps } = searchCost(root, 1);
  if (degree <= 1 && fixedSteps <= MAX_FIXED_STEPS) return MAX_LENGTH;
  if (degree === Infinity) return 0;
  let safe = 0;
  for (let step = MAX_LENGTH / 2; step >= 1; step /= 2) {
    if (searchCost(root, safe + step).steps <= MAX_STEPS) safe += step;
  }
  return safe;
}

/**
 * The characters of the unbounded loop a pattern begins with, if it does. A match then never begins right behind one
 * of them, unless the search itself began there: it would have begun one character earlier.
 */
export function leadingLoop(node: SyntaxNode): CharSet | undefined {
  switch (node.kind) {
    case 'group':
      return leadingLoop(node.body);
    case 'concat':
      return leadingLoop(node.parts[0]!);
    case 'repeat':
      return node.max === Infinity && node.body.kind === 'set' ? node.body.set : undefined;
    default:
      return undefined;
  }
}

/** Beyond this the engine's stack of places to return to could run full. */
const MAX_LENGTH = 1 << 18;
/** Some 10 to 20 ms, and that on a text made for the purpose; a plain quadratic search may have 4 KB. */
const MAX_STEPS = 1 << 23;
const MAX_FIXED_STEPS = 1000;
const MAX_PREFIX = 16;
const NEWLINE: CharSet = [0x0a, 0x0a];

/** What it costs, at one place in a text, to try what is left of a pattern there, until it is known to fail. */
interface Rest {
  readonly steps: number;
  /** Of the steps those that do not grow with the text. */
  readonly fixedSteps: number;
  /** The power of the text's length that the steps grow with: Infinity if it has none. */
  readonly degree: number;
  /** All it may begin with; for what cannot fail, everything. */
  readonly first: CharSet;
  readonly cannotFail: boolean;
  /** What it must begin with, one set a character, as far as that is plain. */
  readonly prefix: readonly CharSet[];
  /** Everything its loops walk over. */
  readonly looped: CharSet;
}

const MATCHED: Rest = {
  steps: 0,
  fixedSteps: 0,
  degree: 0,
  first: ALL_CHARS,
  cannotFail: true,
  prefix: [],
  looped: NO_CHARS,
};

/** The cost of searching a whole text of the given length. */
function searchCost(root: SyntaxNode, length: number): Rest {
  const cost = new Cost(length, false);
  if (isAnchored(root)) return cost.of(root, MATCHED);
  return cost.everywhere(leadingLoop(root) ? behindLeadingLoop(cost, root, MATCHED) : cost.of(root, MATCHED));
}

function isAnchored(node: SyntaxNode): boolean {
  switch (node.kind) {
    case 'group':
      return isAnchored(node.body);
    case 'concat':
      return isAnchored(node.parts[0]!);
    case 'alternate':
      return node.parts.every(isAnchored);
    default:
      return node.kind === 'begin-text';
  }
}

function behindLeadingLoop(cost: Cost, node: SyntaxNode, rest: Rest): Rest {
  if (node.kind === 'group') return behindLeadingLoop(cost, node.body, rest);
  if (node.kind !== 'concat') return rest;
  return behindLeadingLoop(cost, node.parts[0]!, cost.ofSequence(node.parts.slice(1), rest));
}

class Cost {
  readonly #length: number;
  /** Inside an unbounded loop: a choice that one character does not settle makes for exponentially many ways. */
  readonly #isInLoop: boolean;

  constructor(length: number, isInLoop: boolean) {
    this.#length = length;
    this.#isInLoop = isInLoop;
  }

  of(node: SyntaxNode, rest: Rest): Rest {
    switch (node.kind) {
      case 'set':
        return character(node.set, rest);
      case 'concat':
        return this.ofSequence(node.parts, rest);
      case 'alternate':
        return node.parts
          .map((part) => this.of(part, rest))
          .reduceRight((others, one) => this.#either(one, others));
      case 'group':
        return this.of(node.body, rest);
      case 'repeat':
        return this.#repeat(node, rest);
      case 'empty':
        return rest;
      case 'end-text':
        return assertion(NO_CHARS, rest);
      case 'end-line':
        return assertion(NEWLINE, rest);
      default:
        return assertion(rest.first, rest);
    }
  }

  ofSequence(parts: readonly SyntaxNode[], rest: Rest): Rest {
    return parts.reduceRight((behind, part) => this.of(part, behind), rest);
  }

  /** Trying the rest at every place of the text. */
  everywhere(rest: Rest): Rest {
    const { partial, whole } = prefixShare(rest.prefix);
    // Where each try must get past a character that no loop takes, loops of different tries walk over different text.
    const walkApart = rest.prefix.some((chars) => !overlap(chars, rest.looped));
    const isLinear = rest.degree === 0 || (rest.degree === 1 && walkApart);
    const loopSteps = rest.degree === 0 ? 0 : rest.fixedSteps;
    const stepsEach = isLinear
      ? whole * rest.fixedSteps + loopSteps
      : (whole * rest.steps) / (rest.degree + 1);
    const steps = this.#length * (1 + partial + stepsEach);
    return { ...rest, steps, degree: isLinear ? 1 : rest.degree + 1, prefix: [] };
  }

  /** Trying one, and then the other unless the next character rules that out. */
  #either(one: Rest, other: Rest): Rest {
    const isSettled = !overlap(one.first, other.first);
    const both = isSettled ? Math.max : (a: number, b: number) => a + b;
    return {
      steps: 1 + both(one.steps, other.steps),
      fixedSteps: 1 + both(one.fixedSteps, other.fixedSteps),
      degree: this.#isInLoop && !isSettled ? Infinity : Math.max(one.degree, other.degree),
      first: union(one.first, other.first),
      cannotFail: one.cannotFail || other.cannotFail,
      prefix: [],
      looped: union(one.looped, other.looped),
    };
  }

  #repeat({ body, min, max }: RepeatNode, rest: Rest): Rest {
    let repeated = max === Infinity ? this.#loop(body, rest) : rest;
    if (max !== Infinity)
      for (let i = min; i < max; i++) repeated = this.#either(this.of(body, repeated), rest);
    for (let i = 0; i < min; i++) repeated = this.of(body, repeated);
    return repeated;
  }

  #loop(body: SyntaxNode, rest: Rest): Rest {
    const { first } = this.of(body, MATCHED);
    const next = { ...MATCHED, first: union(first, rest.first), cannotFail: false };
    const round = new Cost(1, true).of(body, next);
    const isSettled = !overlap(first, rest.first);
    if (round.degree === Infinity || (this.#isInLoop && !isSettled)) return { ...rest, degree: Infinity };
    // A loop that may end anywhere is walked once and never returned to.
    if (rest.cannotFail) return rest;
    const exits = isSettled ? rest : this.everywhere(rest);
    return {
      steps: this.#length * round.steps + exits.steps,
      fixedSteps: round.fixedSteps + exits.fixedSteps,
      degree: Math.max(1, exits.degree),
      first: next.first,
      cannotFail: false,
      prefix: [],
      looped: union(charsOf(body), rest.looped),
    };
  }
}

function character(first: CharSet, rest: Rest): Rest {
  return {
    ...rest,
    steps: 1 + rest.steps,
    fixedSteps: 1 + rest.fixedSteps,
    first,
    cannotFail: false,
    prefix: [first, ...rest.prefix.slice(0, MAX_PREFIX - 1)],
  };
}

function assertion(first: CharSet, rest: Rest): Rest {
  return { ...rest, steps: 1 + rest.steps, fixedSteps: 1 + rest.fixedSteps, first, cannotFail: false };
}

/**
 * At what share of all places a prefix can be found whole, and how many of its characters are found a place on
 * average. "level=" cannot begin again within itself, so at most every sixth place has it.
 */
function prefixShare(prefix: readonly CharSet[]): { partial: number; whole: number } {
  let partial = 0;
  let period = 1;
  for (let length = 1; length <= prefix.length; length++) {
    while (!repeatsAfter(prefix, length, period)) period++;
    partial += 1 / period;
  }
  return { partial, whole: 1 / period };
}

function repeatsAfter(prefix: readonly CharSet[], length: number, period: number): boolean {
  for (let i = period; i < length; i++) if (!overlap(prefix[i]!, prefix[i - period]!)) return false;
  return true;
}

function charsOf(node: SyntaxNode): CharSet {
  return node.kind === 'set' ? node.set : union(...childrenOf(node).map(charsOf));
}
