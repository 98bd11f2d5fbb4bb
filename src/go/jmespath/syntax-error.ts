/** An expression that go-jmespath would not compile. */
export class JmesPathSyntaxError extends Error {
  override name = 'JmesPathSyntaxError';
}
