/** A line of JSON as logfmt, the message in front: `level=info ts=… msg="a b" k=v`; what is nested stays JSON. */
export function logfmtLine(json: string): string {
  const { level, ts, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const pairs = Object.entries({ level, ts, msg, ...rest }).filter(([, value]) => value !== undefined);
  return `${pairs.map(([key, value]) => `${key.replace(/[\s="]/g, '')}=${printValue(value)}`).join(' ')}\n`;
}

function printValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[\s="\\\u0000-\u001f\u007f\ufffd]/.test(text) ? JSON.stringify(text) : text;
}
