/** Go's strings.Replace: the first `count` places, all when it is negative. Empty text lies between all characters. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count === 0 || old === replacement) return text;
  if (old === '') return fillBetween(text, replacement, count);
  if (count < 0) return text.replaceAll(old, () => replacement);
  let replaced = '';
  let copiedTo = 0;
  for (let place = 0; place < count; place++) {
    const found = text.indexOf(old, copiedTo);
    if (found < 0) break;
    replaced += text.slice(copiedTo, found) + replacement;
    copiedTo = found + old.length;
  }
  return replaced + text.slice(copiedTo);
}

/** Before each code point, and after the last one. */
function fillBetween(text: string, filling: string, count: number): string {
  const characters = [...text, ''];
  const places = count < 0 ? characters.length : count;
  return characters.map((character, index) => (index < places ? filling : '') + character).join('');
}
