/**
 * How long the zone abbreviation at `at` is, 0 when there is none: three capital letters, four or five that end in T, a
 * few odd ones, `GMT` with hours, or bare hours such as `-03`.
 */
export function zoneNameLength(text: string, at: number): number {
  const rest = text.slice(at);
  if (rest.startsWith('ChST') || rest.startsWith('MeST')) return 4;
  if (rest.startsWith('GMT')) return 3 + signedHoursLength(rest.slice(3));
  if (rest.startsWith('+') || rest.startsWith('-')) return rest.length < 3 ? 0 : signedHoursLength(rest);
  const letters = /^[A-Z]{0,6}/.exec(rest)![0];
  if (letters.length === 3) return 3;
  if (letters.length === 4) return letters.endsWith('T') || letters === 'WITA' ? 4 : 0;
  return letters.length === 5 && letters.endsWith('T') ? 5 : 0;
}

function signedHoursLength(text: string): number {
  const match = /^[+-](\d+)/.exec(text);
  return match === null || Number(match[1]) > 23 ? 0 : match[0].length;
}
