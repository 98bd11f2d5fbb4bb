/**
 * Parts of JSON as they were written. The text has to be JSON: nothing here looks for mistakes.
 */

/** The members of an object, in order. */
export function rawMembers(object: string): [name: string, value: string][] {
  const members: [string, string][] = [];
  for (let at = skipBlanks(object, 1); object[at] !== '}'; ) {
    const nameEnd = endOfString(object, at);
    const start = skipBlanks(object, skipBlanks(object, nameEnd) + 1);
    const end = endOfValue(object, start);
    members.push([JSON.parse(object.slice(at, nameEnd)) as string, object.slice(start, end)]);
    at = skipComma(object, end);
  }
  return members;
}

/** The items of a list, in order. */
export function rawItems(list: string): string[] {
  const items: string[] = [];
  for (let at = skipBlanks(list, 1); list[at] !== ']'; ) {
    const end = endOfValue(list, at);
    items.push(list.slice(at, end));
    at = skipComma(list, end);
  }
  return items;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      at = endOfString(text, at) - 1;
    } else if (character === '{' || character === '[') {
      depth += 1;
    } else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && /[\s,]/.test(character)) {
      return at;
    }
  }
  return text.length;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return at + 1;
}

function skipComma(text: string, at: number): number {
  const next = skipBlanks(text, at);
  return text[next] === ',' ? skipBlanks(text, next + 1) : next;
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (/\s/.test(text[next] ?? '')) next++;
  return next;
}
