/**
 * `a=1,b=2`. One pair alone may be quoted as a whole and hold commas; several are one line of CSV, where a pair with a comma or
 * a quote is quoted.
 */
export function parseExternalLabels(text: string): Map<string, string> {
  const pairs = text.split('=').length <= 2 ? [text.replace(/^"+|"+$/g, '')] : csvFields(text);
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) throw new Error(`${pair} must be formatted as key=value`);
      if (at === 0) throw new Error('invalid name ""');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

function csvFields(line: string): string[] {
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const fields: string[] = [];
  for (let separator = ','; separator === ','; ) {
    const match = field.exec(line);
    if (match === null) throw new Error(`wrong use of " in ${line}`);
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    separator = match[3]!;
  }
  return fields;
}
