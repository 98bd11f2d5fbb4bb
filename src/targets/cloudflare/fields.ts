import { compareBytes } from '../../go/compare-bytes.js';

/** Each of these sets has the one before it. */
const additions = {
  default: `ClientIP ClientRequestHost ClientRequestMethod ClientRequestURI EdgeEndTimestamp EdgeResponseBytes EdgeRequestHost
    EdgeResponseStatus EdgeStartTimestamp RayID`,
  minimal: `ZoneID ClientSSLProtocol ClientRequestProtocol ClientRequestPath ClientRequestUserAgent ClientRequestReferer
    EdgeColoCode ClientCountry CacheCacheStatus CacheResponseStatus EdgeResponseContentType SecurityLevel WAFAction WAFProfile
    WAFRuleID WAFRuleMessage EdgeRateLimitID EdgeRateLimitAction`,
  extended: `ClientSSLCipher ClientASN ClientIPClass CacheResponseBytes EdgePathingOp EdgePathingSrc EdgePathingStatus ParentRayID
    WorkerCPUTime WorkerStatus WorkerSubrequest WorkerSubrequestCount OriginIP OriginResponseStatus OriginSSLProtocol
    OriginResponseHTTPExpires OriginResponseHTTPLastModified`,
  all: `BotScore BotScoreSrc BotTags ClientRequestBytes ClientSrcPort ClientXRequestedWith CacheTieredFill
    EdgeResponseCompressionRatio EdgeServerIP FirewallMatchesSources FirewallMatchesActions FirewallMatchesRuleIDs
    OriginResponseBytes OriginResponseTime ClientDeviceType WAFFlags WAFMatchedVar EdgeColoID RequestHeaders ResponseHeaders
    ClientRequestSource`,
};

export const fieldsTypes: readonly string[] = [...Object.keys(additions), 'custom'];

/** The fields to ask for: those of the type, none for `custom`, and the additional ones. */
export function fieldsOf(type: string, additional: readonly string[]): string[] {
  const sets = Object.entries(additions);
  const own = sets.slice(0, sets.findIndex(([name]) => name === type) + 1);
  const names = own.flatMap(([, text]) => text.split(/\s+/));
  return [...new Set([...names, ...additional])].sort(compareBytes);
}
