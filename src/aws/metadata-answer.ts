import type { AwsCredentials } from './credentials.js';

/** Reads credentials as the metadata of machines and containers tell them. Throws an Error when there are none. */
export function readMetadataAnswer(text: string, from: string): AwsCredentials {
  let answer: Record<string, string | undefined>;
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch {
    throw new Error(`the answer of ${from} is not JSON`);
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = answer;
  if (!accessKeyId || !secretAccessKey)
    throw new Error(
      `there are no credentials in the answer of ${from}: ${answer.Message ?? answer.Code ?? ''}`,
    );
  const expiresAtMs = Date.parse(answer.Expiration ?? '');
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
  };
}
