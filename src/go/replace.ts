/** Go's strings.Replace: the first `count` places, all when it is negative. Empty text lies between all characters. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count === 0 || old === replacement) return text;
  if (old === '') return fillBetween(text, replacement, count);
  if (count < 0) return text.replaceAll(old, () => replacement);
  const parts = text.split(old);
  const replaced = parts.slice(0, count + 1).join(replacement);
  return [replaced, ...parts.slice(count + 1)].join(old);
}

/** Before each code point, and after the last one. */
function fillBetween(text: string, filling: string, count: number): string {
  const characters = [...text, ''];
  const places = count < 0 ? characters.length : count;
  return characters.map((character, index) => (index < places ? filling : '') + character).join('');
}
