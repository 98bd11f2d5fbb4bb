import type { Environment } from './aws-http.js';

/** Where a service of AWS is in a region, unless the environment says otherwise: AWS_ENDPOINT_URL, or that with the service behind it. */
export function endpointOf(service: string, id: string, region: string, environment: Environment): URL {
  const own = environment[`AWS_ENDPOINT_URL_${id}`] || environment.AWS_ENDPOINT_URL;
  if (own) return new URL(own);
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(`https://${service}.${region}.${domain}`);
}
