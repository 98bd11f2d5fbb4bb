/**
 * The pattern of `${NAME#glob}` as a regular expression over a whole text: `*` any text, `?` one character, `[a-z]` and
 * `[^a-z]` one of a class, `\x` the character x. Undefined when it is malformed.
 */
export function globPattern(glob: string): RegExp | undefined {
  const part = /\*|\?|\[(\^?)((?:\\[\s\S]|[^\\])(?:\\[\s\S]|[^\]\\])*)\]|\\([\s\S])|([^\\[*?])/uy;
  let source = '';
  for (let at = 0; at < glob.length; at = part.lastIndex) {
    part.lastIndex = at;
    const match = part.exec(glob);
    if (match === null) return undefined;
    const [whole, negation, members, escaped, plain] = match;
    if (members !== undefined) {
      const set = classSource(members);
      if (set === undefined) return undefined;
      source += `[${negation}${set}]`;
    } else if (whole === '*') source += '[\\s\\S]*';
    else if (whole === '?') source += '[\\s\\S]';
    else source += charSource((escaped ?? plain)!);
  }
  return new RegExp(`^(?:${source})$`, 'u');
}

/** `a`, `a-z` and `\x`, one after the other; a bare `-` or a range that ends nowhere is malformed. */
function classSource(members: string): string | undefined {
  const range = /(?:\\([\s\S])|([^\\-]))(?:-(?:\\([\s\S])|([^\\-])))?/uy;
  let source = '';
  for (let at = 0; at < members.length; at = range.lastIndex) {
    range.lastIndex = at;
    const match = range.exec(members);
    if (match === null) return undefined;
    const first = (match[1] ?? match[2])!;
    const last = match[3] ?? match[4] ?? first;
    // A range that runs backwards holds nothing.
    if (first.codePointAt(0)! <= last.codePointAt(0)!) source += `${charSource(first)}-${charSource(last)}`;
  }
  return source;
}

function charSource(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}
