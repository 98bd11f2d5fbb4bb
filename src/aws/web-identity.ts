import { readFile } from 'node:fs/promises';
import type { AwsCredentials } from './credentials.js';
import type { Role, Sts } from './sts.js';

/** A role for whom a token in a file stands: a service account of Kubernetes. The token is renewed from time to time. */
export async function webIdentityCredentials(
  sts: Sts,
  role: Role,
  tokenFile: string,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const token = await readFile(tokenFile, 'utf8').catch((cause: unknown) => {
    throw new Error(`cannot read the web identity token: ${(cause as Error).message}`, { cause });
  });
  return sts.assumeRoleWithWebIdentity(role, token.trim(), signal);
}
