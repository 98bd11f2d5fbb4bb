import { parser } from '@grafana/lezer-logql';

/** Where a query is not LogQL by Grafana's own grammar; empty when it is. */
export function logqlProblems(query: string): string[] {
  const problems: string[] = [];
  parser.parse(query).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) problems.push(`at ${from}: ${query.slice(Math.max(0, from - 30), to + 30)}`);
    },
  });
  return problems;
}

/** The query with Grafana's variables as they could be. */
export function withValues(query: string): string {
  return query
    .replaceAll(/\$__(auto|range|interval|rate_interval)\b/g, '5m')
    .replaceAll(/\$\{(\w+)\}|\$(\w+)/g, '.+');
}

/** The fields of events that a query filters, groups or unwraps by, without those it makes itself. */
export function fieldsOf(query: string): string[] {
  const made = [...query.matchAll(/\b(\w+)=(?:`[^`]*`|"[^"]*")/g)].map((match) => match[1]!);
  const own = new Set(
    [...query.matchAll(/\| (?:json|label_format) ([^|]*)/g)].flatMap((match) =>
      [...match[1]!.matchAll(/(\w+)=/g)].map((inner) => inner[1]!),
    ),
  );
  const filtered = [...query.matchAll(/(?:\||and|or) (\w+)(?:=~|!~|!=|=)/g)].map((match) => match[1]!);
  const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) => match[1]!.split(/, ?/));
  const unwrapped = [...query.matchAll(/\| unwrap (\w+)(?!\w*\()/g)].map((match) => match[1]!);
  const matchers = [...query.matchAll(/\{(\w+)=/g)].map((match) => match[1]!);
  return [...made, ...filtered, ...grouped, ...unwrapped, ...matchers].filter(
    (name) => !own.has(name) && name !== '__error__',
  );
}
