/** The pattern cannot be understood. */
export class GlobError extends Error {
  override readonly name = 'GlobError';
}

/**
 * A glob of doublestar v4, as Promtail has it: `*` (also at the start of dot files), `?`, `[a-z]`, `[!x]`, `[^x]`, `{a,b}`, `**` for any folders
 * if it stands alone between slashes, `\` to take what follows as it is. Matches whole absolute paths.
 */
export class GlobPattern {
  readonly text: string;
  readonly #whole: RegExp;
  readonly #segments: readonly GlobSegment[];

  constructor(text: string) {
    this.text = text;
    this.#whole = new RegExp(`^${translate(text)}$`, 'su');
    this.#segments = splitSegments(text).map(toSegment);
  }

  matches(path: string): boolean {
    return this.#whole.test(path);
  }

  /** Whether a path that matches may begin with this folder. */
  mayBeIn(directory: string): boolean {
    const names = directory.split('/');
    for (const [index, name] of names.entries()) {
      const segment = this.#segments[index];
      if (segment === undefined || index === this.#segments.length - 1) return segment?.kind === 'folders';
      if (segment.kind === 'folders') return true;
      if (segment.kind === 'name' ? segment.name !== name : !segment.pattern.test(name)) return false;
    }
    return true;
  }

  /** The pattern's parts between slashes, to walk folders by; alternatives with slashes in them are parts of their own pattern. */
  get segments(): readonly GlobSegment[] {
    return this.#segments;
  }
}

/** One part of a path pattern: a name, a pattern for one name, or any number of folders. */
export type GlobSegment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  | { readonly kind: 'folders' };

/** The patterns that `text` stands for when the alternatives that hold slashes are written out. */
export function expandAlternatives(text: string): string[] {
  const group = findGroup(text, (body) => body.includes('/'));
  if (group === undefined) return [text];
  const { start, end, alternatives } = group;
  return alternatives.flatMap((each) => expandAlternatives(text.slice(0, start) + each + text.slice(end)));
}

function toSegment(text: string): GlobSegment {
  if (text === '**') return { kind: 'folders' };
  if (!/[*?[{\\]/.test(text)) return { kind: 'name', name: text };
  return { kind: 'pattern', pattern: new RegExp(`^${translate(text)}$`, 'su') };
}

/** At slashes outside of classes and alternatives. */
function splitSegments(text: string): string[] {
  const segments: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i += 1;
    else if (character === '[') i = endOfClass(text, i);
    else if (character === '{') depth += 1;
    else if (character === '}') depth = Math.max(0, depth - 1);
    else if (character === '/' && depth === 0) {
      segments.push(text.slice(start, i));
      start = i + 1;
    }
  }
  segments.push(text.slice(start));
  return segments;
}

/** As `quote` writes it. */
const slash = '\\/';

function translate(text: string): string {
  let source = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '*') {
      const stars = /^\*+/.exec(text.slice(i))![0].length;
      const isSegment = stars === 2 && isBoundary(text, i - 1, depth) && isBoundary(text, i + 2, depth);
      if (isSegment && text[i + 2] === '/') {
        source += '(?:[^/]*/)*';
        i += 2;
      } else if (isSegment && source.endsWith(slash)) {
        // At the end: the folder itself, and all that is in it.
        source = `${source.slice(0, -slash.length)}(?:/.*)?`;
        i += 1;
      } else if (isSegment) {
        source += '.*';
        i += 1;
      } else {
        source += '[^/]*';
        i += stars - 1;
      }
    } else if (character === '?') source += '[^/]';
    else if (character === '[') {
      const end = endOfClass(text, i);
      source += translateClass(text.slice(i + 1, end), text);
      i = end;
    } else if (character === '{') {
      depth += 1;
      source += '(?:';
    } else if (character === '}') {
      if (depth === 0) throw new GlobError(`a brace is not opened in the pattern ${JSON.stringify(text)}`);
      depth -= 1;
      source += ')';
    } else if (character === ',' && depth > 0) source += '|';
    else if (character === '\\') {
      i += 1;
      if (i >= text.length) throw new GlobError(`the pattern ${JSON.stringify(text)} ends in a backslash`);
      source += quote(text[i]!);
    } else source += quote(character);
  }
  if (depth > 0) throw new GlobError(`a brace is not closed in the pattern ${JSON.stringify(text)}`);
  return source;
}

/** `**` means folders only where it is a whole part of the path, or of an alternative. */
function isBoundary(text: string, at: number, depth: number): boolean {
  const character = text[at];
  if (character === undefined || character === '/') return true;
  return depth > 0 && (character === '{' || character === ',' || character === '}');
}

function endOfClass(text: string, start: number): number {
  let i = start + 1;
  if (text[i] === '!' || text[i] === '^') i++;
  // A bracket right at the start would be an empty class.
  for (let isFirst = true; i < text.length; i++, isFirst = false) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === ']' && !isFirst) return i;
    else if (text[i] === ']') break;
  }
  throw new GlobError(`a bracket is not closed in the pattern ${JSON.stringify(text)}`);
}

function translateClass(body: string, whole: string): string {
  const isNegated = body.startsWith('!') || body.startsWith('^');
  const characters = [...body.slice(isNegated ? 1 : 0)];
  let source = '';
  for (let i = 0; i < characters.length; i++) {
    if (characters[i] === '\\') i += 1;
    const low = characters[i]!;
    if (characters[i + 1] !== '-' || i + 2 >= characters.length) {
      source += quoteInClass(low);
      continue;
    }
    i += 2;
    if (characters[i] === '\\') i += 1;
    const high = characters[i]!;
    if (low > high) throw new GlobError(`a range runs backwards in the pattern ${JSON.stringify(whole)}`);
    source += `${quoteInClass(low)}-${quoteInClass(high)}`;
  }
  return `[${isNegated ? '^' : ''}${source}]`;
}

function quote(character: string): string {
  return /[\^$.*+?()[\]{}|\\/]/.test(character) ? `\\${character}` : character;
}

function quoteInClass(character: string): string {
  return /[\^\]\\[-]/.test(character) ? `\\${character}` : character;
}

function findGroup(
  text: string,
  isWanted: (body: string) => boolean,
): { start: number; end: number; alternatives: string[] } | undefined {
  for (let start = 0; start < text.length; start++) {
    if (text[start] === '\\') start += 1;
    else if (text[start] === '[') start = endOfClass(text, start);
    else if (text[start] === '{') {
      const group = readGroup(text, start);
      if (group !== undefined && isWanted(text.slice(start, group.end))) return group;
    }
  }
  return undefined;
}

function readGroup(
  text: string,
  start: number,
): { start: number; end: number; alternatives: string[] } | undefined {
  const alternatives: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i += 1;
    else if (character === '[') i = endOfClass(text, i);
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) {
      alternatives.push(text.slice(from, i));
      from = i + 1;
    } else if (character === '}' && --depth === 0) {
      alternatives.push(text.slice(from, i));
      return { start, end: i + 1, alternatives };
    }
  }
  return undefined;
}
