/** Makes the name of an index from the time of an entry. */
export type IndexPattern = (seconds: number) => string;

/** An index or data stream whose name may have the date in it, in UTC: `%Y`, `%m`, `%d`, `%H`. Throws an Error for what is no name. */
export function parseIndexPattern(pattern: string): IndexPattern {
  const unknown = /%[^YmdH]|%$/.exec(pattern)?.[0];
  if (unknown !== undefined)
    throw new Error(`expected %Y, %m, %d or %H in the name of an index, not ${JSON.stringify(unknown)}`);
  const indexAt = (seconds: number) => {
    const date = new Date(seconds * 1000).toISOString();
    return pattern.replaceAll(/%./g, (part) => date.slice(...places[part as keyof typeof places]));
  };
  const wrong = whatIsWrong(indexAt(0));
  if (wrong !== undefined) throw new Error(`${JSON.stringify(pattern)} cannot name an index: ${wrong}`);
  return pattern.includes('%') ? indexAt : () => pattern;
}

/** Where these parts stand in an ISO date. */
const places = { '%Y': [0, 4], '%m': [5, 7], '%d': [8, 10], '%H': [11, 13] } as const;

function whatIsWrong(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name !== name.toLowerCase()) return 'it has capital letters';
  const bad = /[\\/*?"<>| ,#:]/.exec(name)?.[0];
  if (bad !== undefined) return `it has ${JSON.stringify(bad)} in it`;
  if (/^[-_+.]/.test(name)) return `it begins with ${JSON.stringify(name[0])}`;
  return Buffer.byteLength(name) > 255 ? 'it is longer than 255 bytes' : undefined;
}
