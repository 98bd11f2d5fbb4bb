import { compareBytes } from '../../go/compare-bytes.js';
import { compileGoRegexp } from '../../go/regexp/go-regexp.js';

/** What is wrong with the names and patterns, if anything. */
export function checkTopics(topics: readonly string[]): string | undefined {
  if (topics.includes('')) return 'invalid empty topic';
  try {
    topicMatcher(topics);
    return undefined;
  } catch (error) {
    return `invalid topic pattern: ${(error as Error).message}`;
  }
}

/**
 * Says which of a broker's topics are meant. As in Promtail a plain name is a pattern too, which matches anywhere in a name; `^` and `$`
 * end that. Kafka's own topics have to be named in full.
 */
export function topicMatcher(topics: readonly string[]): (existing: readonly string[]) => string[] {
  const patterns = topics.map((topic) => compileGoRegexp(topic));
  const isMeant = (name: string) =>
    topics.includes(name) || (!name.startsWith('__') && patterns.some((pattern) => pattern.test(name)));
  return (existing) => existing.filter(isMeant).sort(compareBytes);
}
