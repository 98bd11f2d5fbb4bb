/**
 * Pieces of LogQL that hold in every label profile. Only job, cluster and instance are taken for labels; the rest is asked for in the
 * pipeline, which finds labels and metadata alike.
 */

/** Lines that have gone through this pipeline. */
export function lines(...pipeline: string[]): string {
  return ['{job=~"$job", cluster=~"$cluster", instance=~"$instance"}', ...pipeline].join(' ');
}

/** How many there are over `range`, by some fields. Without `by`, Loki would make a series of every value of the metadata. */
export function count(by: string, range: string, ...pipeline: string[]): string {
  return `sum by (${by}) (count_over_time(${lines(...pipeline)} [${range}]))`;
}

export function rate(by: string, ...pipeline: string[]): string {
  return `sum by (${by}) (rate(${lines(...pipeline)} [$__auto]))`;
}

/** The highest of them. */
export function top(limit: number, query: string): string {
  return `topk(${limit}, ${query})`;
}

/** Each request once, by its last event; a request that failed to authenticate has no other than ResponseStarted, and no user. */
export const ended = '|~ `"stage":"(ResponseComplete|Panic)"|"user":\\{\\}`';

/** The full name where there is one: as a label, `user` is a group for nodes and service accounts. */
export const who = '| label_format user=`{{ or .username .user }}`';

/** Not the events of requests that end when their client likes. */
export const short = '| verb!~"watch|proxy" | subresource!~"exec|attach|portforward|log|proxy"';

export const denied = '| code=~"401|403"';

/** What somebody did, in a line. */
export const asSentence =
  '| line_format `{{.code}} {{.user}} {{.verb}} {{.resource}}{{if .subresource}}/{{.subresource}}{{end}} {{.namespace}}/{{.name}} from {{.source_ip}}`';
