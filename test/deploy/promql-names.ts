/** The series and the labels that a PromQL query names. */
export function seriesOf(query: string): { metrics: string[]; labels: string[] } {
  const grouped = [...query.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap((match) =>
    match[1]!.split(/, ?/),
  );
  const matched = [...query.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map((match) => match[1]!);
  const bare = query
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(?:by|on) \([^)]*\)/g, ' ');
  const metrics = [...bare.matchAll(/\b(?:up|[a-z]+_[a-z_]+)\b(?!\s*\()/g)].map((match) => match[0]);
  return { metrics, labels: [...grouped, ...matched] };
}
